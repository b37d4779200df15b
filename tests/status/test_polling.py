"""Where nobody logs in, Uptime Kuma is asked now and then: its public page, or its figures; through faults, too."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from medianest.core.db import Database
from medianest.status import building
from medianest.status.board import DAY
from medianest.status.errors import NoLink
from medianest.status.types import LinkState, Message, State, Trouble, Via
from medianest.status.ways import Figures, Pace, Page, Way
from tests.fakes.uptime_kuma import DOWN, OLD, SLUG, UP, Fault, UptimeKuma
from tests.status.conftest import Watching, said, watching

QUICK = Pace(page_s=0.1, beats_s=0.05, figures_s=0.05, look_s=0.05)
PAGE, BEATS, METRICS = f"/api/status-page/{SLUG}", f"/api/status-page/heartbeat/{SLUG}", "/metrics"


def page(kuma: UptimeKuma, pace: Pace = QUICK) -> Way:
    return Page(kuma.base, SLUG, pace=pace)


def figures(kuma: UptimeKuma, pace: Pace = QUICK) -> Way:
    return Figures(kuma.base, kuma.key, pace=pace)


def seen(watch: Watching, name: str) -> State | None:
    """How the service of this name is, which has no number in the figures of 1.23."""
    monitors = watch.status.watcher.board.monitors.values()
    return next((one.state for one in monitors if one.described.name == name), None)


async def test_the_public_page_tells_groups_states_latencies_days_notices_and_certificates(
    db: Database, tmp_path: Path, either_kuma: UptimeKuma
) -> None:
    kuma = either_kuma
    kuma.state.certify(8, 5)
    kuma.state.incident = {"title": "Slow", "content": "The line is mended.", "style": "info"}
    kuma.state.add_row(2, UP, "200 - OK", 33)
    async with watching(db, said(kuma, tmp_path), ways=[page(kuma)]) as watch:
        await watch.up()
        board = watch.status.watcher.board
        plex = board.monitors[2]
        assert (watch.status.link.via, len(board.monitors)) == (Via.STATUS_PAGE, len(kuma.state.monitors))
        assert (plex.described.group, plex.state, plex.latency_ms, plex.words) == ("Services", State.UP, 33, "")
        assert plex.shares[DAY] == pytest.approx(1)
        assert [one.title for one in board.notices] == ["Slow"]
        assert (board.monitors[8].certificate_until is not None) is kuma.dialect.is_new, "1.23 does not tell"
        kuma.state.add_row(2, DOWN, "connect ECONNREFUSED")
        await watch.until(lambda: watch.state(2) is State.DOWN)
        assert watch.status.watcher.board.monitors[2].words == "", "what was said may name addresses of the house"
        kuma.state.monitors.pop(4)
        await watch.until(lambda: 4 not in watch.states())


async def test_the_figures_tell_states_and_latencies_and_what_is_paused_is_not_there(
    db: Database, tmp_path: Path, either_kuma: UptimeKuma
) -> None:
    kuma = either_kuma
    names = {id: one.about["name"] for id, one in kuma.state.monitors.items() if one.about["active"]}
    kuma.state.add_row(2, UP, "200 - OK", 33)
    async with watching(db, said(kuma, tmp_path), ways=[figures(kuma)]) as watch:
        await watch.up()
        board = watch.status.watcher.board
        assert watch.status.link.via is Via.METRICS
        assert sorted(one.described.name for one in board.monitors.values()) == sorted(names.values())
        assert [one.latency_ms for one in board.monitors.values() if one.described.name == names[2]] == [33]
        assert board.version == kuma.dialect.version
        kuma.state.add_row(2, DOWN)
        await watch.until(lambda: seen(watch, names[2]) is State.DOWN)
        await asyncio.to_thread(kuma.kill)
        await watch.down()
        await asyncio.to_thread(kuma.restart)
        await watch.up()


async def test_nobody_is_asked_faster_than_uptime_kuma_keeps_its_answers(
    db: Database, tmp_path: Path, kuma: UptimeKuma
) -> None:
    usual = Pace()
    assert (usual.page_s, usual.beats_s) == (300, 60), "so long it keeps them"
    assert usual.figures_s >= 60, "nobody else is answered while it gathers them"
    assert usual.look_s <= 5, "who is away is found out within ten seconds"
    slow = Pace(page_s=3600, beats_s=0.03, figures_s=3600, look_s=0.03)
    async with watching(db, said(kuma, tmp_path), ways=[page(kuma, slow)]):
        await asyncio.to_thread(kuma.wait_for, lambda: kuma.asked.count(BEATS) >= 4)
        assert kuma.asked.count(PAGE) == 1
    kuma.asked.clear()
    async with watching(db, said(kuma, tmp_path), ways=[figures(kuma, slow)]):
        await asyncio.to_thread(kuma.wait_for, lambda: kuma.asked.count("/api/entry-page") >= 4)
        assert kuma.asked.count(METRICS) == 1


FAULTS = {
    Fault.BROKEN: Trouble.AWAY,
    Fault.GARBAGE: Trouble.UNREADABLE,
    Fault.HUGE: Trouble.AWAY,
    Fault.A_PAGE: Trouble.UNREADABLE,
    Fault.ELSEWHERE: Trouble.UNREADABLE,
}


@pytest.mark.parametrize(
    ("way", "faults"),
    [
        (page, [(PAGE, Fault.BROKEN), *((BEATS, fault) for fault in FAULTS)]),
        (figures, [(METRICS, fault) for fault in FAULTS]),
    ],
    ids=["status page", "figures"],
)
async def test_whatever_is_answered_instead_the_link_is_down_and_says_why_and_is_right_again_by_itself(
    db: Database,
    tmp_path: Path,
    kuma: UptimeKuma,
    way: Callable[[UptimeKuma], Way],
    faults: Sequence[tuple[str, Fault]],
) -> None:
    async with watching(db, said(kuma, tmp_path), ways=[way(kuma)]) as watch:
        for path, fault in faults:
            await watch.up()
            kuma.faults[path] = fault
            await watch.down()
            assert watch.status.link.trouble is FAULTS[fault], (path, fault)
            del kuma.faults[path]
        await watch.up()
        assert watch.state(2) is State.UP


async def test_what_never_answers_counts_as_away_and_a_page_that_is_not_there_as_that(
    db: Database, tmp_path: Path
) -> None:
    """1.23 does not answer who asks for a page that it has not; both are waited for at once."""
    with UptimeKuma(OLD) as kuma:
        kuma.faults[METRICS] = Fault.SILENT
        settings = said(kuma, tmp_path)
        missing = Page(kuma.base, "nowhere", pace=QUICK)
        async with watching(db, settings, ways=[missing]) as one, watching(db, settings, ways=[figures(kuma)]) as other:
            await one.until(lambda: one.status.link.trouble is Trouble.NO_PAGE)
            await other.until(lambda: other.status.link.trouble is Trouble.AWAY)
    with UptimeKuma() as kuma:
        async with watching(db, settings, ways=[Page(kuma.base, "nowhere", pace=QUICK)]) as one:
            await one.until(lambda: one.status.link.trouble is Trouble.NO_PAGE)


async def test_a_key_that_is_not_taken_is_told_as_that(db: Database, tmp_path: Path, kuma: UptimeKuma) -> None:
    async with watching(db, said(kuma, tmp_path), ways=[Figures(kuma.base, "uk1_another", pace=QUICK)]) as watch:
        await watch.until(lambda: watch.status.link.trouble is Trouble.CREDENTIALS)
        assert kuma.asked == [METRICS], "it is tried once, not again and again"


class Refused:
    """A way that is closed so many times, for a moment each."""

    via = Via.STATUS_PAGE

    def __init__(self, way: Way, times: int) -> None:
        self._way = way
        self._times = times
        self.tries = 0

    async def hear(self) -> AsyncGenerator[Message, None]:
        self.tries += 1
        if self.tries <= self._times:
            raise NoLink(Trouble.CREDENTIALS, retry_after=timedelta(milliseconds=100))
        async for message in self._way.hear():
            yield message


async def test_a_better_way_that_was_closed_is_gone_again_once_it_opens(
    db: Database, tmp_path: Path, kuma: UptimeKuma
) -> None:
    better = Refused(page(kuma), times=3)
    async with watching(db, said(kuma, tmp_path), ways=[better, figures(kuma)]) as watch:
        await watch.until(lambda: watch.status.link.via is Via.METRICS and watch.link is LinkState.UP)
        links = [watch.status.link]
        watch.status.watcher._changed = links.append
        await asyncio.to_thread(kuma.wait_for, lambda: BEATS in kuma.asked)
        await watch.until(lambda: watch.status.link.via is Via.STATUS_PAGE)
        assert (better.tries, [one.state for one in links]) == (4, [LinkState.UP] * 2), "nobody is told of each try"
        assert watch.status.watcher.board.monitors[2].described.group == "Services"


async def test_who_is_refused_falls_from_one_way_to_the_next(db: Database, tmp_path: Path, kuma: UptimeKuma) -> None:
    settings = said(kuma, tmp_path, password="wrong", status_page="nowhere", api_key=kuma.key)
    ways = building.ways(db, settings.uptime_kuma, settings.paths.key_file)
    assert [way.via for way in ways] == [Via.LIVE, Via.STATUS_PAGE, Via.METRICS]
    async with watching(db, settings, ways=ways) as watch:
        await watch.up()
        assert watch.status.link.via is Via.METRICS
        assert (kuma.calls, kuma.asked[:2]) == (["login"], ["/api/status-page/nowhere", METRICS])
    settings = said(kuma, tmp_path, password="wrong", status_page=SLUG, api_key=kuma.key)
    ways = building.ways(db, settings.uptime_kuma, settings.paths.key_file)
    async with watching(db, settings, ways=ways) as watch:
        await watch.up()
        assert watch.status.link.via is Via.STATUS_PAGE
        assert METRICS not in kuma.asked[2:], "the best that is open is enough"
