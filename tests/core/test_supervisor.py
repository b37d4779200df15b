"""A task that fails is started again; tasks stop in reverse order."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from medianest.core import supervisor as supervisor_module
from medianest.core.supervisor import Supervisor, in_time


async def test_a_task_that_fails_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor_module, "_FIRST_PAUSE_S", 0.0)
    again = asyncio.Event()
    times = 0

    async def fragile() -> None:
        nonlocal times
        times += 1
        if times < 3:
            raise ValueError("broke")
        again.set()
        await asyncio.Event().wait()

    supervisor = Supervisor()
    supervisor.add("fragile", fragile)
    supervisor.start()
    await asyncio.wait_for(again.wait(), 5)
    assert supervisor.restarts == {"fragile": 2}
    await supervisor.stop(timedelta(seconds=1))


async def test_tasks_stop_in_reverse_order_each_after_the_other() -> None:
    stopped: list[str] = []
    begun = asyncio.Barrier(4)

    def task(name: str) -> None:
        async def run() -> None:
            await begun.wait()
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                stopped.append(name)

        supervisor.add(name, run)

    supervisor = Supervisor()
    for name in ("first", "second", "third"):
        task(name)
    supervisor.start()
    await begun.wait()
    await supervisor.stop(timedelta(seconds=5))
    assert stopped == ["third", "second", "first"]


async def test_a_task_that_fails_on_its_way_out_is_not_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor_module, "_FIRST_PAUSE_S", 0.0)
    times = 0
    begun = asyncio.Event()

    async def breaks_at_the_end() -> None:
        nonlocal times
        times += 1
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            raise ValueError("broke")

    supervisor = Supervisor()
    supervisor.add("breaks at the end", breaks_at_the_end)
    supervisor.start()
    await begun.wait()
    async with asyncio.timeout(5):
        await supervisor.stop(timedelta(seconds=60))
    assert (times, supervisor.restarts) == (1, {})


async def test_one_that_does_not_end_leaves_time_to_those_after_it(caplog: pytest.LogCaptureFixture) -> None:
    ended: list[str] = []
    begun = asyncio.Barrier(4)
    freed = asyncio.Event()

    async def needs_a_moment() -> None:
        await begun.wait()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            ended.append("needs a moment")

    async def takes_long() -> None:
        """Longer than its share."""
        await begun.wait()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.6)
            ended.append("takes long")

    async def hangs() -> None:
        await begun.wait()
        while not freed.is_set():
            with suppress(asyncio.CancelledError):
                await freed.wait()

    supervisor = Supervisor()
    for run in (needs_a_moment, takes_long, hangs):
        supervisor.add(run.__name__, run)
    supervisor.start()
    await begun.wait()
    started = asyncio.get_running_loop().time()
    await supervisor.stop(timedelta(seconds=2))
    took_s = asyncio.get_running_loop().time() - started
    freed.set()
    assert ended == ["needs a moment", "takes long"]
    assert took_s < 2.5
    (told,) = caplog.records
    assert told.getMessage() == "task hangs did not stop in time"
    assert ".hangs:" in told.where  # type: ignore[attr-defined]  # a field of the log


async def test_a_part_that_does_not_stop_is_left_behind_and_named(caplog: pytest.LogCaptureFixture) -> None:
    async def hangs() -> None:
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if left.is_set():
                    raise
                left.set()

    left = asyncio.Event()
    async with asyncio.timeout(5):
        await in_time(hangs, limit=timedelta(milliseconds=1))
        await left.wait()
    assert "hangs did not end in time" in caplog.text
    assert ".hangs:" in caplog.records[0].where  # type: ignore[attr-defined]  # a field of the log
    assert "Event.wait:" in caplog.records[0].where  # type: ignore[attr-defined]
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()


async def test_a_part_that_breaks_while_it_stops_is_heard_of() -> None:
    async def breaks() -> None:
        raise ValueError("broke")

    with pytest.raises(ValueError, match="broke"):
        await in_time(breaks)
