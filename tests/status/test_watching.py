"""Uptime Kuma is followed live: through kills, restarts, freezes, new passwords and odd answers."""

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from medianest.core import clock
from medianest.core.db import Database
from medianest.core.outbound.sockets import SocketLimits
from medianest.status.kuma.client import FRAME_MOST, PROBED
from medianest.status.tokens import Tokens
from medianest.status.types import LinkState, Login, State, Trouble
from medianest.status.ways import Talking
from tests.fakes.uptime_kuma import DOWN, MAINTENANCE, NEW, OLD, UP, UptimeKuma, recording
from tests.status.conftest import Watching, said, watching

SECRET = "JBSWY3DPEHPK3PXP"


async def in_thread(work: Any, *args: Any, **named: Any) -> None:
    await asyncio.to_thread(work, *args, **named)


def as_kuma_knows(kuma: UptimeKuma) -> dict[int, State]:
    states = {DOWN: State.DOWN, UP: State.UP, 2: State.PENDING, MAINTENANCE: State.MAINTENANCE}
    return {
        id: states[one.rows[-1]["status"]] if one.about["active"] else State.PAUSED
        for id, one in kuma.state.monitors.items()
    }


async def right(watch: Watching, kuma: UptimeKuma) -> None:
    await watch.until(lambda: watch.link is LinkState.UP and watch.states() == as_kuma_knows(kuma))


async def test_a_login_shows_everything_and_each_beat_comes_at_once(
    db: Database, tmp_path: Path, either_kuma: UptimeKuma
) -> None:
    kuma = either_kuma
    async with watching(db, said(kuma, tmp_path)) as watch:
        await right(watch, kuma)
        assert watch.status.watcher.board.version == kuma.dialect.version
        await in_thread(kuma.beat, 2, DOWN, "connect ECONNREFUSED 127.0.0.1:32400")
        await watch.until(lambda: watch.state(2) is State.DOWN, patience_s=0.5)
        await in_thread(kuma.pause, 4)
        await watch.until(lambda: watch.state(4) is State.PAUSED)
        await in_thread(kuma.delete, 5)
        await watch.until(lambda: 5 not in watch.states())
        added = await asyncio.to_thread(kuma.add, "NAS", parent=1)
        await watch.until(lambda: watch.states().get(added) is State.UNKNOWN)
        await in_thread(kuma.maintain, "Moving", under_way=True, monitors=[6])
        await watch.until(lambda: watch.state(6) is State.MAINTENANCE)
        assert [one.title for one in watch.status.watcher.board.windows] == ["Moving"]
        await in_thread(kuma.change, 8, name="Proxy")
        await watch.until(lambda: watch.status.watcher.board.monitors[8].described.name == "Proxy")
        assert kuma.calls == ["login"]


@pytest.mark.parametrize("dialect", [OLD, NEW], ids=lambda dialect: dialect.version)
async def test_the_recorded_session_played_over_a_socket_makes_the_recorded_board(
    db: Database, tmp_path: Path, dialect: Any
) -> None:
    with UptimeKuma(dialect) as kuma:
        kuma.play(recording(dialect)["events"])
        async with watching(db, said(kuma, tmp_path)) as watch:
            await watch.up()
            await watch.until(lambda: len(watch.status.watcher.board.monitors[2].beats) == 8)
            expected = [State.DOWN, State.UP, State.DOWN, *[State.UP] * 3, State.DOWN, State.UP, State.DOWN]
            assert list(watch.states().values()) == [*expected, State.PAUSED]


async def test_killed_five_times_it_is_found_again_and_the_board_is_right(
    db: Database, tmp_path: Path, either_kuma: UptimeKuma
) -> None:
    kuma, chance = either_kuma, random.Random(7)
    async with watching(db, said(kuma, tmp_path)) as watch:
        await right(watch, kuma)
        for _ in range(5):
            await in_thread(kuma.kill)
            await watch.down()
            assert watch.status.link.heard_at is not None
            for id in chance.sample(list(kuma.state.monitors), 3):
                kuma.state.add_row(id, chance.choice([UP, DOWN]))
            if len(kuma.state.monitors) > 8:
                kuma.state.monitors.pop(chance.choice(list(kuma.state.monitors)))
            await in_thread(kuma.restart)
            await right(watch, kuma)
        assert kuma.calls == ["login", *["loginByToken"] * 5]
        await in_thread(kuma.wait_for, lambda: kuma.sockets == 1)
    await in_thread(kuma.wait_for, lambda: kuma.sockets == 0)


async def test_frozen_it_counts_as_lost_and_is_right_again_once_it_thaws(
    db: Database, tmp_path: Path, kuma: UptimeKuma
) -> None:
    settings = said(kuma, tmp_path)
    quick = SocketLimits(open_s=0.5, goodbye_s=0.1, probe_s=0.3, patience_s=0.3, message_bytes=FRAME_MOST)
    login = Login(username=kuma.username, password=kuma.password, totp_secret="")
    tokens = Tokens(db, settings.paths.key_file, url=kuma.base, username=kuma.username)
    async with watching(db, settings, ways=[Talking(kuma.base, login, tokens, limits=quick)]) as watch:
        await right(watch, kuma)
        with kuma.frozen():
            await watch.down()
            kuma.state.add_row(2, DOWN)
        await right(watch, kuma)
        assert watch.state(2) is State.DOWN
        await in_thread(kuma.wait_for, lambda: kuma.sockets == 1)


def test_a_link_that_is_half_open_is_noticed_within_ten_seconds() -> None:
    """A probe that just missed the freeze, the next one, its answer that does not come, and a goodbye to nobody."""
    assert PROBED.probe_s + PROBED.patience_s + PROBED.goodbye_s <= 9


async def test_with_a_new_password_it_is_not_let_in_and_says_so_and_with_that_password_it_is(
    db: Database, tmp_path: Path, either_kuma: UptimeKuma
) -> None:
    kuma = either_kuma
    async with watching(db, said(kuma, tmp_path)) as watch:
        await right(watch, kuma)
        await in_thread(kuma.change_password, "another")
        await watch.until(lambda: watch.status.link.trouble is Trouble.CREDENTIALS)
        assert watch.link is LinkState.DOWN
    assert kuma.calls == ["login", "loginByToken", "login"], "it is tried once, not again and again"
    async with watching(db, said(kuma, tmp_path)) as watch:
        await right(watch, kuma)


async def test_a_code_of_two_steps_is_wanted_once_and_the_token_is_kept_sealed(
    db: Database, tmp_path: Path, either_kuma: UptimeKuma
) -> None:
    kuma = either_kuma
    kuma.two_steps(SECRET)
    async with watching(db, said(kuma, tmp_path)) as watch:
        await watch.until(lambda: watch.status.link.trouble is Trouble.CODE)
    settings = said(kuma, tmp_path, totp_secret=SECRET)
    async with watching(db, settings) as watch:
        await right(watch, kuma)
    kuma.calls.clear()
    async with watching(db, settings) as watch:
        await right(watch, kuma)
    assert kuma.calls == ["loginByToken"]
    token = kuma.accounts.token
    assert token.encode() not in (tmp_path / "medianest.db").read_bytes()
    mine = Tokens(db, settings.paths.key_file, url=kuma.base, username=kuma.username)
    assert await mine.load() == token
    for url, username in (("http://elsewhere.example", kuma.username), (kuma.base, "somebody")):
        assert await Tokens(db, settings.paths.key_file, url=url, username=username).load() == ""


async def test_too_many_logins_are_not_made_more(db: Database, tmp_path: Path, kuma: UptimeKuma) -> None:
    kuma.empty_bucket()
    async with watching(db, said(kuma, tmp_path)) as watch:
        await watch.until(lambda: watch.status.link.trouble is Trouble.THROTTLED)
        assert watch.status.watcher._closed_until[0] - clock.monotonic() > 60
        assert kuma.calls == ["login"]


async def test_one_that_lets_everybody_in_needs_no_name(db: Database, tmp_path: Path, either_kuma: UptimeKuma) -> None:
    kuma = either_kuma
    settings = said(kuma, tmp_path, username="", password="")
    kuma.open_to_all()
    async with watching(db, settings) as watch:
        await right(watch, kuma)
        assert kuma.calls == []
    kuma.accounts.open_to_all = False
    tokens = Tokens(db, settings.paths.key_file, url=kuma.base, username="")
    async with watching(db, settings, ways=[Talking(kuma.base, None, tokens, first_s=0.3)]) as watch:
        await watch.until(lambda: watch.status.link.trouble is Trouble.CREDENTIALS)


async def test_one_that_nobody_set_up_says_so(db: Database, tmp_path: Path, either_kuma: UptimeKuma) -> None:
    either_kuma.accounts.is_set_up = False
    async with watching(db, said(either_kuma, tmp_path)) as watch:
        await watch.until(lambda: watch.status.link.trouble is Trouble.NOT_SET_UP)


async def test_frames_that_make_no_sense_do_not_disturb_it(db: Database, tmp_path: Path, kuma: UptimeKuma) -> None:
    async with watching(db, said(kuma, tmp_path)) as watch:
        await right(watch, kuma)
        for frame in (
            "4",
            "42",
            '42["heartbeat",7]',
            '42["monitorList",[1]]',
            "43999[1]",
            "451-[]",
            "x" * 100_000,
            "2",
        ):
            await in_thread(kuma.say, frame)
        await in_thread(kuma.beat, 2, DOWN)
        await watch.until(lambda: watch.state(2) is State.DOWN)
        assert len(kuma.calls) == 1


async def test_a_burst_of_a_hundred_monitors_comes_through(db: Database, tmp_path: Path, kuma: UptimeKuma) -> None:
    kuma.grow(100)
    async with watching(db, said(kuma, tmp_path)) as watch:
        await right(watch, kuma)
        assert len(watch.status.watcher.board.monitors[60].beats) == 100


async def test_what_answers_and_is_no_uptime_kuma_is_told_as_that(db: Database, tmp_path: Path, plex: Any) -> None:
    class Elsewhere:
        base, username, password = plex.server.base, "admin", "secret"

    async with watching(db, said(Elsewhere(), tmp_path)) as watch:  # type: ignore[arg-type]  # it has all that is asked
        await watch.until(lambda: watch.status.link.trouble is Trouble.UNREADABLE)
