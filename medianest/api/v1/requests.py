"""Asking for films and series, and deciding about it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Annotated, ClassVar

from litestar.params import FromPath
from msgspec import Meta

from medianest.api import answers
from medianest.api.answers import Answer
from medianest.api.given import CurrentReader, Given, Served
from medianest.api.reader import Reader
from medianest.api.v1.request_shapes import media_request, media_requests
from medianest.api.wire import Input, List, Paged, Word
from medianest.core.actor import Actor
from medianest.http.services import Services
from medianest.media_requests import listing as lists
from medianest.media_requests import queries, types
from medianest.media_requests.listing import Sort
from medianest.media_requests.service import REASON_MOST, SEASONS_MOST
from medianest.media_requests.types import MediaType, State, TitleKey, Verdict, Wish
from medianest.status.types import Function

TmdbId = Annotated[int, Meta(ge=1, le=2**31, description="The title's number at The Movie Database.")]
Season = Annotated[int, Meta(ge=0, le=10_000)]
Seasons = Annotated[tuple[Season, ...], Meta(max_length=SEASONS_MOST, description="Specials are season 0.")]
Choice = Annotated[int, Meta(ge=0, le=2**31)]
Folder = Annotated[str, Meta(min_length=1, max_length=1000)]


class NewMediaRequest(Input, frozen=True, kw_only=True):
    """What you want, or somebody in whose name you ask: of a series, which seasons."""

    media_type: MediaType
    tmdb_id: TmdbId
    seasons: Seasons = ()
    is_4k: bool = False
    for_user: Word | None = None


class Approval(Input, frozen=True, kw_only=True):
    """As it was asked for, or with other seasons, another profile, folder or server that fetches."""

    seasons: Seasons | None = None
    profile: Choice | None = None
    folder: Folder | None = None
    server: Choice | None = None


class Refusal(Input, frozen=True, kw_only=True):
    """Why, for who asked to read."""

    reason: Annotated[str, Meta(max_length=REASON_MOST)] = ""


class MediaRequests(Paged, frozen=True, kw_only=True):
    """Which requests, in which order; `state` may name several, each word of `q` begins a word of the title."""

    many: ClassVar[frozenset[str]] = frozenset({"state"})

    state: tuple[State, ...] = ()
    mine: bool = False
    media_type: MediaType | None = None
    q: Annotated[str, Meta(max_length=200)] = ""
    sort: Sort = Sort.NEWEST


async def create(services: Served, reader: CurrentReader, given: Given[NewMediaRequest]) -> Answer:
    """Ask for a film or series; 200 with what somebody asked for already, which you then follow.

    While the server that fetches is away the request is kept, `sending`, and goes out once it is back.
    """
    title = TitleKey(media_type=given.media_type, tmdb_id=given.tmdb_id)
    services.status.ran_into(reader.actor, Function.OVERSEERR)
    wish = Wish(title=title, seasons=given.seasons, is_4k=given.is_4k)
    outcome = await services.requests.ask(reader.actor, wish, for_user=given.for_user)
    status = HTTPStatus.CREATED if outcome.is_new else HTTPStatus.OK
    shown = await media_request(services, reader, outcome.request)
    return answers.json(shown, status=status, location=reader.href(f"/requests/{outcome.request.id}"))


async def listing(services: Served, reader: CurrentReader, asked: Given[MediaRequests]) -> Answer:
    """The requests that you may see."""
    wanted = partial(
        lists.listing,
        actor=reader.actor,
        states=frozenset(asked.state or State),
        mine=asked.mine,
        media_type=asked.media_type,
        called=asked.q,
        sort=asked.sort,
        cursor=asked.cursor,
        limit=asked.limit,
    )

    async def shown() -> Answer:
        page = await services.db.read(wanted)
        items = await media_requests(services, reader, page.items)
        return answers.json(List(items=items, next_cursor=page.next_cursor))

    return await services.requests.errands.steadily(shown)


async def show(services: Served, reader: CurrentReader, id: FromPath[str]) -> Answer:
    """One request."""

    async def shown() -> Answer:
        known = await services.db.read(queries.one, reader.actor, id)
        return answers.json(await media_request(services, reader, known))

    return await services.requests.errands.steadily(shown)


async def approve(services: Served, reader: CurrentReader, id: FromPath[str], given: Given[Approval]) -> Answer:
    """Have it fetched, as it was asked for or otherwise; where the server is slow, that is `under_way`."""
    known = await services.db.read(queries.one, reader.actor, id)
    instead = _instead(known.wish, given)
    await services.requests.decide(reader.actor, known.id, Verdict.APPROVE, instead=instead)
    return await show(services, reader, known.id)


async def decline(services: Served, reader: CurrentReader, id: FromPath[str], given: Given[Refusal]) -> Answer:
    """Have it not fetched, for a reason; where the server is slow to hear it, that is `under_way`."""
    known = await services.db.read(queries.one, reader.actor, id)
    await services.requests.decide(reader.actor, known.id, Verdict.DECLINE, reason=given.reason)
    return await show(services, reader, known.id)


async def follow(services: Served, reader: CurrentReader, id: FromPath[str]) -> Answer:
    """Be told, too, what becomes of it."""
    return await _changed(services, services.requests.follow, reader, id)


async def unfollow(services: Served, reader: CurrentReader, id: FromPath[str]) -> Answer:
    """Be told no more."""
    return await _changed(services, services.requests.unfollow, reader, id)


async def retry(services: Served, reader: CurrentReader, id: FromPath[str]) -> Answer:
    """Try a failed one again; where the server is slow to hear it, that is `under_way`."""
    await services.requests.retry(reader.actor, id)
    return await show(services, reader, id)


async def delete(services: Served, reader: CurrentReader, id: FromPath[str]) -> Answer:
    """Take it back; a follower only stops following, what others follow is theirs from then on."""
    await services.requests.cancel(reader.actor, id)
    return answers.nothing()


async def _changed(
    services: Services, verb: Callable[[Actor, str], Awaitable[types.Request]], reader: Reader, id: str
) -> Answer:
    return answers.json(await media_request(services, reader, await verb(reader.actor, id)))


def _instead(wish: Wish, given: Approval) -> Wish | None:
    """What is to be fetched instead; None where nothing else was said."""
    if given == Approval():
        return None
    chosen = replace(wish, profile_id=given.profile, folder=given.folder, server_id=given.server)
    return chosen if given.seasons is None else replace(chosen, seasons=given.seasons)
