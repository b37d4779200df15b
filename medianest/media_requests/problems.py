"""Problems with what is there: reported, talked about and resolved, here or at the server itself."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.core import clock, journal
from medianest.core.actor import SYSTEM, Actor
from medianest.core.db import Database
from medianest.core.errors import Forbidden, Invalid
from medianest.core.event import HOUSEHOLD, people
from medianest.core.i18n import msg
from medianest.core.security import new_id
from medianest.media_requests import events, problem_queries, queries, rights
from medianest.media_requests.connection import Connection
from medianest.media_requests.errors import NothingThere, NoTitle
from medianest.media_requests.models import ProblemRow
from medianest.media_requests.types import Problem, ProblemKind, Reported, TitleKey
from medianest.media_requests.whom import Whom

if TYPE_CHECKING:
    from medianest.media_requests.client import Asking

TEXT_MOST = 2000
_PAGES_MOST = 10
_NEWS = timedelta(days=1)
Announced = Callable[..., events.ProblemEvent]


class Problems:
    """What people say goes to the server as theirs; while it is away nothing can be said."""

    def __init__(self, db: Database, connection: Connection, whom: Whom) -> None:
        self._db = db
        self._connection = connection
        self._whom = whom

    async def report(
        self, actor: Actor, title: TitleKey, kind: ProblemKind, text: str, *, season: int = 0, episode: int = 0
    ) -> Reported:
        """Say that something is wrong with a title; season and episode are 0 where it is all of it.

        Raises Forbidden, Invalid, NoTitle, NothingThere, NoAccount, NotAllowed and Unavailable.
        """
        me, said = rights.require_asker(actor), _checked(text)
        asking = await self._connection.asking()
        person = await self._whom.asks_as(asking, me)
        known = await asking.title(title)
        if known.media_id is None:
            raise NothingThere(msg("requests.nothing_there"))
        seen_at = clock.now()
        made = await asking.report(known.media_id, kind, said, season=season, episode=episode, person=person)
        async with self._db.transaction() as session:
            return await _write(session, made, seen_at, by=actor, name=known.hit.title, reporter_id=me)

    async def comment(self, actor: Actor, id: str, text: str) -> Reported:
        """Say something about a problem that one sees. Raises as `report`, and NoProblem."""
        me, said = rights.require_asker(actor), _checked(text)
        problem = await self._db.read(problem_queries.one, actor, id)
        asking = await self._connection.asking()
        await asking.comment(problem.upstream_id, said, person=await self._whom.asks_as(asking, me))
        return await self._look(asking, problem.upstream_id, by=actor) or problem

    async def resolve(self, actor: Actor, id: str) -> Reported:
        """It is well again: who decides says so, or who reported it. Raises NoProblem, Forbidden and Unavailable."""
        problem = await self._db.read(problem_queries.one, actor, id)
        if not rights.resolves(actor, problem):
            raise Forbidden(msg("requests.may_not_resolve"))
        if problem.is_resolved:
            return problem
        asking = await self._connection.asking()
        await asking.resolve(problem.upstream_id)
        return await self._look(asking, problem.upstream_id, by=actor) or problem

    async def look_again(self, upstream_id: int) -> Reported | None:
        """See what the server has of a problem, whatever a hint said."""
        return await self._look(await self._connection.asking(), upstream_id)

    async def reconcile(self) -> int:
        """See what is new, and how all stand that are not resolved; how many were looked at."""
        asking = await self._connection.asking()
        listed = await _all_of(asking)
        known = await self._db.read(problem_queries.standings, [one.id for one in listed])
        changed = [one.id for one in listed if known.get(one.id) is not one.is_resolved]
        still_open = await self._db.read(problem_queries.open_there)
        ids = list(dict.fromkeys([*changed, *still_open]))[: problem_queries.OPEN_MOST]
        for id in ids:
            await self._look(asking, id)
        return len(ids)

    async def _look(self, asking: "Asking", upstream_id: int, by: Actor = SYSTEM) -> Reported | None:
        seen_at = clock.now()
        seen = await asking.problem(upstream_id)
        before = await self._db.read(problem_queries.by_upstream_id, upstream_id)
        if seen is None or seen.title is None:
            return before
        name = before.name if before else await _name_of(asking, seen.title)
        async with self._db.transaction() as session:
            return await _write(session, seen, seen_at, by=by, name=name)


async def _write(
    session: AsyncSession, seen: Problem, seen_at: datetime, *, by: Actor, name: str, reporter_id: str | None = None
) -> Reported:
    """Note how it stands, and tell what is news of that; an answer that was asked for earlier than another is none."""
    before = await session.run_sync(problem_queries.by_upstream_id, seen.id)
    if before and before.heard_at > seen_at:
        return before
    values = {
        "is_resolved": seen.is_resolved,
        "comments": [{"by": c.by, "text": c.text, "at": c.at and c.at.isoformat()} for c in seen.comments],
        "heard_at": seen_at,
        "name": name,
    }
    if before:
        await session.execute(update(ProblemRow).where(ProblemRow.id == before.id).values(**values))
    else:
        await _insert(session, seen, values, reporter_id or await session.run_sync(queries.reporter_of, seen))
    after = await session.run_sync(problem_queries.by_upstream_id, seen.id)
    assert after
    for kind in _news(before, after):
        await _announce(session, by, kind, after)
    return after


async def _insert(session: AsyncSession, seen: Problem, values: dict[str, object], reporter_id: str | None) -> None:
    assert seen.title
    about = {"media_type": seen.title.media_type, "tmdb_id": seen.title.tmdb_id, "kind": seen.kind}
    place = {"season": seen.season, "episode": seen.episode, "created_at": seen.created_at or values["heard_at"]}
    whose = {"reporter_id": reporter_id, "reporter": seen.asker.name if seen.asker else ""}
    row = insert(ProblemRow).values(id=new_id(), upstream_id=seen.id, **about, **place, **whose, **values)
    await session.execute(row)


def _news(before: Reported | None, after: Reported) -> Sequence[Announced]:
    if before is None:
        is_new = clock.now() - after.created_at < _NEWS and not after.is_resolved
        return [events.ProblemReported] if is_new else []
    told: list[Announced] = []
    if len(after.comments) > max(len(before.comments), 1):
        told.append(events.ProblemCommented)
    if after.is_resolved is not before.is_resolved:
        told.append(events.ProblemResolved if after.is_resolved else events.ProblemReopened)
    return told


async def _announce(session: AsyncSession, by: Actor, kind: Announced, problem: Reported) -> None:
    concerned = await session.run_sync(problem_queries.concerned, problem)
    audience = HOUSEHOLD | people(concerned)
    told = kind(actor=by, subject_id=problem.id, audience=audience, title=problem.name, reporter_id=problem.reporter_id)
    await journal.record(session, told)


async def _all_of(asking: "Asking") -> Sequence[Problem]:
    found: list[Problem] = []
    for _ in range(_PAGES_MOST):
        page = await asking.problems(len(found))
        found += page
        if not page:
            break
    return found


async def _name_of(asking: "Asking", title: TitleKey) -> str:
    try:
        return (await asking.title(title)).hit.title
    except NoTitle:
        return ""


def _checked(text: str) -> str:
    said = text.strip()
    if not said or len(said) > TEXT_MOST:
        raise Invalid(msg("requests.say_what", most=TEXT_MOST), code="say_what")
    return said
