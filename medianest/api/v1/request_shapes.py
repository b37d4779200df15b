"""A request as each person may see it (contract.md, "Request states")."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from medianest.accounts import queries as accounts
from medianest.api.reader import Reader
from medianest.api.v1.errands import Errand, decided
from medianest.api.v1.people import Person
from medianest.api.wire import Output
from medianest.http.services import Services
from medianest.media_requests import failures, types
from medianest.media_requests.types import MediaType, State
from medianest.pictures.types import Size, Source


class RequestFailure(Output, frozen=True, kw_only=True):
    """Why it could not be asked for."""

    code: str
    message: str


class MediaRequest(Output, frozen=True, kw_only=True):
    """A film or series that somebody asked for; `title` is empty until the server told it.

    What was asked for at the server itself by nobody of ours has an owner without an id. `as_of` is how old the state
    may be; null while the server has not heard of it. `under_way` is what was decided and is not there yet, for who
    decides.
    """

    id: str
    media_type: MediaType
    tmdb_id: int
    title: str
    year: int | None
    poster: str | None
    seasons: Sequence[int]
    is_4k: bool
    state: State
    reason: str
    error: RequestFailure | None
    owner: Person
    asked_by: Person
    followers: Sequence[Person]
    created_at: datetime
    changed_at: datetime
    as_of: datetime | None
    under_way: Sequence[Errand]


async def media_requests(services: Services, reader: Reader, known: Sequence[types.Request]) -> Sequence[MediaRequest]:
    """What this reader may know of requests that they may see."""
    concerned = {id for request in known for id in (request.owner_id, request.asked_by_id, *request.followers) if id}
    names = await services.db.read(accounts.display_names, concerned)
    return [_media_request(services, reader, request, names) for request in known]


async def media_request(services: Services, reader: Reader, known: types.Request) -> MediaRequest:
    (shown,) = await media_requests(services, reader, [known])
    return shown


def _media_request(services: Services, reader: Reader, known: types.Request, names: Mapping[str, str]) -> MediaRequest:
    poster = services.pictures.address_of(Source.TMDB, known.poster, Size.POSTER_342)
    return MediaRequest(
        id=known.id,
        media_type=known.wish.title.media_type,
        tmdb_id=known.wish.title.tmdb_id,
        title=known.name,
        year=known.year,
        poster=reader.href(poster) if poster else None,
        seasons=known.wish.seasons,
        is_4k=known.wish.is_4k,
        state=known.state,
        reason=known.reason,
        error=_failure(reader, known.error_code),
        owner=_person(known.owner_id, known, names),
        asked_by=_person(known.asked_by_id, known, names),
        followers=[_person(id, known, names) for id in sorted(known.followers)],
        created_at=known.created_at,
        changed_at=known.changed_at,
        as_of=known.heard_at,
        under_way=decided(reader, services.requests.errands, known.id),
    )


def _person(id: str | None, known: types.Request, names: Mapping[str, str]) -> Person:
    return Person(id=id, name=names.get(id, "") if id else known.asker)


def _failure(reader: Reader, code: str | None) -> RequestFailure | None:
    return RequestFailure(code=code, message=reader.say(failures.sentence(code))) if code else None
