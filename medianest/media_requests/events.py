"""What is announced of requests; the subject is always a request."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from medianest.core.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEvent(Event):
    """Something that happened to a request.

    `title` is empty until the server told it; `owner_id` is None where nobody of ours asked.
    """

    kind: ClassVar[str] = "media_request"
    subject_type: ClassVar[str] = "media_request"
    keep: ClassVar[timedelta] = timedelta(days=180)

    title: str
    owner_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestMade(RequestEvent):
    kind: ClassVar[str] = "media_request.made"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKept(RequestEvent):
    """Somebody asked while the server is away: it goes out when it is back."""

    kind: ClassVar[str] = "media_request.kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFollowed(RequestEvent):
    kind: ClassVar[str] = "media_request.followed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSent(RequestEvent):
    """The server has it, and somebody decides."""

    kind: ClassVar[str] = "media_request.sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestApproved(RequestEvent):
    kind: ClassVar[str] = "media_request.approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPartlyAvailable(RequestEvent):
    kind: ClassVar[str] = "media_request.partially_available"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAvailable(RequestEvent):
    kind: ClassVar[str] = "media_request.available"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDeclined(RequestEvent):
    kind: ClassVar[str] = "media_request.declined"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFailed(RequestEvent):
    kind: ClassVar[str] = "media_request.failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRemoved(RequestEvent):
    kind: ClassVar[str] = "media_request.removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFound(RequestEvent):
    """Somebody asked for it at the server itself."""

    kind: ClassVar[str] = "media_request.found"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestHandedOver(RequestEvent):
    """Who asked wants it no more, but somebody else does: it is theirs now."""

    kind: ClassVar[str] = "media_request.handed_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemEvent(Event):
    """Something that happened to a problem; the subject is the problem."""

    kind: ClassVar[str] = "media_problem"
    subject_type: ClassVar[str] = "media_problem"
    topic: ClassVar[str] = "media_request"
    keep: ClassVar[timedelta] = timedelta(days=180)

    title: str
    reporter_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemReported(ProblemEvent):
    kind: ClassVar[str] = "media_problem.reported"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemCommented(ProblemEvent):
    kind: ClassVar[str] = "media_problem.commented"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemResolved(ProblemEvent):
    kind: ClassVar[str] = "media_problem.resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemReopened(ProblemEvent):
    kind: ClassVar[str] = "media_problem.reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonMapped(Event):
    """An administrator said as whom somebody asks at the server, or took that back; the subject is who asks."""

    kind: ClassVar[str] = "media_requests.person_mapped"
    subject_type: ClassVar[str] = "user"
    topic: ClassVar[str] = "media_request"

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsHandedOver(Event):
    """Somebody left, and so many requests of theirs belong to others now; the subject is who left."""

    kind: ClassVar[str] = "media_requests.handed_over"
    subject_type: ClassVar[str] = "user"
    topic: ClassVar[str] = "media_request"
    keep: ClassVar[timedelta] = timedelta(days=180)

    name: str
    number: int
