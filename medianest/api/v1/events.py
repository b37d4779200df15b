"""What happens, as it happens: server-sent events (contract.md, `GET /events`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from medianest.api.answers import Answer, AnyRequest
from medianest.api.v1.people import Person
from medianest.api.v1.subjects import Subject
from medianest.api.wire import Output, to_json
from medianest.core import clock
from medianest.core.actor import Actor
from medianest.core.journal import Entry
from medianest.core.live import Signal
from medianest.downloads.lists.types import ListTick
from medianest.downloads.types import Stage, Tick
from medianest.http import sse
from medianest.http.given import CurrentActor, Hub
from medianest.http.hub import News
from medianest.status.service import BeatTick, LinkTick
from medianest.status.types import LinkState, State


class ProgressData(Output, frozen=True, kw_only=True):
    """What `download.progress` tells."""

    stage: Stage
    percent: float | None
    downloaded_bytes: int
    total_bytes: int | None
    speed_bytes_per_s: float | None
    eta_s: int | None


class ListData(Output, frozen=True, kw_only=True):
    """What `playlist.progress` tells; `total` is null as long as nobody knows."""

    total: int | None
    read: int
    queued: int
    skipped: int


class BeatData(Output, frozen=True, kw_only=True):
    """What `monitor.beat` tells."""

    name: str
    state: State
    latency_ms: float | None


class LinkData(Output, frozen=True, kw_only=True):
    """What `status.link` tells: while it is not `up`, nothing that was heard before counts."""

    state: LinkState


Passing: TypeAlias = ProgressData | ListData | BeatData | LinkData


class Happening(Output, frozen=True, kw_only=True):
    """The data of an event; what passes without being kept has nobody who did it."""

    at: datetime
    kind: str
    subject: Subject
    actor: Person | None
    data: Mapping[str, Any] | Passing


async def stream(request: AnyRequest, hub: Hub, actor: CurrentActor) -> Answer:
    """What you may know of, as it happens; with Last-Event-ID from there on. After `reset` read everything anew."""
    return hub.answer(actor, EventWriter(), last_event_id=request.headers.get("last-event-id"))


@dataclass(frozen=True, slots=True)
class EventWriter:
    """Tells news to programs: the same to all who may have it."""

    def view(self, actor: Actor, news: News) -> str | None:
        return (
            "all" if isinstance(news, Entry) or isinstance(news.data, Tick | ListTick | BeatTick | LinkTick) else None
        )

    async def write(self, actor: Actor, news: News) -> bytes | None:
        return happened(news) if isinstance(news, Entry) else passed(news, at=clock.now())

    async def resync(self, actor: Actor) -> bytes:
        return sse.message("{}", event="reset")


def happened(entry: Entry) -> bytes:
    """An entry of the journal; its id lets a reader go on from there."""
    told = Happening(
        at=entry.at,
        kind=entry.kind,
        subject=Subject(type=entry.subject_type, id=entry.subject_id),
        actor=Person(id=entry.actor_id, name=entry.actor_name),
        data=entry.data,
    )
    return sse.message(to_json(told).decode(), event=entry.kind, id=entry.id)


def passed(signal: Signal, *, at: datetime) -> bytes | None:
    """A live signal; it has no id, for it cannot be had again. None for one that programs do not get."""
    data: Passing
    match signal.data:
        case Tick() as tick:
            data, about = _progress(tick), "download"
        case ListTick() as tick:
            data, about = _list(tick), "playlist"
        case BeatTick(service=service):
            monitor = service.monitor
            data = BeatData(name=service.name, state=monitor.state, latency_ms=monitor.latency_ms)
            about = "monitor"
        case LinkTick(link=link):
            data, about = LinkData(state=link.state), "uptime_kuma"
        case _:
            return None
    told = Happening(at=at, kind=signal.kind, subject=Subject(type=about, id=signal.subject_id), actor=None, data=data)
    return sse.message(to_json(told).decode(), event=signal.kind)


def _list(tick: ListTick) -> ListData:
    return ListData(total=tick.total, read=tick.read, queued=tick.queued, skipped=tick.skipped)


def _progress(tick: Tick) -> ProgressData:
    known = tick.progress
    return ProgressData(
        stage=tick.stage,
        percent=known.percent,
        downloaded_bytes=known.downloaded_bytes,
        total_bytes=known.total_bytes,
        speed_bytes_per_s=known.speed_bytes_per_s,
        eta_s=known.eta_s,
    )
