"""The services of the house, for looking at pages: all well, one that is down, one that nobody hears, none at all."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from medianest.core.actor import Role
from medianest.core.i18n import msg
from medianest.status.arranging import Service
from medianest.status.board import DAY, MONTH, Monitor
from medianest.status.service import Standing
from medianest.status.types import Beat, Described, Link, LinkState, Notice, State, Trouble, Via, Window
from medianest.web.outages import FunctionDown
from medianest.web.pages.status import LinkLine, Outage, ReportForm, StatusView
from medianest.web.services import SLOTS, groups, strip
from medianest.web.services_line import services_line
from tests.gallery.samples import NOW

_UP, _DOWN = State.UP, State.DOWN
_PINGS = (13, 17, 12, 15, 14, 22, 13, 12, 16, 14, 13, 19, 12, 13)


def _service(id: int, name: str, group: str, state: State, *, meaning: str = "", days: int | None = None) -> Service:
    beats = [Beat(NOW - timedelta(minutes=20 - place), _UP, ping * id) for place, ping in enumerate(_PINGS)]
    beats += [Beat(NOW - timedelta(minutes=5), state, 13.0 * id if state is _UP else None)]
    described = Described(name=name, active=state is not State.PAUSED)
    monitor = Monitor(
        id=id,
        described=described,
        beats=tuple(beats),
        shares={DAY: 0.9991, MONTH: 1.0 if id % 2 else 0.98714},
        certificate_until=None if days is None else NOW + timedelta(days=days, hours=1),
        since=NOW - timedelta(minutes=38),
    )
    return Service(
        monitor=monitor, name=name, group=group, roles=frozenset(Role), meaning=meaning, carries=frozenset(), order=0
    )


SERVICES = (
    _service(1, "Plex at home", "Watching", _UP, meaning="Films and series on the television."),
    _service(2, "Plex from outside", "Watching", _DOWN, meaning="Away from home, playing pauses.", days=61),
    _service(3, "Donaudampfschifffahrtsgesellschaftsbibliothek", "Watching", State.PENDING),
    _service(4, "Photos", "Everything else", State.MAINTENANCE, days=3),
    _service(5, "الراوتر", "Everything else", State.PAUSED),
    _service(6, "Internet", "", _UP, days=12),
)
LIVE = Link(state=LinkState.UP, via=Via.LIVE)
_GONE = Link(state=LinkState.DOWN, via=Via.LIVE, trouble=Trouble.AWAY)
_DAY = {one.id: [_UP] * (SLOTS - 4) + [_DOWN if one.id == 2 else _UP] * 4 for one in SERVICES}
_DAY[3] = [State.UNKNOWN] * 30 + [State.PENDING, _UP] * 9
_OUTAGE = Outage(
    id="7",
    name="Plex from outside",
    meaning="Away from home, playing pauses. At home everything works.",
    cause="connect ECONNREFUSED 203.0.113.9:32400",
    opened_at=NOW - timedelta(minutes=38),
    closed_at=None,
    lasted_s=38 * 60,
    flaps=msg("web.status.flaps", n=2),
)
_PAST = (
    replace(_OUTAGE, id="6", name="Photos", closed_at=NOW, lasted_s=4 * 3600, flaps=None, cause=""),
    replace(_OUTAGE, id="5", closed_at=NOW, lasted_s=65, opened_at=NOW - timedelta(days=9)),
)


def _standing(link: Link, *services: Service) -> Standing:
    return Standing(link=link, heard_at=NOW, version="2.5.3", services=services, windows=(), notices=())


FULL = StatusView(
    is_off=False,
    summary=msg("web.status.some_down", n=1, total=6),
    link=None,
    open=(_OUTAGE,),
    groups=groups(_standing(LIVE, *SERVICES), _DAY, NOW),
    windows=(Window(title="New disks", under_way=False, begins_at=NOW + timedelta(days=1), ends_at=None),),
    notices=(Notice(title="Slow on Sunday", text="The line is being repaired.", style="info", at=NOW),),
    past=_PAST,
    month=strip([_UP] * 21 + [_DOWN] + [_UP] * 7 + [_DOWN], "month"),
    report=ReportForm(page="/plex/titles/1"),
)
_FINE = [one for one in SERVICES if one.monitor.state is _UP]
WELL = replace(
    FULL,
    summary=msg("web.status.all_up", n=2),
    link=LinkLine(is_lost=False, title=msg("web.status.via_status_page"), text=None, heard_at=None),
    open=(),
    groups=groups(_standing(LIVE, *_FINE), _DAY, NOW),
    windows=(),
    notices=(),
    past=(),
    month=strip([State.UNKNOWN] * 20 + [_UP] * 10, "month"),
)
LOST = replace(
    FULL,
    summary=msg("web.status.nobody_knows"),
    link=LinkLine(is_lost=True, title=msg("web.status.last_heard"), text=msg("status.away"), heard_at=NOW),
    open=(),
    groups=groups(_standing(_GONE, *SERVICES), _DAY, NOW),
    windows=(),
    notices=(),
)
NONE = replace(
    FULL,
    is_off=True,
    summary=msg("web.status.nobody_knows"),
    open=(),
    groups=(),
    windows=(),
    notices=(),
    past=(),
    month=None,
)
EMPTY = replace(NONE, is_off=False, report=ReportForm(is_sent=True))
UNSAID = replace(WELL, report=ReportForm(error=msg("status.say_what", most=500)))


LINES = {
    "well": services_line(_standing(LIVE, *_FINE)),
    "down": services_line(_standing(LIVE, *SERVICES)),
    "several": services_line(_standing(LIVE, SERVICES[1], replace(SERVICES[1], name="Photos"))),
    "lost": services_line(_standing(_GONE, *SERVICES)),
}
PLEX_DOWN = FunctionDown(
    title=msg("web.status.plex_down"), text=msg("web.status.plex_meanwhile"), since=NOW - timedelta(minutes=38)
)
PLEX_WANTED = replace(PLEX_DOWN, told=msg("web.status.told_in_inbox"))
OFFLINE = replace(PLEX_DOWN, title=msg("web.status.downloads_down"), text=msg("web.status.downloads_meanwhile"))
OFFLINE_WANTED = replace(OFFLINE, told=PLEX_WANTED.told)


def samples_of_status() -> Iterator[tuple[str, StatusView]]:
    yield "status", FULL
    yield "status-well", WELL
    yield "status-lost", LOST
    yield "status-off", NONE
    yield "status-empty", EMPTY
    yield "status-unsaid", UNSAID
