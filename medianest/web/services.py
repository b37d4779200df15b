"""The services of the house as rows of a board: states in words, shapes and colours, and small pictures of the past."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from medianest.core.i18n import Message, msg
from medianest.status.arranging import Service
from medianest.status.board import DAY, MONTH
from medianest.status.service import Standing
from medianest.status.types import State

SLOTS = 48
"""Half hours of a day."""
_SLOT_WIDTH = 4
_HEIGHTS = {State.UP: 24, State.MAINTENANCE: 16, State.PENDING: 14, State.DOWN: 10, State.PAUSED: 6, State.UNKNOWN: 4}
_SPARK_WIDTH, _SPARK_HEIGHT, _SPARK_MARGIN = 120, 32, 4
_SPARK_MOST = 40
_CERTIFICATE_SOON_DAYS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One part of a time: its place, and how high it stands; who sees no colours sees that."""

    x: int
    y: int
    height: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A time in bars, with the same in words."""

    bars: tuple[Bar, ...]
    width: int
    label: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Spark:
    """How fast it answered lately, as a line, with the same in words; `now` is the last."""

    line: str
    label: Message
    now: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceNow:
    """What changes with a beat; `since` is told of what is not up."""

    id: int
    kind: State
    word: Message
    since: datetime | None
    spark: Spark | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """A service on the board; `is_stale` says that nobody knows whether this still holds."""

    now: ServiceNow
    name: str
    detail: str
    is_stale: bool
    certificate: Message | None
    is_certificate_short: bool
    strip: Strip
    uptime: Message | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceGroup:
    """Services that stand together; those without a group have no name above them."""

    name: str
    rows: tuple[ServiceRow, ...]


def groups(standing: Standing, strips: Mapping[int, Sequence[State]], now: datetime) -> tuple[ServiceGroup, ...]:
    """The board, in its order."""
    found: dict[str, list[ServiceRow]] = {}
    for service in standing.services:
        found.setdefault(service.group, []).append(_row(standing, service, strips[service.id], now))
    return tuple(ServiceGroup(name=name, rows=tuple(rows)) for name, rows in found.items())


def now_of(service: Service, state: State) -> ServiceNow:
    """How a service is at this moment."""
    monitor = service.monitor
    is_news = state in (State.DOWN, State.PENDING, State.MAINTENANCE)
    return ServiceNow(
        id=service.id,
        kind=state,
        word=msg(f"web.status.{state}"),
        since=monitor.since if is_news and monitor.beats else None,
        spark=_spark(service) if state is State.UP else None,
    )


def strip(states: Sequence[State], label: str, **values: object) -> Strip:
    """A time in bars; its words count the parts that were not fine."""
    bars = tuple(
        Bar(x=place * _SLOT_WIDTH, y=24 - _HEIGHTS[state], height=_HEIGHTS[state], kind=state)
        for place, state in enumerate(states)
    )
    wrong = sum(state in (State.DOWN, State.PENDING) for state in states)
    known = sum(state is not State.UNKNOWN for state in states)
    kind = "none" if not known else "fine" if not wrong else "wrong"
    told = msg(f"web.status.{label}_{kind}", n=wrong, **values)
    return Strip(bars=bars, width=len(states) * _SLOT_WIDTH, label=told)


def _row(standing: Standing, service: Service, states: Sequence[State], now: datetime) -> ServiceRow:
    until = service.monitor.certificate_until
    days = (until - now).days if until else None
    up = service.monitor.shares.get(MONTH, service.monitor.shares.get(DAY))
    return ServiceRow(
        now=now_of(service, standing.state_of(service)),
        name=service.name,
        detail=service.meaning,
        is_stale=not standing.holds,
        certificate=None if days is None else msg("web.status.certificate", n=max(0, days)),
        is_certificate_short=days is not None and days < _CERTIFICATE_SOON_DAYS,
        strip=strip(states, "day", name=service.name),
        uptime=None if up is None else msg(_span(service), share=_share(up)),
    )


def _span(service: Service) -> str:
    return "web.status.uptime_month" if MONTH in service.monitor.shares else "web.status.uptime_day"


def _share(up: float) -> float:
    """In percent; what is not whole never reads so."""
    return 100 if up >= 1 else int(up * 10_000) / 100


def _spark(service: Service) -> Spark | None:
    known = [beat.latency_ms for beat in service.monitor.beats if beat.latency_ms is not None][-_SPARK_MOST:]
    if len(known) < 2:
        return None
    least, most = min(known), max(known)
    height = _SPARK_HEIGHT - 2 * _SPARK_MARGIN
    across = _SPARK_WIDTH / (len(known) - 1)
    points = (
        f"{place * across:.1f},{_SPARK_MARGIN + height * (1 - (value - least) / ((most - least) or 1)):.1f}"
        for place, value in enumerate(known)
    )
    said = {"name": service.name, "now": round(known[-1]), "least": round(least), "most": round(most)}
    return Spark(
        line=" ".join(points), label=msg("web.status.latency", **said), now=msg("web.status.ms", ms=round(known[-1]))
    )
