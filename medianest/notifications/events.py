"""What is announced of people's channels."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from medianest.core.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelEvent(Event):
    """Something became of a way to somebody; where it leads is not in it, but for the name that its owner gave it."""

    kind: ClassVar[str] = "channel"
    subject_type: ClassVar[str] = "channel"
    topic: ClassVar[str] = "notifications"

    channel: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestDue(Event):
    """Somebody's summary is to be sent, of what was new between two times (ISO 8601)."""

    kind: ClassVar[str] = "digest.due"
    subject_type: ClassVar[str] = "user"
    topic: ClassVar[str] = "notifications"
    keep: ClassVar[timedelta] = timedelta(days=30)

    rhythm: str
    since: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelAdded(ChannelEvent):
    """Somebody wants to be told there, too."""

    kind: ClassVar[str] = "channel.added"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelConfirmed(ChannelEvent):
    """Whoever reads there said that it is theirs."""

    kind: ClassVar[str] = "channel.confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRemoved(ChannelEvent):
    """Nobody is told there any more: its owner, or who reads there, wants it so, or it is gone."""

    kind: ClassVar[str] = "channel.removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelBroken(ChannelEvent):
    """Something could not be sent there, however often it was tried; `error` is what the other side said."""

    kind: ClassVar[str] = "channel.broken"

    error: str
