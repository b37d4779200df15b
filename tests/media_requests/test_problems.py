"""A problem is reported as the person, talked about, and solved; whoever it concerns is told, once."""

import pytest
from sqlalchemy import insert

from medianest.core.db import Database
from medianest.core.errors import Forbidden, Invalid
from medianest.core.journal import after
from medianest.media_requests import models, problem_queries
from medianest.media_requests.errors import NoProblem, NotAllowed, NothingThere, ServerAway
from medianest.media_requests.problems import Problems
from medianest.media_requests.types import ProblemKind
from tests.fakes.overseerr import May
from tests.media_requests.conftest import ALICE, BOB, DUNE, MATRIX, THE_MATRIX
from tests.media_requests.house import ADAM, ANNA, BERT, CORA, KIM, House

ISSUE = "/api/v1/issue"


@pytest.fixture
async def problems(house: House, db: Database) -> Problems:
    """Anna asked for The Matrix, Bert follows, and both may report problems."""
    for person in house.overseerr.users:
        person.permissions |= May.CREATE_ISSUES
    asked = (await house.requests.ask(ANNA, THE_MATRIX)).request
    await house.requests.follow(BERT, asked.id)
    async with db.transaction() as session:
        await session.execute(insert(models.UpstreamPersonRow).values(user_id="cora", upstream_id=1))
    return Problems(db, house.requests.connection, house.requests.whom, house.requests.errands)


async def told(db: Database) -> list[str]:
    kinds = [entry.kind for entry in await db.read(after, 0)]
    return [kind.partition(".")[2] for kind in kinds if kind.startswith("media_problem.")]


async def test_it_is_reported_talked_about_and_solved(problems: Problems, house: House, db: Database) -> None:
    made = await problems.report(BERT, MATRIX, ProblemKind.AUDIO, " No sound after an hour ", episode=0)
    (issue,) = house.overseerr.issues
    assert (issue.by.id, issue.comments[0].text) == (BOB, "No sound after an hour")
    assert (made.name, made.kind, made.reporter_id, made.is_resolved) == (
        "The Matrix", ProblemKind.AUDIO, "bert", False,
    )  # fmt: skip

    said = await problems.comment(CORA, made.id, "Fetched anew")
    assert [(one.by, one.text) for one in said.comments][1] == ("owner", "Fetched anew")
    with pytest.raises(Forbidden):
        await problems.resolve(ANNA, made.id)
    assert (await problems.resolve(BERT, made.id)).is_resolved

    assert await told(db) == ["reported", "commented", "resolved"]
    entry = next(entry for entry in await db.read(after, 0) if entry.kind == "media_problem.resolved")
    assert {"user:anna", "user:bert"} <= entry.audience
    assert await problems.reconcile() == 0
    assert len(await told(db)) == 3


async def test_what_happens_in_overseerr_itself_is_seen_without_a_hint(
    problems: Problems, house: House, db: Database
) -> None:
    asking = await house.asking()
    issue = await asking.report(
        house.overseerr.media[0].id, ProblemKind.VIDEO, "Green", season=0, episode=0, person=ALICE
    )
    assert await problems.reconcile() == 1
    await asking.comment(issue.id, "Still green", person=BOB)
    await problems.reconcile()
    await asking.resolve(issue.id)
    await problems.reconcile()
    assert await problems.look_again(issue.id)
    house.overseerr.issues[0].status = 1
    await problems.look_again(issue.id)

    assert await told(db) == ["reported", "commented", "resolved", "reopened"]
    (known,) = (await db.read(problem_queries.listing, ADAM)).items
    assert (known.name, known.reporter, known.reporter_id) == ("The Matrix", "alice", None)
    assert await problems.look_again(999) is None


async def test_nobody_learns_of_what_is_not_theirs_to_know(problems: Problems, house: House, db: Database) -> None:
    made = await problems.report(ANNA, MATRIX, ProblemKind.OTHER, "x")
    for refused in (problems.comment(KIM, made.id, "x"), problems.resolve(KIM, made.id)):
        with pytest.raises(NoProblem):
            await refused
    assert (await db.read(problem_queries.listing, KIM)).items == []
    assert len((await db.read(problem_queries.listing, BERT, is_resolved=False, title=MATRIX)).items) == 1
    assert (await db.read(problem_queries.listing, BERT, is_resolved=True)).items == []


async def test_what_cannot_be_reported_is_refused_in_words(problems: Problems, house: House) -> None:
    with pytest.raises(NothingThere):
        await problems.report(ANNA, DUNE, ProblemKind.VIDEO, "x")
    for text in ("", "  ", "x" * 2001):
        with pytest.raises(Invalid):
            await problems.report(ANNA, MATRIX, ProblemKind.VIDEO, text)
    house.overseerr.users[ALICE - 1].permissions = May.REQUEST
    with pytest.raises(NotAllowed):
        await problems.report(ANNA, MATRIX, ProblemKind.VIDEO, "x")
    house.overseerr.away()
    with pytest.raises(ServerAway):
        await problems.report(BERT, MATRIX, ProblemKind.VIDEO, "x")
    assert house.overseerr.issues == []
