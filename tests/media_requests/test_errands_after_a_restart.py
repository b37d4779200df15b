"""What was said to a silent server outlives the process: the next one brings it, once, as who said it may still do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from medianest.accounts.models import UserRow
from medianest.core import clock
from medianest.core.actor import Role
from medianest.core.db import Database
from medianest.core.errors import Forbidden
from medianest.core.journal import after
from medianest.media_requests.errand import Errand, What
from medianest.media_requests.errand_book import ErrandBook
from medianest.media_requests.errors import GoneThere, LinkOver
from medianest.media_requests.models import DecisionLinkRow, ErrandRow
from medianest.media_requests.problems import Problems
from medianest.media_requests.types import ProblemKind, Request, State, Verdict, Wish
from tests.fakes.overseerr import FAULTS, Asked, Overseerr
from tests.media_requests.conftest import BAD, MATRIX
from tests.media_requests.house import ANNA, BERT, CORA, House, opened
from tests.media_requests.test_errands import ISSUE, REQUEST, SOON_S, deafen, over, times

Silence = Callable[[House, str], Awaitable[None]]


async def unheard(house: House, path: str) -> None:
    """The server hangs, and does nothing of it."""
    house.overseerr.trouble(path, wait=30, fail=502)


async def heard(house: House, path: str) -> None:
    """The server does it, and says nothing."""
    await deafen(house)
    house.overseerr.fault(FAULTS["silence"], path.removeprefix("/api/v1"))


silences = pytest.mark.parametrize("silence", [unheard, heard])


@asynccontextmanager
async def next_life(house: House) -> AsyncIterator[House]:
    """The process ends, and the next one finds the server well."""
    await house.requests.errands.stop()
    house.overseerr.calm()
    following = opened(house.db, house.overseerr, owner="life 2", patience_s=0.1)
    following.plex.update(house.plex)
    problems_of(following)
    await following.requests.start()
    yield following
    await following.stop()


def problems_of(house: House) -> Problems:
    return Problems(house.db, house.requests.connection, house.requests.whom, house.requests.errands)


async def rows(db: Database) -> int:
    return len(await db.read(lambda session: session.scalars(select(ErrandRow.id)).all()))


@silences
async def test_a_decision_arrives_once_as_who_made_it(hurried: House, asked: Request, silence: Silence) -> None:
    path = f"{REQUEST}/{asked.upstream_id}/decline"
    await silence(hurried, path)
    await hurried.requests.decide(CORA, asked.id, Verdict.DECLINE, reason="On disc")
    async with asyncio.timeout(SOON_S), next_life(hurried) as house:
        assert await over(house, asked.id) is None
        now = await house.now(asked)
    assert (now.state, now.reason) == (State.DECLINED, "On disc")
    did = [hit.status for hit in house.overseerr.hits if hit.request.path == path]
    assert len([status for status in did if status != 502]) == 1
    told = [entry for entry in await house.db.read(after, 0) if entry.kind == "media_request.declined"]
    assert [(entry.actor_id, entry.data["reason"]) for entry in told] == [("cora", "On disc")]
    assert await rows(house.db) == 0


async def test_a_series_is_approved_with_the_seasons_that_were_chosen(house: House, hurried: House) -> None:
    series = (await house.requests.ask(ANNA, Wish(title=BAD, seasons=(1, 2, 3)))).request
    await unheard(hurried, REQUEST)
    instead = Wish(title=BAD, seasons=(2,))
    await hurried.requests.decide(CORA, series.id, Verdict.APPROVE, instead=instead)
    async with asyncio.timeout(SOON_S), next_life(hurried) as following:
        assert await over(following, series.id) is None
    (wish,) = house.overseerr.wishes
    assert (wish.status, [season.number for season in wish.seasons]) == (Asked.APPROVED, [2])


@silences
async def test_a_report_arrives_once_with_its_words(
    hurried: House, asked: Request, overseerr: Overseerr, silence: Silence
) -> None:
    await silence(hurried, ISSUE)
    made = await problems_of(hurried).report(BERT, MATRIX, ProblemKind.AUDIO, "No sound")
    async with asyncio.timeout(SOON_S), next_life(hurried) as house:
        assert await problems_of(house).one(BERT, made.id)
        assert await over(house, made.id) is None
        now = await problems_of(house).one(BERT, made.id)
    assert (now.reporter_id, [one.text for one in now.comments]) == ("bert", ["No sound"])
    assert len(overseerr.issues) == 1


@silences
async def test_words_arrive_once_and_a_problem_is_solved(
    hurried: House, asked: Request, overseerr: Overseerr, silence: Silence
) -> None:
    problems = problems_of(hurried)
    made = await problems.report(BERT, MATRIX, ProblemKind.AUDIO, "No sound")
    assert await over(hurried, made.id) is None
    (issue,) = overseerr.issues
    await silence(hurried, f"{ISSUE}/{issue.id}")
    await problems.comment(CORA, made.id, "No sound")
    await problems.resolve(CORA, made.id)
    async with asyncio.timeout(SOON_S), next_life(hurried) as house:
        assert await over(house, made.id) is None
        now = await problems_of(house).one(BERT, made.id)
    assert ([one.text for one in issue.comments], now.is_resolved) == (["No sound"] * 2, True)


@pytest.mark.parametrize("meanwhile", [{"suspended_at": clock.now()}, {"role": Role.MEMBER}])
async def test_who_may_not_any_more_has_decided_nothing(
    hurried: House, asked: Request, meanwhile: dict[str, object]
) -> None:
    path = f"{REQUEST}/{asked.upstream_id}/approve"
    await unheard(hurried, path)
    await hurried.requests.decide(CORA, asked.id, Verdict.APPROVE)
    async with hurried.db.transaction() as session:
        await session.execute(update(UserRow).where(UserRow.id == "cora").values(**meanwhile))
    async with asyncio.timeout(SOON_S), next_life(hurried) as house:
        lost = await over(house, asked.id)
    assert lost
    assert lost.trouble
    assert (lost.what, lost.trouble.code) == (What.APPROVE, Forbidden.default_code)
    assert house.overseerr.wishes[0].status == Asked.PENDING


async def test_why_it_came_to_nothing_is_known_until_it_is_said_anew(hurried: House, asked: Request) -> None:
    hurried.overseerr.trouble(f"{REQUEST}/{asked.upstream_id}/approve", wait=30)
    await hurried.requests.decide(CORA, asked.id, Verdict.APPROVE)
    right, hurried.overseerr.key = hurried.overseerr.key, "another"
    hurried.overseerr.calm()
    lost = await over(hurried, asked.id)
    assert lost
    assert lost.trouble
    hurried.overseerr.key = right
    async with asyncio.timeout(SOON_S), next_life(hurried) as house:
        (again,) = house.requests.errands.about(asked.id)
        assert again.trouble
        assert (again.trouble.code, again.trouble.message) == (lost.trouble.code, lost.trouble.message)
        await house.requests.decide(CORA, asked.id, Verdict.APPROVE)
        assert await over(house, asked.id) is None
    assert await rows(house.db) == 0


async def test_what_goes_wrong_soon_is_not_tried_again_by_the_next_process(house: House, asked: Request) -> None:
    house.overseerr.wishes.clear()
    with pytest.raises(GoneThere):
        await house.requests.decide(CORA, asked.id, Verdict.APPROVE)
    assert await rows(house.db) == 0
    assert times(house, f"{REQUEST}/{asked.upstream_id}/approve") == 1


async def test_a_link_is_used_up_by_one_errand_only(hurried: House, asked: Request) -> None:
    link = {"id": "link", "request_id": asked.id, "user_id": "cora", "epoch": 0}
    async with hurried.db.transaction() as session:
        await session.execute(insert(DecisionLinkRow).values(**link, expires_at=clock.now() + timedelta(days=1)))
    book = ErrandBook(hurried.db)
    first, second = (Errand(what=What.APPROVE, subject_id=id, by="cora", link_id="link") for id in (asked.id, "x"))
    await book.begin(first)
    with pytest.raises(LinkOver) as late:
        await book.begin(second)
    await book.lost(second, late.value)
    assert [one.id for one in await book.all()] == [first.id]
    with pytest.raises(LinkOver):
        await book.begin(second)
    await book.lost(first, None)
    await book.begin(second)


@pytest.mark.parametrize("meanwhile", [{"suspended_at": clock.now()}, {"role": Role.MEMBER}, {"epoch": 1}])
async def test_a_link_ends_until_the_moment_in_which_it_is_used(
    hurried: House, asked: Request, meanwhile: dict[str, object]
) -> None:
    link = {"id": "link", "request_id": asked.id, "user_id": "cora", "epoch": 0}
    async with hurried.db.transaction() as session:
        await session.execute(insert(DecisionLinkRow).values(**link, expires_at=clock.now() + timedelta(days=1)))
        await session.execute(update(UserRow).where(UserRow.id == "cora").values(**meanwhile))
    with pytest.raises((LinkOver, Forbidden)):
        await ErrandBook(hurried.db).begin(Errand(what=What.APPROVE, subject_id=asked.id, by="cora", link_id="link"))
    assert await rows(hurried.db) == 0
