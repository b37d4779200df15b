"""Uptime Kuma is told how the portal is, as long as it listens and again soon after."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from medianest.admin.doctor_kuma import examine
from medianest.admin.types import Verdict
from medianest.core.circuit import State
from medianest.core.config import ConfigProblems, Settings, Sources, UptimeKumaSettings, load
from medianest.core.db import Database
from medianest.core.i18n import Catalogues
from medianest.core.live import Live
from medianest.core.metrics import Metrics
from medianest.status import building
from medianest.status.pushing import NAME, Pushing
from medianest.status.service import Status
from medianest.status.types import Trouble
from tests.fakes.uptime_kuma import DOWN, UP, Fault, UptimeKuma

TOKEN = "ex4mpleT0ken"
PATH = f"/api/push/{TOKEN}"


async def holds() -> bool:
    return True


async def fails() -> bool:
    raise OSError("no database")


def status_of(base: str, db: Database, metrics: Metrics, checks: Mapping[str, Callable[[], Awaitable[bool]]]) -> Status:
    section = UptimeKumaSettings.model_validate({"url": base, "push_token": TOKEN})
    settings = Settings(uptime_kuma=section)
    return building.build(db, Live(), metrics, lambda: settings, checks)


@asynccontextmanager
async def pushing(kuma: UptimeKuma, checks: Mapping[str, Any], every_s: float = 0.02) -> AsyncIterator[Pushing]:
    made = Pushing(kuma.base, TOKEN, every_s=lambda: every_s, ready=checks)
    running = asyncio.ensure_future(made.run())
    try:
        yield made
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def once(push: Pushing) -> None:
    """One push, to its end."""
    done = asyncio.Event()

    def pause() -> float:
        done.set()
        return 60

    push._every_s = pause
    running = asyncio.ensure_future(push.run())
    await done.wait()
    running.cancel()


async def until(kuma: UptimeKuma, holds: Callable[[], object]) -> None:
    await asyncio.to_thread(kuma.wait_for, holds)


async def asked_again(kuma: UptimeKuma) -> None:
    """What was asked before has been answered, for one call follows the other."""
    before = len(kuma.asked)
    await until(kuma, lambda: len(kuma.asked) >= before + 2)


async def test_a_push_monitor_hears_that_the_portal_is_well_how_long_it_took_and_what_is_not_well(
    either_kuma: UptimeKuma,
) -> None:
    kuma = either_kuma
    kuma.push_monitors[TOKEN] = 2
    checks: dict[str, Any] = {"database": holds, "workers": holds}
    async with pushing(kuma, checks):
        await until(kuma, lambda: len(kuma.pushed) >= 3)
        first = kuma.pushed[0]
        assert (first["status"], first["msg"], set(first)) == ("up", "OK", {"status", "msg", "ping"})
        assert 0 <= int(first["ping"]) < 2000
        assert kuma.state.monitors[2].rows[-1]["status"] == UP
        checks["database"] = fails
        await until(kuma, lambda: kuma.pushed[-1]["status"] == "down")
        assert kuma.pushed[-1]["msg"] == "not ready: database"
        assert kuma.state.monitors[2].rows[-1]["status"] == DOWN
        del checks["database"]
        await until(kuma, lambda: kuma.pushed[-1]["msg"] == "OK")


async def test_it_goes_on_by_itself_when_uptime_kuma_is_back_and_a_token_that_is_unknown_is_told_as_that(
    kuma: UptimeKuma,
) -> None:
    async with pushing(kuma, {"database": holds}) as push:
        await asked_again(kuma)
        assert (push.trouble, push.health.credentials_refused) == (Trouble.NO_PUSH, True)
        assert push.health.state is State.CLOSED, "who answers is asked on"
        kuma.push_monitors[TOKEN] = 2
        await until(kuma, lambda: kuma.pushed)
        await asked_again(kuma)
        assert push.trouble is None
        await asyncio.to_thread(kuma.kill)
        kuma.pushed.clear()
        await asyncio.to_thread(kuma.restart)
        await until(kuma, lambda: kuma.pushed)


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        (Fault.BROKEN, Trouble.AWAY),
        (Fault.GARBAGE, Trouble.UNREADABLE),
        (Fault.HUGE, Trouble.AWAY),
        (Fault.A_PAGE, Trouble.UNREADABLE),
        (Fault.ELSEWHERE, Trouble.UNREADABLE),
    ],
)
async def test_whatever_is_answered_instead_it_is_left_alone_after_five_times_and_no_redirect_is_followed(
    kuma: UptimeKuma, fault: Fault, trouble: Trouble
) -> None:
    kuma.push_monitors[TOKEN] = 2
    kuma.faults[PATH] = fault
    async with pushing(kuma, {"database": holds}) as push:
        await until(kuma, lambda: push.health.turned_away >= 2)
        assert (push.trouble, push.health.state) == (trouble, State.OPEN)
        assert push.health.retry_in_s <= 60
    assert [path.partition("?")[0] for path in kuma.asked] == [PATH] * 5
    assert kuma.pushed == []


async def test_an_address_that_nobody_may_be_led_to_is_not_connected_to() -> None:
    push = Pushing("http://169.254.169.254", TOKEN, every_s=lambda: 60, ready={})
    for _ in range(6):
        await once(push)
    assert (push.trouble, push.health.turned_away) == (Trouble.AWAY, 1)


async def test_the_figures_and_the_doctor_say_whether_it_is_told(db: Database, kuma: UptimeKuma) -> None:
    metrics, catalogue = Metrics(), Catalogues().of("en")
    status = status_of(kuma.base, db, metrics, {"database": holds})
    push = status.pushing
    assert push is not None
    assert (set(status.runs()), push.every_s) == ({"push"}, 50), "a token alone is no way in"

    def said() -> tuple[Verdict, str]:
        _, fact = examine(status)
        assert fact.id == "services.uptime_kuma_push"
        assert all(catalogue.lookup(one.id) for one in (fact.title, fact.finding, fact.mend) if one)
        return fact.verdict, fact.finding.id

    assert said() == (Verdict.LOOK, "doctor.kuma_push_begins")
    for prepare, expected in (
        (lambda: None, (Verdict.WRONG, "status.no_push")),
        (lambda: kuma.push_monitors.update({TOKEN: 2}), (Verdict.FINE, "doctor.kuma_pushed")),
        (lambda: kuma.faults.update({PATH: Fault.BROKEN}), (Verdict.WRONG, "status.away")),
    ):
        prepare()
        await once(push)
        assert said() == expected
    text = metrics.render().decode()
    assert f'medianest_upstream_up{{upstream="{NAME}"}} ' in text


def test_a_token_is_no_address_and_needs_one(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"

    def told(text: str) -> list[tuple[str, str]]:
        file.write_text(f"[uptime_kuma]\n{text}\n")
        with pytest.raises(ConfigProblems) as caught:
            load(Sources(config_file=file))
        assert "s3cret" not in str(caught.value)
        return [(problem.origin.key, problem.sentence.id) for problem in caught.value.problems]

    url = "url = 'http://kuma.lan:3001'\n"
    for token in ("http://kuma.lan/api/push/s3cret?status=up", "s3cret?status=up", "s3cret/x", "s3 cret", "s" * 101):
        assert told(f"{url}push_token = '{token}'") == [("uptime_kuma.push_token", "config.want_push_token")], token
    assert told("push_token = 's3cret'") == [("uptime_kuma.push_token", "config.push_to_nobody")]
    file.write_text(f"[uptime_kuma]\n{url}push_token = ' s3cret '\n")
    section = load(Sources(config_file=file)).uptime_kuma
    assert (section.push_token.get_secret_value(), section.push_every_s) == ("s3cret", 50)
    assert "s3cret" not in repr(section)
