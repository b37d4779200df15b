"""However news of a request comes, lost, doubled, reordered or late, the request ends in the same state."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from medianest.media_requests.states import arrived, left_of, next_state
from medianest.media_requests.types import Availability, Decision, Seen, State, Wish
from tests.media_requests.conftest import ALICE, BAD, BOB, DUNE, MATRIX

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def seen(decision: Decision, availability: Availability = Availability.PENDING, **about: object) -> Seen:
    plain = Seen(
        id=1,
        title=MATRIX,
        decision=decision,
        availability=availability,
        seasons=(),
        is_4k=False,
        requested_by=ALICE,
        media_id=1,
        created_at=NOON,
        updated_at=NOON,
    )
    return replace(plain, **about)  # type: ignore[arg-type]  # a test names the fields of Seen


@pytest.mark.parametrize(
    ("decision", "availability", "state"),
    [
        (Decision.PENDING, Availability.PENDING, State.PENDING),
        (Decision.PENDING, Availability.UNKNOWN, State.PENDING),
        (Decision.PENDING, Availability.AVAILABLE, State.AVAILABLE),
        (Decision.APPROVED, Availability.PENDING, State.APPROVED),
        (Decision.APPROVED, Availability.UNKNOWN, State.APPROVED),
        (Decision.APPROVED, Availability.PROCESSING, State.PROCESSING),
        (Decision.APPROVED, Availability.PARTIALLY_AVAILABLE, State.PARTIALLY_AVAILABLE),
        (Decision.APPROVED, Availability.AVAILABLE, State.AVAILABLE),
        (Decision.APPROVED, Availability.DELETED, State.REMOVED),
        (Decision.COMPLETED, Availability.AVAILABLE, State.AVAILABLE),
        (Decision.COMPLETED, Availability.UNKNOWN, State.AVAILABLE),
        (Decision.COMPLETED, Availability.PARTIALLY_AVAILABLE, State.PARTIALLY_AVAILABLE),
        (Decision.COMPLETED, Availability.DELETED, State.REMOVED),
        (Decision.DECLINED, Availability.AVAILABLE, State.DECLINED),
        (Decision.FAILED, Availability.PENDING, State.FAILED),
    ],
)
@pytest.mark.parametrize("now", State)
def test_what_is_seen_decides_whatever_was_known(
    now: State, decision: Decision, availability: Availability, state: State
) -> None:
    assert next_state(now, None, seen(decision, availability), NOON) is state


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (State.SENDING, State.SENDING),
        (State.PENDING, State.REMOVED),
        (State.APPROVED, State.REMOVED),
        (State.PROCESSING, State.REMOVED),
        (State.PARTIALLY_AVAILABLE, State.REMOVED),
        (State.AVAILABLE, State.AVAILABLE),
        (State.DECLINED, State.DECLINED),
        (State.FAILED, State.FAILED),
        (State.REMOVED, State.REMOVED),
    ],
)
def test_what_is_deleted_there_is_removed_here_unless_it_had_ended(now: State, state: State) -> None:
    assert next_state(now, NOON, None, NOON) is state


@pytest.mark.parametrize("now", [state for state in State if state is not State.SENDING])
def test_a_decision_that_nobody_knows_changes_nothing(now: State) -> None:
    assert next_state(now, NOON, seen(Decision.UNKNOWN), NOON) is now


def test_a_decision_that_nobody_knows_says_at_least_that_it_arrived() -> None:
    assert next_state(State.SENDING, None, seen(Decision.UNKNOWN), NOON) is State.PENDING


LIFE = (
    (seen(Decision.PENDING), 1),
    (seen(Decision.APPROVED, Availability.PENDING), 2),
    (seen(Decision.APPROVED, Availability.PROCESSING), 3),
    (seen(Decision.APPROVED, Availability.AVAILABLE), 4),
)


def told(news: tuple[tuple[Seen, int], ...]) -> State:
    state, heard_at = State.SENDING, None
    for one, minute in news:
        at = NOON + timedelta(minutes=minute)
        state = next_state(state, heard_at, one, at)
        heard_at = max(heard_at or at, at)
    return state


@pytest.mark.parametrize("order", list(permutations(LIFE)))
def test_news_in_any_order_ends_in_the_latest_state(order: tuple[tuple[Seen, int], ...]) -> None:
    assert told(order) is State.AVAILABLE


@pytest.mark.parametrize("missing", LIFE[:-1])
def test_news_that_is_lost_is_made_up_for_by_what_follows(missing: tuple[Seen, int]) -> None:
    assert told(tuple(one for one in LIFE if one is not missing)) is State.AVAILABLE


def test_news_that_comes_twice_changes_nothing() -> None:
    assert told(LIFE + LIFE) is State.AVAILABLE
    assert told(tuple(one for one in LIFE for _ in range(3))) is State.AVAILABLE


def test_an_answer_that_was_long_under_way_is_no_news() -> None:
    late = seen(Decision.PENDING)
    assert next_state(State.DECLINED, NOON, late, NOON - timedelta(seconds=1)) is State.DECLINED


def test_a_wish_has_arrived_where_the_same_person_asked_for_the_same() -> None:
    mine = seen(Decision.PENDING, id=5)
    others = [
        seen(Decision.PENDING, id=6, requested_by=BOB),
        seen(Decision.DECLINED, id=7),
        seen(Decision.PENDING, id=8, is_4k=True),
        seen(Decision.PENDING, id=9, title=DUNE),
    ]

    assert arrived(Wish(title=MATRIX), ALICE, [*others, mine]) is mine
    assert arrived(Wish(title=MATRIX), ALICE, others) is None
    assert arrived(Wish(title=MATRIX), None, others) is others[0]


def test_seasons_have_arrived_only_together() -> None:
    there = [seen(Decision.APPROVED, title=BAD, seasons=(1, 2))]

    assert arrived(Wish(title=BAD, seasons=(2,)), ALICE, there) is there[0]
    assert arrived(Wish(title=BAD, seasons=(2, 3)), ALICE, there) is None


def test_what_was_fetched_once_and_deleted_since_has_not_arrived() -> None:
    gone = seen(Decision.COMPLETED, Availability.DELETED)
    assert arrived(Wish(title=MATRIX), None, [gone]) is None


def test_of_several_that_race_the_newest_counts() -> None:
    there = [seen(Decision.PENDING, id=number) for number in (3, 9, 4)]

    found = arrived(Wish(title=MATRIX), ALICE, there)

    assert found
    assert found.id == 9


def test_only_seasons_that_nobody_asked_for_are_left() -> None:
    wish = Wish(title=BAD, seasons=(3, 1, 2, 1))

    assert left_of(wish, []) == (1, 2, 3)
    assert left_of(wish, [(1,), (3, 4)]) == (2,)
    assert left_of(wish, [(1, 2, 3)]) == ()
