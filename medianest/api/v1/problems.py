"""What is wrong with films and series that are there."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from litestar.params import FromPath
from msgspec import Meta

from medianest.accounts import queries as accounts
from medianest.api import answers
from medianest.api.answers import Answer
from medianest.api.given import CurrentReader, Given, Served
from medianest.api.reader import Reader
from medianest.api.v1 import errands
from medianest.api.v1.errands import Errand
from medianest.api.v1.people import Person
from medianest.api.v1.requests import TmdbId
from medianest.api.wire import Input, List, Output, Paged
from medianest.http.services import Services
from medianest.media_requests import problem_queries
from medianest.media_requests.problems import TEXT_MOST
from medianest.media_requests.types import MediaType, ProblemKind, Reported, TitleKey

Text = Annotated[str, Meta(min_length=1, max_length=TEXT_MOST)]
Part = Annotated[int, Meta(ge=0, le=10_000, description="0 where it is all of it.")]


class NewMediaProblem(Input, frozen=True, kw_only=True):
    """What is wrong with which title, or with which season or episode of it."""

    media_type: MediaType
    tmdb_id: TmdbId
    kind: ProblemKind
    text: Text
    season: Part = 0
    episode: Part = 0


class NewComment(Input, frozen=True, kw_only=True):
    """What you have to say about it."""

    text: Text


class MediaProblems(Paged, frozen=True, kw_only=True):
    """Which: all, or those that are solved or not."""

    resolved: bool | None = None


class MediaProblemComment(Output, frozen=True, kw_only=True):
    """`by` is what its author is called at the server."""

    by: str
    text: str
    at: datetime | None


class MediaProblem(Output, frozen=True, kw_only=True):
    """Something that is wrong with a title, as of `as_of`; the first comment is what was reported.

    Who reported it at the server itself and is nobody of ours has no id. `as_of` is null while the server has not heard
    of it; `under_way` is what you said of it that is not there yet.
    """

    id: str
    media_type: MediaType
    tmdb_id: int
    title: str
    kind: ProblemKind
    season: int | None
    episode: int | None
    resolved: bool
    reporter: Person
    comments: Sequence[MediaProblemComment]
    created_at: datetime
    as_of: datetime | None
    under_way: Sequence[Errand]


async def create(services: Served, reader: CurrentReader, given: Given[NewMediaProblem]) -> Answer:
    """Say that something is wrong; where the server is slow to take it, it is `under_way` and goes on by itself."""
    title = TitleKey(media_type=given.media_type, tmdb_id=given.tmdb_id)
    made = await services.overseerr.problems.report(
        reader.actor, title, given.kind, given.text, season=given.season, episode=given.episode
    )
    return answers.json(
        await _one_of(services, reader, made), status=HTTPStatus.CREATED, location=reader.href(f"/problems/{made.id}")
    )


async def listing(services: Served, reader: CurrentReader, asked: Given[MediaProblems]) -> Answer:
    """The problems that you may see, the newest first."""

    async def shown() -> Answer:
        page = await services.db.read(
            problem_queries.listing, reader.actor, is_resolved=asked.resolved, cursor=asked.cursor, limit=asked.limit
        )
        return answers.json(List(items=await _shown(services, reader, page.items), next_cursor=page.next_cursor))

    return await services.overseerr.problems.errands.steadily(shown)


async def show(services: Served, reader: CurrentReader, id: FromPath[str]) -> Answer:
    """One problem."""

    async def shown() -> Answer:
        return answers.json(await _one_of(services, reader, await services.overseerr.problems.one(reader.actor, id)))

    return await services.overseerr.problems.errands.steadily(shown)


async def comment(services: Served, reader: CurrentReader, id: FromPath[str], given: Given[NewComment]) -> Answer:
    """Say something about it; where the server is slow to take it, it is `under_way` and goes on by itself."""
    await services.overseerr.problems.comment(reader.actor, id, given.text)
    return await show(services, reader, id)


async def resolve(services: Served, reader: CurrentReader, id: FromPath[str]) -> Answer:
    """Say that it is well again; where the server is slow to take it, that is `under_way` and goes on by itself."""
    await services.overseerr.problems.resolve(reader.actor, id)
    return await show(services, reader, id)


async def _one_of(services: Services, reader: Reader, known: Reported) -> MediaProblem:
    (shown,) = await _shown(services, reader, [known])
    return shown


async def _shown(services: Services, reader: Reader, known: Sequence[Reported]) -> Sequence[MediaProblem]:
    reporters = {problem.reporter_id for problem in known if problem.reporter_id}
    names = await services.db.read(accounts.display_names, reporters)
    said = services.overseerr.problems.errands
    return [
        _one(problem, names.get(problem.reporter_id or "", problem.reporter), errands.own(reader, said, problem.id))
        for problem in known
    ]


def _one(known: Reported, reporter: str, under_way: Sequence[Errand]) -> MediaProblem:
    return MediaProblem(
        id=known.id,
        media_type=known.title.media_type,
        tmdb_id=known.title.tmdb_id,
        title=known.name,
        kind=known.kind,
        season=known.season,
        episode=known.episode,
        resolved=known.is_resolved,
        reporter=Person(id=known.reporter_id, name=reporter),
        comments=[MediaProblemComment(by=one.by, text=one.text, at=one.at) for one in known.comments],
        created_at=known.created_at,
        as_of=known.heard_at,
        under_way=under_way,
    )
