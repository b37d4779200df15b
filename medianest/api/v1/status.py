"""Whether the services of the house are up, as Uptime Kuma says, as far as they are shown to you."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from litestar import Response
from litestar.params import FromPath
from msgspec import Meta

from medianest.api import answers
from medianest.api.answers import Answer, AnyRequest
from medianest.api.given import CurrentReader, Given, Served
from medianest.api.wire import List, Output, Paged, Query, to_json
from medianest.core import clock
from medianest.core.actor import Actor
from medianest.status import badges
from medianest.status.arranging import Service
from medianest.status.board import DAY, MONTH, YEAR
from medianest.status.incidents import Incident
from medianest.status.service import HISTORY_MOST_HOURS, Standing
from medianest.status.stretches import since
from medianest.status.types import LinkState, State, Trouble, Via


class StatusLink(Output, frozen=True, kw_only=True):
    """How it stands with Uptime Kuma itself; `off` where none is set up. Programs have `trouble` as a word."""

    state: LinkState
    last_heard_at: datetime | None
    via: Via | None
    trouble: Trouble | None


class MonitorNow(Output, frozen=True, kw_only=True):
    """A service. While the link is not up its state is `unknown`, whatever was heard last.

    `meaning` is what an administrator says of it, `carries` what of the portal needs it. `message` is what Uptime Kuma
    said with the last beat, which may name addresses of the house: it is empty for who does not administer.
    """

    id: str
    name: str
    group: str
    state: State
    since: datetime | None
    latency_ms: float | None
    uptime_24h: float | None
    uptime_30d: float | None
    uptime_1y: float | None
    certificate_days: int | None
    message: str
    meaning: str
    carries: Sequence[str]


class StatusWindow(Output, frozen=True, kw_only=True):
    """Maintenance that was announced."""

    title: str
    under_way: bool
    begins_at: datetime | None
    ends_at: datetime | None


class StatusNotice(Output, frozen=True, kw_only=True):
    """What the people of Uptime Kuma wrote on their status page."""

    title: str
    text: str
    style: str
    at: datetime | None


class Services(Output, frozen=True, kw_only=True):
    """Everything that you are shown, in its order."""

    link: StatusLink
    monitors: Sequence[MonitorNow]
    maintenance: Sequence[StatusWindow]
    notices: Sequence[StatusNotice]


class StateStretch(Output, frozen=True, kw_only=True):
    """A time in one state; between two of them there may be times of which nobody knows."""

    state: State
    began_at: datetime
    ended_at: datetime | None


class IncidentToldOf(Output, frozen=True, kw_only=True):
    """A time in which a service was down; `flaps` is how often it came back in between. `cause` as `message` above."""

    id: str
    monitor_id: str
    name: str
    opened_at: datetime
    closed_at: datetime | None
    duration_s: int
    flaps: int
    cause: str


class Looking(Query, frozen=True, kw_only=True):
    """How far back."""

    hours: Annotated[int, Meta(ge=1, le=HISTORY_MOST_HOURS)] = DAY


async def show(request: AnyRequest, services: Served, reader: CurrentReader) -> Answer:
    """How the services are now."""
    standing, actor = services.status.standing(reader.actor), reader.actor
    link = standing.link
    told = Services(
        link=StatusLink(state=link.state, last_heard_at=standing.heard_at, via=link.via, trouble=link.trouble),
        monitors=[_monitor(standing, one, actor) for one in standing.services],
        maintenance=[
            StatusWindow(title=one.title, under_way=one.under_way, begins_at=one.begins_at, ends_at=one.ends_at)
            for one in standing.windows
        ],
        notices=[StatusNotice(title=one.title, text=one.text, style=one.style, at=one.at) for one in standing.notices],
    )
    return answers.tagged(request, to_json(told))


async def history(
    request: AnyRequest, services: Served, reader: CurrentReader, asked: Given[Looking], id: FromPath[str]
) -> Answer:
    """In which states a service was, the oldest first."""
    found = await services.status.history(reader.actor, _number(id), hours=asked.hours)
    items = [StateStretch(state=one.state, began_at=one.began_at, ended_at=one.ended_at) for one in found]
    return answers.tagged(request, to_json(List(items=items)))


async def incidents(request: AnyRequest, services: Served, reader: CurrentReader, asked: Given[Paged]) -> Answer:
    """What was down, the latest first."""
    page = await services.status.incidents(reader.actor, cursor=asked.cursor, limit=asked.limit)
    items = [_incident(one, reader.actor) for one in page.items]
    return answers.tagged(request, to_json(List(items=items, next_cursor=page.next_cursor)))


async def badge(services: Served, reader: CurrentReader, id: FromPath[str]) -> Answer:
    """A small picture of a service and its state, in words and colour."""
    standing = services.status.standing(reader.actor)
    service = services.status.service(reader.actor, _number(id))
    drawn = badges.drawn(service.name, standing.state_of(service))
    return Response(drawn.encode(), media_type="image/svg+xml", headers={"cache-control": "private, no-cache"})


def _monitor(standing: Standing, one: Service, actor: Actor) -> MonitorNow:
    monitor, now = one.monitor, clock.now()
    until = monitor.certificate_until
    return MonitorNow(
        id=str(one.id),
        name=one.name,
        group=one.group,
        state=standing.state_of(one),
        since=since(monitor, now) if monitor.beats and standing.holds else None,
        latency_ms=monitor.latency_ms if standing.holds else None,
        uptime_24h=monitor.shares.get(DAY),
        uptime_30d=monitor.shares.get(MONTH),
        uptime_1y=monitor.shares.get(YEAR),
        certificate_days=(until - now).days if until else None,
        message=monitor.words if actor.is_admin else "",
        meaning=one.meaning,
        carries=sorted(one.carries),
    )


def _incident(one: Incident, actor: Actor) -> IncidentToldOf:
    until = one.closed_at or clock.now()
    return IncidentToldOf(
        id=one.id,
        monitor_id=str(one.monitor),
        name=one.name,
        opened_at=one.opened_at,
        closed_at=one.closed_at,
        duration_s=max(0, int((until - one.opened_at).total_seconds())),
        flaps=one.flaps,
        cause=one.cause if actor.is_admin else "",
    )


def _number(id: str) -> int:
    """What no number can be is no service, either."""
    return int(id) if id.isascii() and id.isdecimal() and len(id) < 17 else 0
