"""Problems with what is there: reported, talked about and resolved, here or at the server itself."""

from collections.abc import Callable, Iterable, Sequence
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
from medianest.media_requests import events, problem_queries, queries, reports, rights
from medianest.media_requests.connection import Connection
from medianest.media_requests.errand import Details, Errand, Part, What
from medianest.media_requests.errands import Errands
from medianest.media_requests.errors import NoProblem, NothingThere, NoTitle, WrongState
from medianest.media_requests.models import ProblemRow
from medianest.media_requests.types import Problem, ProblemComment, ProblemKind, Reported, TitleKey
from medianest.media_requests.whom import Whom

if TYPE_CHECKING:
    from medianest.media_requests.client import Asking

TEXT_MOST = 2000
_PAGES_MOST = 10
_NEWS = timedelta(days=1)
Announced = Callable[..., events.ProblemEvent]


class Problems:
    """What people say goes to the server as theirs, soon or by itself (`errands`); while it is away nothing can be."""

    def __init__(self, db: Database, connection: Connection, whom: Whom, errands: Errands) -> None:
        self._db = db
        self._connection = connection
        self._whom = whom
        self.errands = errands
        bringing = {What.REPORT: self._bring_report, What.COMMENT: self._bring_words, What.RESOLVE: self._bring_end}
        errands.carry(bringing)

    async def one(self, actor: Actor, id: str) -> Reported:
        """The problem, if this actor may know of it; their own also before the server has it. Raises NoProblem."""
        try:
            return await self._db.read(problem_queries.one, actor, id)
        except NoProblem:
            own = [one for one in self.errands.about(id) if one.what is What.REPORT and one.by == actor.id]
            if not own:
                raise
            return _said(own[0])

    async def report(
        self, actor: Actor, title: TitleKey, kind: ProblemKind, text: str, *, season: int = 0, episode: int = 0
    ) -> Reported:
        """Say that something is wrong with a title; season and episode are 0 where it is all of it.

        Raises Forbidden, Invalid, NoTitle, NothingThere, NoAccount, NotAllowed and Unavailable.
        """
        me, said = rights.require_asker(actor), _checked(text)
        part = Part(title=title, kind=kind, season=season, episode=episode)
        errand = Errand(what=What.REPORT, subject_id=new_id(), by=me, text=said, details=Details(part=part))
        if same := reports.same(self.errands.reports(), errand):
            return _said(same)
        made: Reported | None = await self.errands.run(errand, actor)
        return made or _said(errand)

    async def comment(self, actor: Actor, id: str, text: str) -> Reported:
        """Say something about a problem that one sees. Raises as `report`, and NoProblem."""
        me, said = rights.require_asker(actor), _checked(text)
        problem, upstream_id = await self._there(actor, id)
        details = Details(upstream_id=upstream_id, times=_times(said, problem.comments))
        errand = Errand(what=What.COMMENT, subject_id=problem.id, by=me, text=said, details=details)
        now: Reported | None = await self.errands.run(errand, actor)
        return now or problem

    async def resolve(self, actor: Actor, id: str) -> Reported:
        """It is well again: who decides says so, or who reported it. Raises NoProblem, Forbidden and Unavailable."""
        problem, upstream_id = await self._there(actor, id)
        if not rights.resolves(actor, problem):
            raise Forbidden(msg("requests.may_not_resolve"))
        if problem.is_resolved:
            return problem

        details = Details(upstream_id=upstream_id)
        errand = Errand(what=What.RESOLVE, subject_id=problem.id, by=actor.id, details=details)
        now: Reported | None = await self.errands.run(errand, actor)
        return now or problem

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

    async def _bring_report(self, errand: Errand, actor: Actor, again: bool) -> Reported:
        asking, part = await self._connection.asking(), errand.details.part
        assert part
        if again and (arrived := await self._arrived(asking, errand, actor)):
            return arrived
        person = await self._whom.asks_as(asking, rights.require_asker(actor))
        known = await asking.title(part.title)
        if known.media_id is None:
            raise NothingThere(msg("requests.nothing_there"))
        seen_at, place = clock.now(), {"season": part.season, "episode": part.episode}
        made = await asking.report(known.media_id, part.kind, errand.text, **place, person=person)
        return await self._write(asking, made, seen_at, by=actor, name=known.hit.title)

    async def _bring_words(self, errand: Errand, actor: Actor, again: bool) -> Reported | None:
        asking, id = await self._connection.asking(), errand.details.upstream_id
        there = await asking.problem(id) if again else None
        if there is None or _times(errand.text, there.comments) == errand.details.times:
            person = await self._whom.asks_as(asking, rights.require_asker(actor))
            await asking.comment(id, errand.text, person=person)
        return await self._look(asking, id, by=actor)

    async def _bring_end(self, errand: Errand, actor: Actor, _again: bool) -> Reported | None:
        asking, id = await self._connection.asking(), errand.details.upstream_id
        await asking.resolve(id)  # twice is as once there
        return await self._look(asking, id, by=actor)

    async def _there(self, actor: Actor, id: str) -> tuple[Reported, int]:
        """A problem that the server has. Raises NoProblem and WrongState."""
        problem = await self.one(actor, id)
        if problem.upstream_id is None:
            raise WrongState(msg("requests.not_reported_yet"))
        return problem, problem.upstream_id

    async def _arrived(self, asking: "Asking", errand: Errand, actor: Actor) -> Reported | None:
        """What was reported, where the server has it although it did not say so; a list of its tells no words."""
        listed = await asking.problems(0)
        known = await self._db.read(problem_queries.numbers, [one.id for one in listed])
        for one in reports.alike(listed, errand):
            if known.get(one.id, errand.subject_id) != errand.subject_id:
                continue
            seen_at, seen = clock.now(), await asking.problem(one.id)
            if seen and reports.made([errand], seen):
                return await self._write(asking, seen, seen_at, by=actor)
        return None

    async def _look(self, asking: "Asking", upstream_id: int, by: Actor = SYSTEM) -> Reported | None:
        seen_at = clock.now()
        seen = await asking.problem(upstream_id)
        if seen is None or seen.title is None:
            return await self._db.read(problem_queries.by_upstream_id, upstream_id)
        return await self._write(asking, seen, seen_at, by=by)

    async def _write(
        self, asking: "Asking", seen: Problem, seen_at: datetime, *, by: Actor, name: str | None = None
    ) -> Reported:
        """Note how it stands; what we are just reporting ourselves is that, whoever sees it first."""
        before = await self._db.read(problem_queries.by_upstream_id, seen.id)
        if name is None:
            name = before.name if before else await _name_of(asking, seen.title)
        ours = reports.made(self.errands.reports(), seen)
        async with self._db.transaction() as session:
            return await _write(session, seen, seen_at, by=by, name=name, ours=ours)


async def _write(
    session: AsyncSession, seen: Problem, seen_at: datetime, *, by: Actor, name: str, ours: Errand | None
) -> Reported:
    """Note how it stands, and tell what is news of that; an answer that was asked for earlier than another is none."""
    before = await session.run_sync(problem_queries.by_upstream_id, seen.id)
    if before and before.heard_at and before.heard_at > seen_at:
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
        reporter_id = ours.by if ours else await session.run_sync(queries.reporter_of, seen)
        await _insert(session, seen, ours.subject_id if ours else new_id(), values, reporter_id)
    after = await session.run_sync(problem_queries.by_upstream_id, seen.id)
    assert after
    for kind in _news(before, after):
        await _announce(session, by, kind, after)
    return after


async def _insert(
    session: AsyncSession, seen: Problem, id: str, values: dict[str, object], reporter_id: str | None
) -> None:
    assert seen.title
    about = {"media_type": seen.title.media_type, "tmdb_id": seen.title.tmdb_id, "kind": seen.kind}
    place = {"season": seen.season, "episode": seen.episode, "created_at": seen.created_at or values["heard_at"]}
    whose = {"reporter_id": reporter_id, "reporter": seen.asker.name if seen.asker else ""}
    row = insert(ProblemRow).values(id=id, upstream_id=seen.id, **about, **place, **whose, **values)
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


async def _name_of(asking: "Asking", title: TitleKey | None) -> str:
    if title is None:
        return ""
    try:
        return (await asking.title(title)).hit.title
    except NoTitle:
        return ""


def _said(errand: Errand) -> Reported:
    """A report as its reporter sees it that the server has not heard of."""
    part = errand.details.part
    assert part
    return Reported(
        id=errand.subject_id,
        upstream_id=None,
        title=part.title,
        name="",
        kind=part.kind,
        season=part.season or None,
        episode=part.episode or None,
        reporter_id=errand.by,
        reporter="",
        is_resolved=False,
        comments=(),
        created_at=errand.at,
        heard_at=None,
    )


def _times(text: str, comments: Iterable[ProblemComment]) -> int:
    return sum(one.text == text for one in comments)


def _checked(text: str) -> str:
    said = text.strip()
    if not said or len(said) > TEXT_MOST:
        raise Invalid(msg("requests.say_what", most=TEXT_MOST), code="say_what")
    return said
