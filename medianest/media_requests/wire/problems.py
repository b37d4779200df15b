"""Problems with what is there."""

from collections.abc import Mapping

from msgspec import Raw, Struct

from medianest.media_requests.types import Problem, ProblemComment, ProblemKind
from medianest.media_requests.wire.reading import (
    NAME_MOST,
    TEXT_MOST,
    Medium,
    Paged,
    Whose,
    moment,
    person_of,
    read,
    readable,
    title_key,
)

NUMBERS: Mapping[ProblemKind, int] = {
    ProblemKind.VIDEO: 1,
    ProblemKind.AUDIO: 2,
    ProblemKind.SUBTITLES: 3,
    ProblemKind.OTHER: 4,
}
_KINDS = {number: kind for kind, number in NUMBERS.items()}
_RESOLVED = 2


class _Comment(Struct, rename="camel"):
    message: str = ""
    user: Whose | None = None
    created_at: str | None = None


class _Issue(Struct, rename="camel"):
    id: int
    issue_type: int = 4
    status: int = 1
    problem_season: int = 0
    problem_episode: int = 0
    created_by: Whose | None = None
    media: Medium | None = None
    comments: list[Raw] = []
    created_at: str | None = None


def problem(body: bytes) -> Problem:
    return _problem(read(body, _Issue))


def problems(body: bytes) -> tuple[Problem, ...]:
    return tuple(_problem(row) for row in readable(read(body, Paged).results, _Issue))


def _problem(told: _Issue) -> Problem:
    medium = told.media
    return Problem(
        id=told.id,
        kind=_KINDS.get(told.issue_type, ProblemKind.OTHER),
        title=title_key(medium.media_type, medium.tmdb_id) if medium else None,
        season=told.problem_season or None,
        episode=told.problem_episode or None,
        is_resolved=told.status == _RESOLVED,
        reported_by=told.created_by.id if told.created_by else None,
        asker=person_of(told.created_by) if told.created_by else None,
        comments=tuple(_comment(row) for row in readable(told.comments, _Comment)),
        created_at=moment(told.created_at),
    )


def _comment(told: _Comment) -> ProblemComment:
    by = (told.user.display_name or "") if told.user else ""
    return ProblemComment(by=by[:NAME_MOST], text=told.message[:TEXT_MOST], at=moment(told.created_at))
