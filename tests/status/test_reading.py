"""What Uptime Kuma says, read as what it can mean at most."""

import math
from datetime import UTC, datetime

import pytest

from medianest.status import reading
from medianest.status.types import Beat, State

AT = "2026-11-21 12:00:00.000"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DOWN, UP, PENDING, MAINTENANCE, UNHEARD_OF = 0, 1, 2, 3, 9


@pytest.mark.parametrize(
    ("told", "state"),
    [
        (DOWN, State.DOWN),
        (PENDING, State.PENDING),
        (MAINTENANCE, State.MAINTENANCE),
        (UNHEARD_OF, State.UNKNOWN),
    ],
)
def test_of_a_service_that_is_not_up_there_is_no_latency_whatever_is_told(told: int, state: State) -> None:
    assert reading.beats([(AT, told, 12.0)]) == (Beat(NOON, state, None),)


@pytest.mark.parametrize("ping", [-1.0, -0.001, math.nan, math.inf, -math.inf, reading.LATENCY_MOST_MS + 1, None])
def test_what_is_no_time_to_answer_in_is_none(ping: float | None) -> None:
    assert reading.beats([(AT, UP, ping)]) == (Beat(NOON, State.UP, None),)


@pytest.mark.parametrize("ping", [0.0, 12.5, reading.LATENCY_MOST_MS])
def test_of_a_service_that_is_up_the_latency_is_kept(ping: float) -> None:
    assert reading.beats([(AT, UP, ping)]) == (Beat(NOON, State.UP, ping),)
