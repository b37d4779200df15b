"""Somebody's channels as rows, and what is told by them as a matrix."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from medianest.core.actor import Role
from medianest.core.i18n import Message, msg
from medianest.notifications import choosing
from medianest.notifications.types import (
    TOPICS,
    Channel,
    ChannelKind,
    Delivery,
    DeliveryState,
    Notice,
    Preferences,
    Topic,
)

ICONS: Mapping[ChannelKind, str] = {
    ChannelKind.PUSH: "phone",
    ChannelKind.EMAIL: "inbox",
    ChannelKind.WEBHOOK: "link",
    ChannelKind.APPRISE: "chat",
}
_STATES: Mapping[DeliveryState, str] = {
    DeliveryState.WAITING: "waiting",
    DeliveryState.DELIVERED: "up",
    DeliveryState.JOINED: "up",
    DeliveryState.DROPPED: "paused",
    DeliveryState.DEAD: "down",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRow:
    """One way to somebody; `answer` is what the other side said last, where it failed."""

    id: str
    icon: str
    label: str
    kind: Message
    is_confirmed: bool
    sent_at: datetime | None
    failing_since: datetime | None
    answer: str
    path: str
    try_path: str
    again_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """Something that was sent, or is to be; `icon` and `state` say how it went.

    What was given up and is kept can be sent again: `again` is its id then.
    """

    icon: str
    state: Message
    notice: Message
    at: datetime
    next_at: datetime | None
    attempts: int
    error: str
    again: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Whether somebody is told of this by such channels."""

    value: str
    label: Message
    is_wanted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """Something that somebody may be told of."""

    label: Message
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixPart:
    """What belongs together in it."""

    label: Message
    rows: tuple[MatrixRow, ...]


def channel_row(channel: Channel) -> ChannelRow:
    path = f"/account/channels/{channel.id}"
    return ChannelRow(
        id=channel.id,
        icon=ICONS[channel.kind],
        label=channel.label,
        kind=kind_name(channel.kind),
        is_confirmed=channel.confirmed_at is not None,
        sent_at=channel.last_sent_at,
        failing_since=channel.failing_since,
        answer=channel.answer if channel.failing_since else "",
        path=path,
        try_path=f"{path}/test",
        again_path=f"{path}/again",
    )


def delivery_rows(deliveries: Iterable[Delivery], *, kept_since: datetime) -> tuple[DeliveryRow, ...]:
    return tuple(
        DeliveryRow(
            icon=_STATES[one.state],
            state=msg(f"web.channels.state_{one.state}"),
            notice=notice_name(one.notice),
            at=one.finished_at or one.created_at,
            next_at=one.due_at if one.state is DeliveryState.WAITING and one.attempts else None,
            attempts=one.attempts,
            error=one.error,
            again=one.id if _can_come_again(one, kept_since) else None,
        )
        for one in deliveries
    )


def _can_come_again(one: Delivery, kept_since: datetime) -> bool:
    return one.state is DeliveryState.DEAD and one.finished_at is not None and one.finished_at >= kept_since


def kind_name(kind: ChannelKind) -> Message:
    return msg(f"web.channels.kind_{kind}")


def notice_name(notice: Notice) -> Message:
    return msg(f"web.notices.{notice}")


def matrix(role: Role, preferences: Preferences, kinds: Sequence[ChannelKind]) -> tuple[MatrixPart, ...]:
    """What somebody with this role may be told of, by topic, and by which of these kinds they are."""
    parts: dict[Topic, list[MatrixRow]] = {}
    for notice in choosing.concerning(role):
        cells = tuple(
            Cell(
                value=f"{notice}:{kind}",
                label=kind_name(kind),
                is_wanted=choosing.is_wanted(preferences, notice, kind),
            )
            for kind in kinds
        )
        parts.setdefault(TOPICS[notice], []).append(MatrixRow(label=notice_name(notice), cells=cells))
    return tuple(MatrixPart(label=msg(f"web.inbox.topic_{topic}"), rows=tuple(rows)) for topic, rows in parts.items())
