"""Something that a person said which is to be heard by the server: a decision, a report, words about a problem."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from medianest.core import clock
from medianest.core.errors import MediaNestError
from medianest.core.security import new_id
from medianest.media_requests.types import ProblemKind, State, TitleKey, Wish


class What(StrEnum):
    """What was said: about a request, or about a problem."""

    APPROVE = "approve"
    DECLINE = "decline"
    RETRY = "retry"
    REPORT = "report"
    COMMENT = "comment"
    RESOLVE = "resolve"


ABOUT_REQUESTS = frozenset({What.APPROVE, What.DECLINE, What.RETRY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which title a report is about, and which part of it; season and episode are 0 where it is all of it."""

    title: TitleKey
    kind: ProblemKind
    season: int
    episode: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What else is to be known to bring it, or to see whether it came.

    `upstream_id` is the server's number of the request or problem. Of a decision, `was` is the state that they saw, and
    `instead` what is approved in place of the wish; of words, `times` is how often just these stood there before.
    """

    upstream_id: int = 0
    part: Part | None = None
    was: State | None = None
    instead: Wish | None = None
    times: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """`by` is who said it, of the request or problem `subject_id`; `trouble` is why it came to nothing.

    The problem that is reported is known by the errand's subject from the beginning. The link `link_id` is used up by
    it, and good again where it comes to nothing.
    """

    what: What
    subject_id: str
    by: str | None
    text: str = ""
    details: Details = Details()
    link_id: str | None = None
    trouble: MediaNestError | None = None
    id: str = field(default_factory=new_id)
    at: datetime = field(default_factory=clock.now)

    def says_the_same(self, other: "Errand") -> bool:
        """Whether one of both is enough: a decision is the same whoever makes it, words are their speaker's."""
        same = (self.what, self.subject_id) == (other.what, other.subject_id)
        return same and (self.what is not What.COMMENT or (self.by, self.text) == (other.by, other.text))

    def replaces(self, lost: "Errand") -> bool:
        """Whether who says this knows that the last time came to nothing."""
        if self.subject_id != lost.subject_id:
            return False
        if lost.what in ABOUT_REQUESTS:
            return self.what in ABOUT_REQUESTS
        return self.what is lost.what and (self.what is not What.COMMENT or self.by == lost.by)
