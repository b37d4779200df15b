"""Overseerr is asked in its own way, and every trap of its API is known."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator

import pytest

from medianest.core.errors import MediaNestError
from medianest.core.resilience import CircuitOpen
from medianest.media_requests.client import Asking
from medianest.media_requests.errors import (
    AskedAlready,
    GoneThere,
    NotAllowed,
    NothingLeft,
    NoTitle,
    ServerAway,
    ServerRefuses,
    UsedUp,
)
from medianest.media_requests.types import (
    Availability,
    Decision,
    Listing,
    MediaType,
    ProblemKind,
    Verdict,
    Wish,
)
from tests.fakes.overseerr import API, FAULTS, SEERR, Has, May, Overseerr
from tests.media_requests.conftest import ALICE, BAD, BOB, MATRIX, NOWHERE, THE_MATRIX, guards

REQUEST = API + "/request"


async def test_a_title_is_found_asked_for_approved_and_available(overseerr: Overseerr, asking: Asking) -> None:
    (found,) = (await asking.search("matrix", 1)).items
    assert (found.key, found.title, found.year, found.poster) == (MATRIX, "The Matrix", 1999, "/stub603.jpg")
    assert found.availability is Availability.UNKNOWN

    asked = await asking.ask(THE_MATRIX, person=ALICE)
    assert (asked.title, asked.decision, asked.requested_by) == (MATRIX, Decision.PENDING, ALICE)
    await asking.decide(asked.id, Verdict.APPROVE)
    overseerr.media[0].status = Has.AVAILABLE

    now = await asking.request(asked.id)
    assert now
    assert (now.decision, now.availability) == (Decision.APPROVED, Availability.AVAILABLE)
    page = await asking.title(MATRIX)
    assert (page.hit.availability, page.runtime_min, page.imdb_id) == (Availability.AVAILABLE, 136, "tt0000603")
    assert [request.id for request in page.requests] == [asked.id]


async def test_seerr_is_read_as_overseerr_is() -> None:
    with Overseerr(SEERR) as seerr:
        for name in ("owner", "alice"):
            seerr.add(name, plex_id=1000 + len(seerr.users))
        asking = Asking(seerr.base, seerr.key, guards())
        asked = await asking.ask(Wish(title=BAD, seasons=(1, 2)), person=ALICE)
        title, me = await asking.title(BAD), await asking.me(person=ALICE)
        await asking.close()

    assert (asked.seasons, asked.availability) == ((1, 2), Availability.PENDING)
    assert [season.number for season in title.seasons if season.asked] == [1, 2]
    assert (me.id, me.plex_id, me.name) == (ALICE, 1001, "alice")


async def test_is4k_is_always_said_or_else_a_duplicate_would_be_taken(overseerr: Overseerr, asking: Asking) -> None:
    await asking.ask(THE_MATRIX, person=ALICE)

    with pytest.raises(AskedAlready):
        await asking.ask(THE_MATRIX, person=BOB)

    assert [request.told["is4k"] for request in overseerr.asked(REQUEST)] == [False, False]
    assert len(overseerr.wishes) == 1


async def test_a_202_without_seasons_is_a_failure(overseerr: Overseerr, asking: Asking) -> None:
    await asking.ask(Wish(title=BAD, seasons=(1, 2)), person=ALICE)

    with pytest.raises(NothingLeft):
        await asking.ask(Wish(title=BAD, seasons=(1, 2)), person=BOB)
    with pytest.raises(NothingLeft):
        await asking.ask(Wish(title=BAD), person=BOB)


async def test_an_unknown_title_is_a_500_and_no_fault_of_the_link(asking: Asking) -> None:
    for _ in range(6):
        with pytest.raises(NoTitle):
            await asking.title(NOWHERE)
        with pytest.raises(NoTitle):
            await asking.ask(Wish(title=NOWHERE), person=ALICE)

    assert await asking.version() == "1.34.0"


async def test_a_used_up_quota_and_a_refused_key_are_both_403_and_told_apart(overseerr: Overseerr) -> None:
    overseerr.users[1].movie_quota = (0, 7)
    right, wrong = guards(), guards()
    with_key = Asking(overseerr.base, overseerr.key, right)
    without = Asking(overseerr.base, "another key", wrong)

    with pytest.raises(UsedUp):
        await with_key.ask(THE_MATRIX, person=ALICE)
    with pytest.raises(ServerRefuses):
        await without.ask(THE_MATRIX, person=ALICE)
    with pytest.raises(ServerRefuses):
        await without.me()

    assert not right.breaker.health.credentials_refused
    assert wrong.breaker.health.credentials_refused
    for calls in (with_key, without):
        await calls.close()


async def test_who_may_not_is_told_from_a_refused_key_by_another_look(overseerr: Overseerr, asking: Asking) -> None:
    with pytest.raises(NotAllowed):
        await asking.me(person=999)
    with pytest.raises(NotAllowed):
        await asking.ask(Wish(title=MATRIX, is_4k=True), person=ALICE)
    overseerr.key = "changed meanwhile"
    with pytest.raises(ServerRefuses):
        await asking.me(person=999)


@pytest.mark.parametrize("query", ["the dark", "what's up!", "a+b&c=d#e?f/g", "100%", "«Amélie» ☃", "(*)"])
async def test_every_character_of_a_search_is_encoded(overseerr: Overseerr, asking: Asking, query: str) -> None:
    await asking.search(query, 1)

    (request,) = overseerr.asked(API + "/search")
    assert request.query["query"] == query
    assert not set(request.target.partition("query=")[2].partition("&")[0]) & set("+!'()*/ ")


@pytest.mark.parametrize("number", [0, -1, "", "2", "abc", 2.0, True])
async def test_nobody_is_asked_as_without_a_number_of_their_own(
    overseerr: Overseerr, asking: Asking, number: int
) -> None:
    with pytest.raises(ValueError, match="nobody"):
        await asking.ask(THE_MATRIX, person=number)

    assert overseerr.hits == []


async def test_the_portal_itself_asks_without_naming_anybody(overseerr: Overseerr, asking: Asking) -> None:
    await asking.me()
    await asking.me(person=BOB)

    spoken = [request.headers.get("x-api-user") for request in overseerr.asked(API + "/auth/me")]
    assert spoken == [None, "3"]


async def test_numbers_that_a_newer_version_adds_break_nothing(overseerr: Overseerr, asking: Asking) -> None:
    asked = await asking.ask(THE_MATRIX, person=ALICE)
    overseerr.wishes[0].status, overseerr.media[0].status = 42, 99

    now = await asking.request(asked.id)

    assert now
    assert (now.decision, now.availability) == (Decision.UNKNOWN, Availability.UNKNOWN)
    assert [one.id for one in (await asking.requests(0)).items] == [asked.id]


async def test_what_is_gone_is_none_and_withdrawing_it_again_is_fine(overseerr: Overseerr, asking: Asking) -> None:
    asked = await asking.ask(THE_MATRIX, person=ALICE)

    await asking.withdraw(asked.id)
    await asking.withdraw(asked.id)

    assert await asking.request(asked.id) is None
    with pytest.raises(GoneThere):
        await asking.decide(asked.id, Verdict.APPROVE)
    assert await asking.problem(999) is None


async def test_a_dead_radarr_is_a_201_that_failed(overseerr: Overseerr, asking: Asking) -> None:
    overseerr.services["radarr"].append({"id": 0, "name": "Radarr", "isDefault": True, "activeDirectory": "/films"})
    overseerr.users[1].permissions |= May.AUTO_APPROVE

    asked = await asking.ask(THE_MATRIX, person=ALICE)
    again = await asking.retry(asked.id)
    overseerr.services["radarr"][0]["dead"] = False
    at_last = await asking.retry(asked.id)

    assert [one.decision for one in (asked, again, at_last)] == [Decision.FAILED, Decision.FAILED, Decision.APPROVED]
    (radarr,) = await asking.fetchers(MediaType.MOVIE)
    details = await asking.fetcher(MediaType.MOVIE, radarr.id)
    assert [folder.name for folder in details.folders] == ["/films"]


async def test_what_is_left_of_a_quota_is_none_where_there_is_none(overseerr: Overseerr, asking: Asking) -> None:
    overseerr.users[1].tv_quota = (3, 7)
    await asking.ask(Wish(title=BAD, seasons=(1, 2)), person=ALICE)

    left = await asking.allowances(ALICE)

    assert (left.tv.used, left.tv.limit, left.tv.remaining, left.tv.days) == (2, 3, 1, 7)
    assert (left.movie.limit, left.movie.remaining) == (None, None)


async def test_a_problem_is_reported_commented_and_resolved(overseerr: Overseerr, asking: Asking) -> None:
    overseerr.users[1].permissions |= May.CREATE_ISSUES
    asked = await asking.ask(THE_MATRIX, person=ALICE)
    assert asked.media_id

    made = await asking.report(asked.media_id, ProblemKind.AUDIO, "No sound", season=0, episode=0, person=ALICE)
    await asking.comment(made.id, "Try the other track", person=1)
    done = await asking.resolve(made.id)

    assert (made.kind, made.is_resolved, made.title) == (ProblemKind.AUDIO, False, MATRIX)
    assert done.is_resolved
    assert [(comment.by, comment.text) for comment in done.comments] == [
        ("alice", "No sound"),
        ("owner", "Try the other track"),
    ]
    assert [problem.id for problem in await asking.problems(0)] == [made.id]


async def test_lists_are_told_by_kind(asking: Asking) -> None:
    trending = await asking.discover(Listing.TRENDING, MediaType.TV, 1)
    popular = await asking.discover(Listing.POPULAR, MediaType.MOVIE, 1)

    assert {hit.key.media_type for hit in trending.items} == {MediaType.TV}
    assert {hit.key.media_type for hit in popular.items} == {MediaType.MOVIE}


async def test_reading_is_tried_again_and_asking_for_a_title_never(overseerr: Overseerr, asking: Asking) -> None:
    overseerr.trouble(API, fail=502, times=2)
    assert (await asking.me()).id == 1
    assert len(overseerr.asked(API + "/auth/me")) == 3

    overseerr.trouble(REQUEST, fail=502)
    with pytest.raises(ServerAway):
        await asking.ask(THE_MATRIX, person=ALICE)
    assert len(overseerr.asked(REQUEST)) == 1


async def test_a_server_that_is_away_is_left_alone_after_five_failures(overseerr: Overseerr, asking: Asking) -> None:
    overseerr.away()
    for _ in range(5):
        with pytest.raises(ServerAway):
            await asking.ask(THE_MATRIX, person=ALICE)

    with pytest.raises(CircuitOpen) as refused:
        await asking.me()

    assert refused.value.retry_after


@pytest.fixture
async def impatient(overseerr: Overseerr) -> AsyncIterator[Asking]:
    """Calls that wait for no more than a third of a second."""
    calls = Asking(overseerr.base, overseerr.key, guards(), patience_s=0.3)
    yield calls
    await calls.close()


@pytest.mark.parametrize("name", FAULTS)
async def test_whatever_is_wrong_with_an_answer_is_a_plain_error_in_bounded_memory(
    overseerr: Overseerr, impatient: Asking, name: str
) -> None:
    overseerr.fault(FAULTS[name])
    tracemalloc.start()
    try:
        async with asyncio.timeout(8):
            for call in (
                impatient.ask(THE_MATRIX, person=ALICE),
                impatient.requests(0),
                impatient.search("dune", 1),
                impatient.title(MATRIX),
            ):
                with pytest.raises(MediaNestError) as told:
                    await call
                assert told.value.code in ("overseerr_away", "upstream_away")
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()
    overseerr.calm()


async def test_a_server_that_was_away_a_moment_ago_is_asked_once(overseerr: Overseerr, asking: Asking) -> None:
    overseerr.fault(FAULTS["status 500"])
    asked = []
    for _ in range(2):
        with pytest.raises(ServerAway):
            await asking.version()
        asked.append(len(overseerr.asked(f"{API}/status")))
    assert asked == [3, 4]

    overseerr.calm()
    await asking.version()
    overseerr.trouble(f"{API}/status", cut=True, times=1)
    await asking.version()
