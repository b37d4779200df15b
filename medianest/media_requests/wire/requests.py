"""Requests as the server has them."""

from collections.abc import Iterable, Mapping

from msgspec import Raw, Struct, field

from medianest.media_requests.types import Decision, Seen, SeenPage
from medianest.media_requests.wire.reading import (
    Medium,
    Paged,
    Whose,
    availability,
    checked,
    is_id,
    moment,
    person_of,
    read,
    readable,
    title_key,
)

_DECISIONS: Mapping[int, Decision] = {
    1: Decision.PENDING,
    2: Decision.APPROVED,
    3: Decision.DECLINED,
    4: Decision.FAILED,
    5: Decision.COMPLETED,
}


class SeasonOf(Struct, rename="camel"):
    season_number: int
    status: int = 0


class _Request(Struct, rename="camel"):
    id: int
    status: int = 0
    type: str = ""
    is4k: bool = False
    media: Medium = field(default_factory=Medium)
    requested_by: Whose | None = None
    seasons: list[Raw] = []
    created_at: str | None = None
    updated_at: str | None = None
    profile_id: int | None = None
    root_folder: str | None = None
    server_id: int | None = None


def request(body: bytes) -> Seen:
    return checked(_seen(read(body, _Request)))


def requests(body: bytes) -> SeenPage:
    told = read(body, Paged)
    items = tuple(one for row in readable(told.results, _Request) if (one := _seen(row)))
    return SeenPage(items=items, read=len(told.results), total=told.page_info.results)


def requests_of(rows: Iterable[Raw]) -> tuple[Seen, ...]:
    return tuple(one for row in readable(rows, _Request) if (one := _seen(row)))


def _seen(told: _Request) -> Seen | None:
    """The request; None where it is of no title that we could name."""
    key = title_key(told.type or told.media.media_type, told.media.tmdb_id)
    if key is None or not is_id(told.id):
        return None
    status = told.media.status4k if told.is4k else told.media.status
    return Seen(
        id=told.id,
        title=key,
        decision=_DECISIONS.get(told.status, Decision.UNKNOWN),
        availability=availability(status),
        seasons=tuple(sorted({season.season_number for season in readable(told.seasons, SeasonOf)})),
        is_4k=told.is4k,
        requested_by=told.requested_by.id if told.requested_by else None,
        asker=person_of(told.requested_by) if told.requested_by else None,
        media_id=told.media.id if is_id(told.media.id) else None,
        created_at=moment(told.created_at),
        updated_at=moment(told.updated_at),
        profile_id=told.profile_id,
        folder=told.root_folder,
        server_id=told.server_id,
    )
