"""What the feature speaks in: what people are told about, who they are to it, and by which channels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum

from medianest.core.i18n import Message


class Topic(StrEnum):
    """What a note is about, as people choose among them."""

    READY = "ready"
    TROUBLE = "trouble"
    DECIDE = "decide"
    ANSWER = "answer"
    ACCOUNT = "account"
    HOUSE = "house"


class Notice(StrEnum):
    """What people choose by which channel they hear of it: a row of their matrix."""

    DOWNLOAD_READY = "download_ready"
    REQUEST_READY = "request_ready"
    WORKS_AGAIN = "works_again"
    DIGEST = "digest"
    DOWNLOAD_FAILED = "download_failed"
    REQUEST_FAILED = "request_failed"
    TO_DECIDE = "to_decide"
    PROBLEM_REPORTED = "problem_reported"
    REQUEST_ANSWERED = "request_answered"
    PROBLEM_ANSWERED = "problem_answered"
    TAKEN_AWAY = "taken_away"
    HANDED_OVER = "handed_over"
    SECURITY = "security"
    CHANNEL = "channel"
    SERVICE_DOWN = "service_down"
    NOT_WORKING = "not_working"
    STRANGERS = "strangers"
    UPKEEP = "upkeep"


TOPICS: Mapping[Notice, Topic] = {
    Notice.DOWNLOAD_READY: Topic.READY,
    Notice.REQUEST_READY: Topic.READY,
    Notice.WORKS_AGAIN: Topic.READY,
    Notice.DIGEST: Topic.READY,
    Notice.DOWNLOAD_FAILED: Topic.TROUBLE,
    Notice.REQUEST_FAILED: Topic.TROUBLE,
    Notice.TO_DECIDE: Topic.DECIDE,
    Notice.PROBLEM_REPORTED: Topic.DECIDE,
    Notice.REQUEST_ANSWERED: Topic.ANSWER,
    Notice.PROBLEM_ANSWERED: Topic.ANSWER,
    Notice.TAKEN_AWAY: Topic.ANSWER,
    Notice.HANDED_OVER: Topic.ANSWER,
    Notice.SECURITY: Topic.ACCOUNT,
    Notice.CHANNEL: Topic.ACCOUNT,
    Notice.SERVICE_DOWN: Topic.HOUSE,
    Notice.NOT_WORKING: Topic.HOUSE,
    Notice.STRANGERS: Topic.HOUSE,
    Notice.UPKEEP: Topic.HOUSE,
}


class Whom(StrEnum):
    """Why somebody is told: it is theirs, they decide, or they look after the house."""

    CONCERNED = "concerned"
    DECIDERS = "deciders"
    ADMINS = "admins"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Whom an entry is told, and as what; who did it themselves need not be told, but for what somebody else may do.

    What is not `noted` is sent, and stands in no inbox.
    """

    notice: Notice
    whom: Whom
    even_who_did_it: bool = False
    noted: bool = True

    @property
    def topic(self) -> Topic:
        return TOPICS[self.notice]


class ChannelKind(StrEnum):
    """By what somebody is told outside of the portal."""

    PUSH = "push"
    EMAIL = "email"
    WEBHOOK = "webhook"
    APPRISE = "apprise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One way to somebody: a browser, an address. `label` is what they call it.

    Nothing is sent before `confirmed_at`. `failing_since` is None while what was sent last arrived; `answer` is what
    the other side said last.
    """

    id: str
    user_id: str
    kind: ChannelKind
    label: str
    language: str
    created_at: datetime
    confirmed_at: datetime | None
    last_sent_at: datetime | None
    failing_since: datetime | None
    answer: str
    session_id: str | None = None


class DeliveryState(StrEnum):
    """Where a delivery stands; only the first moves on."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    JOINED = "joined"  # it is part of another one, and ends with that
    DROPPED = "dropped"  # whom it was for may not be told any more
    DEAD = "dead"  # given up


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to one channel; `error` is what the other side said when it last failed."""

    id: str
    channel_id: str
    entry_id: int
    notice: Notice
    state: DeliveryState
    attempts: int
    due_at: datetime | None
    error: str
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """Why so many deliveries by one kind of channel were given up, the last of them at `newest_at`."""

    kind: ChannelKind
    error: str
    count: int
    newest_at: datetime


class Digest(StrEnum):
    """How often somebody gets a summary."""

    OFF = "off"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """When somebody wants to hear: `zone` is an IANA name, empty for the portal's own; quiet hours are in it."""

    zone: str = ""
    quiet: tuple[time, time] | None = None
    digest: Digest = Digest.OFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What somebody chose: only where that differs from what holds for everybody."""

    manners: Manners = Manners()
    choices: Mapping[tuple[Notice, ChannelKind], bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What can be done about it at once, by a whole address."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A list in a message; `more` tells of what it leaves out, and is empty where that is nothing."""

    title: str
    lines: tuple[str, ...]
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message, in the language of whom it is for.

    `key` is the same at every attempt, and for nothing else; what has the same `tag` stands in the place of the last
    one. `path` is a page of ours, `url` its whole address, empty where the portal has none. `unread` is how much waits
    in the inbox, told to browsers alone. By `leave_url` who reads it ends the channel, without signing in.
    """

    key: str
    notice: Notice
    kind: str
    title: str
    body: str
    path: str
    url: str
    tag: str
    at: datetime
    language: str
    n: int = 1
    unread: int = 0
    acts: tuple[Act, ...] = ()
    sections: tuple[Section, ...] = ()
    leave_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How a trial went: what the other side said, word for word, or why there was no answer."""

    is_well: bool
    said: Message
    answer: str = ""
