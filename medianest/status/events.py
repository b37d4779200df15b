"""What the feature announces: services that went down and came back, to all and to who waits, reports, and the link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from medianest.core.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEvent(Event):
    """Something about a service; `subject_id` is its incident, `name` what the household calls it.

    It went down at `since`, and the incident lasts for `lasted_s` so far, or lasted. Before `quiet_until` only
    administrators are to be told.
    """

    kind: ClassVar[str] = "status"
    subject_type: ClassVar[str] = "incident"

    name: str
    monitor: int
    since: str
    lasted_s: int
    quiet_until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDown(ServiceEvent):
    """A service has been down for longer than a moment."""

    kind: ClassVar[str] = "status.down"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceBack(ServiceEvent):
    """It is up again, and has stayed so."""

    kind: ClassVar[str] = "status.back"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksAgain(Event):
    """What somebody ran into is over; each of them is told once for each incident, and nobody else.

    `reason` is a message that says what works again, with its `values`; `quiet_until` is as of a service.
    """

    kind: ClassVar[str] = "status.works_again"
    subject_type: ClassVar[str] = "incident"

    function: str | None
    reason: str
    values: Mapping[str, object]
    quiet_until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRefused(Event):
    """Uptime Kuma does not let the portal in, for a reason that somebody has to mend: `error` is a `Trouble`."""

    kind: ClassVar[str] = "status.refused"
    subject_type: ClassVar[str] = "uptime_kuma"
    keep: ClassVar[timedelta] = timedelta(days=90)

    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkMended(Event):
    """It lets the portal in again."""

    kind: ClassVar[str] = "status.mended"
    subject_type: ClassVar[str] = "uptime_kuma"
    keep: ClassVar[timedelta] = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotWorking(Event):
    """Something does not work for somebody: on a page of ours, in their words, and how all services were then.

    `reason` is a message that sums those up, with its `values`.
    """

    kind: ClassVar[str] = "status.reported"
    subject_type: ClassVar[str] = "report"
    keep: ClassVar[timedelta] = timedelta(days=90)

    page: str
    words: str
    link: str
    heard_at: str | None
    services: Sequence[Mapping[str, str | int]]
    reason: str
    values: Mapping[str, object]
