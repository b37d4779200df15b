"""Is it up: the services of the house, what was down, and whether anybody knows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from litestar.params import FromQuery

from medianest.core import clock
from medianest.core.actor import Actor
from medianest.core.errors import Invalid
from medianest.core.i18n import Message, msg
from medianest.http.base_path import without
from medianest.http.redirects import internal_path
from medianest.http.services import Services
from medianest.status.incidents import Incident
from medianest.status.reports import WORDS_MOST
from medianest.status.service import Standing
from medianest.status.types import LinkState, Notice, State, Via, Window
from medianest.web import forms, htmx
from medianest.web.errors import sent_back
from medianest.web.frame import Frame, Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.services import SLOTS, ServiceGroup, Strip, groups, strip
from medianest.web.services_line import summary

_INCIDENTS = 20
_DAYS = 30
_HERE = "/status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A time in which a service was down; `cause` only for who administers, for it may name addresses."""

    id: str
    name: str
    meaning: str
    cause: str
    opened_at: datetime
    closed_at: datetime | None
    lasted_s: int
    flaps: Message | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLine:
    """What people should know of the link: since when nothing is heard, or what is missing on this way."""

    is_lost: bool
    title: Message
    text: Message | None
    heard_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportForm:
    """What somebody for whom something does not work tells the administrators; `page` is where that was."""

    page: str = _HERE
    words: str = ""
    most: int = WORDS_MOST
    error: Message | None = None
    is_sent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """The page; `is_off` where no Uptime Kuma is set up."""

    is_off: bool
    summary: Message
    link: LinkLine | None
    open: tuple[Outage, ...]
    groups: tuple[ServiceGroup, ...]
    windows: Sequence[Window]
    notices: Sequence[Notice]
    past: tuple[Outage, ...]
    month: Strip | None
    report: ReportForm


async def show(
    reader: CurrentReader,
    services: TheServices,
    frame: PageFrame,
    about: FromQuery[str] = "",
    sent: FromQuery[str] = "",
) -> Html:
    """The page of the services; `about` is the page on which something did not work."""
    form = ReportForm(page=_page_of(about), is_sent=bool(sent))
    return _shown(reader, frame, await _view(services, reader.asking.actor, form))


async def report(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Tell the administrators that something does not work."""
    actor, told = reader.asking.actor, await forms.read(request)
    page, words = _page_of(without(reader.templates.base_path, told.text("page"))), told.text("words")
    try:
        await services.status.report(actor, page=page, words=words)
    except Invalid as error:
        form = ReportForm(page=page, words=words, error=error.message)
        return sent_back(_shown(reader, frame, await _view(services, actor, form)), error)
    return htmx.go(reader, f"{_HERE}?sent=1#report")


def _shown(reader: Reader, frame: Frame, view: StatusView) -> Html:
    return htmx.page(reader, replace(frame, place=Place.STATUS), "status/page.html", view)


def _page_of(path: str) -> str:
    """A page of ours without its query, in which somebody's words may stand."""
    return internal_path(path, otherwise=_HERE).partition("?")[0].partition("#")[0]


async def _view(services: Services, actor: Actor, form: ReportForm) -> StatusView:
    status, now = services.status, clock.now()
    standing = status.standing(actor)
    strips = await status.pictures(standing.services, hours=24, number=SLOTS)
    incidents = (await status.incidents(actor, limit=_INCIDENTS)).items
    meanings = {one.id: one.meaning for one in standing.services}
    outages = [_outage(one, meanings.get(one.monitor, ""), actor, now) for one in incidents]
    days = await status.days(standing.services, number=_DAYS)
    return StatusView(
        is_off=standing.link.state is LinkState.OFF,
        summary=summary(standing),
        link=_link(standing),
        open=tuple(one for one in outages if one.closed_at is None and standing.holds),
        groups=groups(standing, strips, now),
        windows=standing.windows,
        notices=standing.notices,
        past=tuple(one for one in outages if one.closed_at is not None),
        month=strip(days, "month") if any(day is not State.UNKNOWN for day in days) else None,
        report=form,
    )


def _link(standing: Standing) -> LinkLine | None:
    link = standing.link
    if link.state in (LinkState.DOWN, LinkState.CONNECTING):
        title = msg("web.status.last_heard" if standing.heard_at else f"web.status.link_{link.state}")
        text = msg(f"status.{link.trouble}") if link.trouble else None
        return LinkLine(is_lost=True, title=title, text=text, heard_at=standing.heard_at)
    if link.via in (Via.STATUS_PAGE, Via.METRICS):
        return LinkLine(is_lost=False, title=msg(f"web.status.via_{link.via}"), text=None, heard_at=None)
    return None


def _outage(one: Incident, meaning: str, actor: Actor, now: datetime) -> Outage:
    until = one.closed_at or now
    return Outage(
        id=one.id,
        name=one.name,
        meaning=meaning,
        cause=one.cause if actor.is_admin else "",
        opened_at=one.opened_at,
        closed_at=one.closed_at,
        lasted_s=max(0, int((until - one.opened_at).total_seconds())),
        flaps=msg("web.status.flaps", n=one.flaps) if one.flaps else None,
    )
