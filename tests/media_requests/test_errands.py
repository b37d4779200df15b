"""A server that accepts and says nothing keeps nobody waiting who decides or reports: it goes on, and arrives once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from medianest.core.actor import Actor
from medianest.core.circuit import State as Circuit
from medianest.core.db import Database
from medianest.core.journal import after
from medianest.core.resilience import Retry
from medianest.media_requests import problem_queries
from medianest.media_requests.client import Asking
from medianest.media_requests.errand import Errand, What
from medianest.media_requests.errand_book import ErrandBook
from medianest.media_requests.errands import Errands
from medianest.media_requests.errors import GoneThere, NoProblem, WrongState
from medianest.media_requests.patience import Patience
from medianest.media_requests.problems import Problems
from medianest.media_requests.types import ProblemKind, Request, State, Verdict
from tests.fakes.overseerr import API, FAULTS, Asked
from tests.media_requests.conftest import MATRIX
from tests.media_requests.house import ANNA, BERT, CORA, House, at_once

REQUEST, ISSUE = API + "/request", API + "/issue"
SOON_S = 10


@pytest.fixture
def problems(hurried: House, db: Database) -> Problems:
    return Problems(db, hurried.requests.connection, hurried.requests.whom, hurried.requests.errands)


async def deafen(house: House) -> None:
    """What the server hears it does, but no answer comes; a call waits for a moment only, and no circuit opens."""
    connection = house.requests.connection
    connection._breaker.hold(Circuit.CLOSED)
    asking = await connection.asking()
    guards = replace(asking._line._guards, retry=Retry(sleep=at_once))
    await asking.close()
    connection._asking = Asking(house.overseerr.base, house.overseerr.key, guards, patience_s=0.3)


async def over(house: House, subject_id: str) -> Errand | None:
    """Nothing of it is under way any more; what came to nothing."""
    errands = house.requests.errands
    async with asyncio.timeout(SOON_S):
        while errands.under_way(subject_id):
            await house.all()
    return next(iter(errands.about(subject_id)), None)


async def told(db: Database) -> list[str]:
    return [entry.kind.partition(".")[2] for entry in await db.read(after, 0) if entry.kind.startswith("media_")]


def times(house: House, path: str) -> int:
    return sum(hit.request.path == path for hit in house.overseerr.hits if hit.request.method == "POST")


async def test_who_decides_at_a_silent_server_is_answered_soon_and_it_is_decided_once(
    hurried: House, asked: Request
) -> None:
    path = f"{REQUEST}/{asked.upstream_id}/decline"
    hurried.overseerr.trouble(path, wait=30)
    async with asyncio.timeout(SOON_S):
        now = await hurried.requests.decide(CORA, asked.id, Verdict.DECLINE, reason="On disc")
    errands = hurried.requests.errands
    assert (now.state, [(one.what, one.text) for one in errands.about(asked.id)]) == (
        State.PENDING, [(What.DECLINE, "On disc")],
    )  # fmt: skip
    again = await hurried.requests.decide(CORA, asked.id, Verdict.DECLINE)
    assert again.state is State.PENDING
    with pytest.raises(WrongState):
        await hurried.requests.decide(CORA, asked.id, Verdict.APPROVE)

    hurried.overseerr.calm()

    assert await over(hurried, asked.id) is None
    now = await hurried.now(asked)
    assert (now.state, now.reason, times(hurried, path)) == (State.DECLINED, "On disc", 1)


async def test_what_somebody_decided_is_decided_though_they_are_sent_away_before_the_answer(
    house: House, asked: Request
) -> None:
    path, errands = f"{REQUEST}/{asked.upstream_id}/decline", house.requests.errands
    house.overseerr.trouble(path, wait=30)
    deciding = asyncio.create_task(house.requests.decide(CORA, asked.id, Verdict.DECLINE, reason="On disc"))
    await asyncio.to_thread(house.overseerr.wait_until_under_way, path)
    assert errands.about(asked.id) == []
    deciding.cancel()
    await asyncio.wait([deciding])
    assert [(one.what, one.text) for one in errands.about(asked.id)] == [(What.DECLINE, "On disc")]

    house.overseerr.calm()

    assert await over(house, asked.id) is None
    now = await house.now(asked)
    assert (now.state, now.reason, times(house, path)) == (State.DECLINED, "On disc", 1)


async def test_what_the_server_heard_without_a_word_is_decided_and_not_said_again(
    hurried: House, asked: Request
) -> None:
    await deafen(hurried)
    path = f"/request/{asked.upstream_id}/approve"
    hurried.overseerr.fault(FAULTS["silence"], path)
    assert (await hurried.requests.decide(CORA, asked.id, Verdict.APPROVE)).state is State.PENDING
    assert await over(hurried, asked.id) is None
    assert (await hurried.now(asked)).state is not State.PENDING
    assert (hurried.overseerr.wishes[0].status, times(hurried, API + path)) == (Asked.APPROVED, 1)


async def test_a_decision_over_which_somebody_was_faster_at_the_server_comes_to_nothing(
    hurried: House, asked: Request
) -> None:
    await deafen(hurried)
    path = f"/request/{asked.upstream_id}/approve"
    hurried.overseerr.trouble(API + path, fail=502, wait=30)
    await hurried.requests.decide(CORA, asked.id, Verdict.APPROVE)
    hurried.overseerr.wishes[0].status = Asked.DECLINED
    lost = await over(hurried, asked.id)
    assert lost
    assert (lost.what, type(lost.trouble)) == (What.APPROVE, WrongState)
    assert (await hurried.now(asked)).state is State.DECLINED

    hurried.overseerr.calm()
    hurried.requests.errands._waited_for = Patience(SOON_S)
    assert (await hurried.requests.decide(CORA, asked.id, Verdict.APPROVE)).state is not State.DECLINED
    assert hurried.requests.errands.about(asked.id) == []


async def test_what_a_silent_server_refuses_in_the_end_is_said(hurried: House, asked: Request) -> None:
    hurried.overseerr.trouble(f"{REQUEST}/{asked.upstream_id}/approve", wait=30)
    await hurried.requests.decide(CORA, asked.id, Verdict.APPROVE)
    hurried.overseerr.wishes.clear()
    hurried.overseerr.calm()
    lost = await over(hurried, asked.id)
    assert lost
    assert type(lost.trouble) is GoneThere


async def test_a_failed_one_is_tried_again_by_itself(hurried: House, asked: Request) -> None:
    wish = hurried.overseerr.wishes[0]
    wish.status = Asked.FAILED
    await hurried.requests.reconcile()
    path = f"{REQUEST}/{asked.upstream_id}/retry"
    hurried.overseerr.trouble(path, wait=30)
    async with asyncio.timeout(SOON_S):
        assert (await hurried.requests.retry(CORA, asked.id)).state is State.FAILED
    hurried.overseerr.calm()
    assert await over(hurried, asked.id) is None
    assert ((await hurried.now(asked)).state is State.FAILED, times(hurried, path)) == (False, 1)


async def test_a_problem_is_reported_once_and_known_by_its_id_from_the_beginning(
    problems: Problems, hurried: House, asked: Request, db: Database
) -> None:
    hurried.overseerr.trouble(ISSUE, wait=30)
    async with asyncio.timeout(SOON_S):
        made = await problems.report(BERT, MATRIX, ProblemKind.AUDIO, "No sound")
    assert (made.upstream_id, made.heard_at) == (None, None)
    assert await problems.one(BERT, made.id) == made
    with pytest.raises(NoProblem):
        await problems.one(ANNA, made.id)
    for early in (problems.comment(BERT, made.id, "x"), problems.resolve(BERT, made.id)):
        with pytest.raises(WrongState):
            await early
    assert (await problems.report(BERT, MATRIX, ProblemKind.AUDIO, "No sound")).id == made.id

    hurried.overseerr.calm()

    assert await over(hurried, made.id) is None
    now = await problems.one(ANNA, made.id)
    assert (now.name, now.reporter_id, len(hurried.overseerr.issues)) == ("The Matrix", "bert", 1)
    assert (await told(db)).count("reported") == 1


@pytest.mark.parametrize("is_hinted", [False, True])
async def test_a_report_that_the_server_heard_without_a_word_is_not_made_twice(
    problems: Problems, hurried: House, asked: Request, db: Database, *, is_hinted: bool
) -> None:
    """By a hint it may be seen before whoever reports it looks again."""
    await deafen(hurried)
    errands = hurried.requests.errands
    errands._pause = timedelta(minutes=5) if is_hinted else timedelta()
    hurried.overseerr.fault(FAULTS["silence"], "/issue")
    made = await problems.report(BERT, MATRIX, ProblemKind.AUDIO, "No sound")
    hurried.overseerr.calm()
    if is_hinted:
        await problems.reconcile()
    async with asyncio.timeout(SOON_S):
        while errands.under_way(made.id):
            errands.nudge()
            await hurried.all()
    (issue,) = hurried.overseerr.issues
    assert await db.read(problem_queries.numbers, [issue.id]) == {issue.id: made.id}
    assert (await told(db)).count("reported") == 1
    assert (await problems.one(BERT, made.id)).reporter_id == "bert"


async def test_words_about_a_problem_arrive_once_and_it_is_solved(
    problems: Problems, hurried: House, asked: Request, db: Database
) -> None:
    made = await problems.report(BERT, MATRIX, ProblemKind.AUDIO, "No sound")
    assert await over(hurried, made.id) is None
    (issue,) = hurried.overseerr.issues
    await deafen(hurried)
    hurried.overseerr.fault(FAULTS["silence"], f"/issue/{issue.id}")
    async with asyncio.timeout(SOON_S):
        said = await problems.comment(CORA, made.id, "Fetched anew")
        await problems.resolve(CORA, made.id)
    assert len(said.comments) == 1
    own = hurried.requests.errands.about(made.id)
    assert [(one.what, one.by) for one in own] == [(What.COMMENT, "cora"), (What.RESOLVE, "cora")]
    await asyncio.to_thread(hurried.overseerr.wait_for, f"{ISSUE}/{issue.id}/resolved")
    hurried.overseerr.calm()
    assert await over(hurried, made.id) is None
    now = await problems.one(BERT, made.id)
    assert ([one.text for one in now.comments], now.is_resolved) == (["No sound", "Fetched anew"], True)
    assert len(issue.comments) == 2
    kinds = await told(db)
    assert (kinds.count("commented"), kinds.count("resolved")) == (1, 1)


async def test_what_ended_while_it_was_read_is_read_anew(house: House, db: Database) -> None:
    arrives, over = asyncio.Event(), asyncio.Event()
    state = "pending"

    async def bring(_errand: Errand, _actor: Actor, _again: bool) -> None:
        nonlocal state
        await arrives.wait()
        state = "declined"

    async def read() -> tuple[str, int]:
        seen = state
        if errands.about("film"):
            over.clear()
            arrives.set()
            await over.wait()
        return seen, len(errands.about("film"))

    errands = Errands(ErrandBook(db), over.set, patience_s=0.01)
    errands.carry({What.DECLINE: bring})
    assert await errands.run(Errand(what=What.DECLINE, subject_id="film", by="cora"), CORA) is None
    async with asyncio.timeout(SOON_S):
        assert await errands.steadily(read) == ("declined", 0)
