"""The breaker, retries and the bulkhead around real concurrent calls."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from medianest.core.circuit import Ended, State
from medianest.core.resilience import Bulkhead, CircuitBreaker, CircuitOpen, Crowded, Health, Retry, RetryLimits


class Time:
    """A clock that moves when it is told to, or when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def middle(low: float, high: float) -> float:
    return (low + high) / 2


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def breaker(time: Time) -> CircuitBreaker:
    return CircuitBreaker("Overseerr", monotonic=time, uniform=middle)


def call(breaker: CircuitBreaker, ended: Ended, **more: float) -> None:
    with breaker.attempt() as attempt:
        attempt.ended(ended, **more)


def open_it(breaker: CircuitBreaker) -> None:
    for _ in range(5):
        call(breaker, Ended.FAILED)


def test_an_open_breaker_turns_calls_away_and_says_for_how_long(breaker: CircuitBreaker, time: Time) -> None:
    open_it(breaker)
    time.now += 10
    with pytest.raises(CircuitOpen) as caught, breaker.attempt():
        pytest.fail("the call was let through")
    assert caught.value.retry_after is not None
    assert caught.value.retry_after.total_seconds() == pytest.approx(20)
    assert caught.value.message.values == {"name": "Overseerr"}
    assert breaker.health.turned_away == 1


def test_only_one_probe_is_under_way_at_a_time(breaker: CircuitBreaker, time: Time) -> None:
    open_it(breaker)
    time.now += 30
    with breaker.attempt() as probe:
        with pytest.raises(CircuitOpen), breaker.attempt():
            pytest.fail("a second probe was let through")
        probe.ended(Ended.WELL)
    call(breaker, Ended.WELL)
    assert breaker.health.state is State.CLOSED
    assert breaker.health.probes == 2


async def test_a_cancelled_probe_does_not_block_the_next(breaker: CircuitBreaker, time: Time) -> None:
    open_it(breaker)
    time.now += 30
    inside = asyncio.Event()

    async def probe() -> None:
        with breaker.attempt():
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(probe())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    call(breaker, Ended.WELL)
    assert breaker.health.state is State.HALF_OPEN


def test_a_slow_answer_is_measured_by_the_breaker_itself(breaker: CircuitBreaker, time: Time) -> None:
    for _ in range(10):
        with breaker.attempt() as attempt:
            time.now += 5.5
            attempt.ended(Ended.WELL)
    assert breaker.health.state is State.OPEN


def test_refused_credentials_are_a_state_of_their_own(breaker: CircuitBreaker) -> None:
    call(breaker, Ended.UNAUTHORISED)
    assert breaker.health.credentials_refused
    assert breaker.health.state is State.CLOSED
    call(breaker, Ended.FAILED)
    assert breaker.health.credentials_refused
    call(breaker, Ended.WELL)
    assert not breaker.health.credentials_refused


def test_retry_after_opens_for_exactly_that_long(breaker: CircuitBreaker) -> None:
    call(breaker, Ended.THROTTLED, retry_after_s=120.0)
    assert breaker.health.retry_in_s == 120.0


def test_changes_are_announced_and_only_changes(time: Time) -> None:
    seen: list[Health] = []
    breaker = CircuitBreaker("Plex", monotonic=time, uniform=middle, on_change=seen.append)
    call(breaker, Ended.WELL)
    open_it(breaker)
    time.now += 30
    call(breaker, Ended.FAILED)
    time.now += 60
    call(breaker, Ended.WELL)
    call(breaker, Ended.WELL)
    call(breaker, Ended.UNAUTHORISED)
    call(breaker, Ended.UNAUTHORISED)
    assert [health.state for health in seen] == [State.OPEN, State.OPEN, State.CLOSED, State.CLOSED]
    assert [health.opened for health in seen] == [1, 2, 2, 2]
    assert seen[-1].credentials_refused


def test_an_admin_can_hold_it_open_or_closed(breaker: CircuitBreaker) -> None:
    breaker.hold(State.OPEN)
    with pytest.raises(CircuitOpen), breaker.attempt():
        pytest.fail("the call was let through")
    breaker.hold(State.CLOSED)
    for _ in range(9):
        call(breaker, Ended.FAILED)
    assert breaker.health.state is State.CLOSED
    assert breaker.health.held
    breaker.hold(None)
    assert breaker.health.state is State.OPEN


def failing(times: int, error: Exception) -> Callable[[], Awaitable[str]]:
    """A call that fails so many times, then answers."""
    left = [error] * times

    async def ask() -> str:
        if left:
            raise left.pop()
        return "answer"

    return ask


async def test_a_call_is_tried_three_times_with_growing_pauses(time: Time) -> None:
    retry = Retry(monotonic=time, sleep=time.sleep, uniform=lambda low, high: high)
    assert await retry.run(failing(2, TimeoutError()), on=(TimeoutError,)) == "answer"
    assert time.slept == [0.8, 2.0]
    with pytest.raises(TimeoutError):
        await retry.run(failing(3, TimeoutError()), on=(TimeoutError,))


async def test_pauses_are_jittered_from_a_fifth_of_a_second(time: Time) -> None:
    retry = Retry(RetryLimits(least_per_minute=99), monotonic=time, sleep=time.sleep, uniform=random.Random(1).uniform)
    for _ in range(20):
        await retry.run(failing(2, TimeoutError()), on=(TimeoutError,))
    assert min(time.slept) >= 0.2
    assert max(time.slept) <= 2.0
    assert len(set(time.slept)) == 40


async def test_an_error_that_a_retry_cannot_mend_passes_at_once(time: Time) -> None:
    retry = Retry(monotonic=time, sleep=time.sleep)
    with pytest.raises(ValueError, match="401"):
        await retry.run(failing(1, ValueError("401")), on=(TimeoutError,))
    assert time.slept == []


async def test_no_retry_begins_that_could_not_end_in_time(time: Time) -> None:
    async def ask() -> str:
        time.now += 4.85
        raise TimeoutError

    retry = Retry(monotonic=time, sleep=time.sleep, uniform=lambda low, high: low)
    with pytest.raises(TimeoutError):
        await retry.run(ask, on=(TimeoutError,))
    assert len(time.slept) == 1


async def test_retries_are_a_tenth_of_the_calls_of_a_minute_but_three_are_free(time: Time) -> None:
    retry = Retry(monotonic=time, sleep=time.sleep, uniform=lambda low, high: 0.0)

    async def down() -> str:
        raise TimeoutError

    async def retries_of(calls: int) -> int:
        before = len(time.slept)
        for _ in range(calls):
            with pytest.raises(TimeoutError):
                await retry.run(down, on=(TimeoutError,))
        return len(time.slept) - before

    assert await retries_of(10) == 3
    assert await retries_of(90) == 7
    time.now += 61
    assert await retries_of(5) == 3


async def test_a_bulkhead_lets_so_many_in_and_so_many_wait() -> None:
    bulkhead = Bulkhead("Overseerr", at_once=2, waiting=1)
    leave = asyncio.Event()
    inside = 0

    async def visit() -> None:
        nonlocal inside
        async with bulkhead.place():
            inside += 1
            await leave.wait()

    visitors = [asyncio.create_task(visit()) for _ in range(3)]
    await asyncio.sleep(0)
    assert inside == 2
    with pytest.raises(Crowded):
        async with bulkhead.place():
            pytest.fail("the line was full")
    leave.set()
    await asyncio.gather(*visitors)
    async with bulkhead.place():
        assert inside == 3


async def test_who_gives_up_waiting_makes_room_in_the_line() -> None:
    bulkhead = Bulkhead("Overseerr", at_once=1, waiting=1)
    async with bulkhead.place():
        impatient = asyncio.create_task(bulkhead.place().__aenter__())
        await asyncio.sleep(0)
        impatient.cancel()
        with pytest.raises(asyncio.CancelledError):
            await impatient
        patient = asyncio.create_task(bulkhead.place().__aenter__())
        await asyncio.sleep(0)
        assert not patient.done()
    await patient
