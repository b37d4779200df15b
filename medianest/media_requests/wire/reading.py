"""How an answer is read, and what its parts have in common."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

from msgspec import DecodeError, Raw, Struct, field, json

from medianest.media_requests.types import Availability, MediaType, TitleKey, UpstreamPerson

T = TypeVar("T")
NAME_MOST, TITLE_MOST, TEXT_MOST = 100, 300, 5000
LARGEST = 2**53
_AVAILABILITIES: Mapping[int, Availability] = {
    2: Availability.PENDING,
    3: Availability.PROCESSING,
    4: Availability.PARTIALLY_AVAILABLE,
    5: Availability.AVAILABLE,
    6: Availability.BLOCKLISTED,
    7: Availability.DELETED,
}


class PageInfo(Struct):
    results: int = 0


class Paged(Struct, rename="camel"):
    results: list[Raw]
    page_info: PageInfo = field(default_factory=PageInfo)


class Whose(Struct, rename="camel"):
    id: int = 0
    display_name: str | None = None
    plex_id: int | None = None
    permissions: int = 0


class Medium(Struct, rename="camel"):
    id: int = 0
    media_type: str = ""
    tmdb_id: int = 0
    status: int = 1
    status4k: int = 1
    seasons: list[Raw] = []
    requests: list[Raw] = []


def read(body: bytes, kind: Any) -> Any:
    """Raises ValueError for what is no such JSON, however deep."""
    try:
        return json.decode(body, type=kind, strict=False)
    except RecursionError as error:
        raise ValueError("the answer is nested too deep") from error


def readable(rows: Iterable[Raw], kind: type[T]) -> Iterator[T]:
    for row in rows:
        try:
            yield json.decode(row, type=kind, strict=False)
        except (DecodeError, RecursionError):
            continue


def checked(found: T | None) -> T:
    if found is None:
        raise ValueError("the answer names nothing that could be meant")
    return found


def availability(status: int) -> Availability:
    return _AVAILABILITIES.get(status, Availability.UNKNOWN)


def title_key(media_type: str, tmdb_id: int) -> TitleKey | None:
    if media_type not in list(MediaType) or not is_id(tmdb_id):
        return None
    return TitleKey(media_type=MediaType(media_type), tmdb_id=tmdb_id)


def is_id(number: int) -> bool:
    return 0 < number < LARGEST


def person_of(told: Whose) -> UpstreamPerson | None:
    if not is_id(told.id):
        return None
    name = (told.display_name or "")[:NAME_MOST]
    plex_id = told.plex_id if told.plex_id and is_id(told.plex_id) else None
    return UpstreamPerson(id=told.id, name=name, plex_id=plex_id, permissions=told.permissions)


def path(told: str | None) -> str | None:
    """A picture's path at TMDB; anything else is none."""
    is_path = told and told.startswith("/") and not told.startswith("//") and len(told) < NAME_MOST
    return told if is_path else None


def year_of(told: str | None) -> int | None:
    year = (told or "")[:4]
    return int(year) if len(year) == 4 and year.isascii() and year.isdigit() else None


def moment(told: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(told or "")
    except ValueError:
        return None
    return at if at.tzinfo else None
