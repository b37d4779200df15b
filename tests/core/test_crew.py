"""Work under way is held until it ends; whoever begins it rests until there is news, or something due."""

import asyncio
from datetime import timedelta

import pytest

from medianest.core import clock
from medianest.core.crew import Crew


class Piece:
    """Work that goes on until it is told to end; `ended` says how it did."""

    def __init__(self) -> None:
        self.is_begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.ended = ""

    async def perform(self) -> None:
        self.is_begun.set()
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            await asyncio.to_thread(str)  # what is put away takes a moment
            self.ended = "cancelled"
            raise
        self.ended = "done"


async def test_work_that_ends_is_news_and_is_held_no_more() -> None:
    crew, piece = Crew(), Piece()
    crew.begin("one", piece.perform, name="piece-one")
    resting = asyncio.create_task(crew.rest(None))
    await piece.is_begun.wait()
    task = crew.task("one")
    assert (len(crew), task and task.get_name(), resting.done()) == (1, "piece-one", False)
    piece.may_end.set()
    await asyncio.wait_for(resting, 5)
    assert (len(crew), crew.task("one"), piece.ended) == (0, None, "done")


async def test_work_that_fails_is_news_too() -> None:
    async def fail() -> None:
        raise ValueError("broke")

    crew = Crew()
    crew.begin("one", fail, name="piece-one")
    task = crew.task("one")
    assert task is not None
    await asyncio.wait_for(crew.rest(None), 5)
    assert len(crew) == 0
    with pytest.raises(ValueError, match="broke"):
        await task


async def test_news_that_came_before_the_rest_end_it_at_once_and_only_once() -> None:
    crew = Crew()
    crew.wake()
    await asyncio.wait_for(crew.rest(None), 5)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(crew.rest(None), 0.05)


async def test_the_rest_ends_when_something_is_due() -> None:
    crew, begun = Crew(), clock.monotonic()
    await asyncio.wait_for(crew.rest(clock.now() + timedelta(seconds=0.2)), 5)
    assert clock.monotonic() - begun >= 0.19


async def test_what_is_overdue_leaves_others_a_breath() -> None:
    crew, begun = Crew(), clock.monotonic()
    await asyncio.wait_for(crew.rest(clock.now() - timedelta(days=1)), 5)
    assert clock.monotonic() - begun >= 0.045


async def test_stopping_returns_when_all_work_has_ended() -> None:
    crew, pieces = Crew(), [Piece(), Piece()]
    for number, piece in enumerate(pieces):
        crew.begin(str(number), piece.perform, name=f"piece-{number}")
        await piece.is_begun.wait()
    await asyncio.wait_for(crew.stop(), 5)
    assert ([piece.ended for piece in pieces], len(crew)) == (["cancelled", "cancelled"], 0)
