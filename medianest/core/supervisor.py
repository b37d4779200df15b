"""Long-lived asyncio tasks: a strong reference to each, restart with growing pauses, stop in reverse order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from medianest.core import clock

log = logging.getLogger(__name__)

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 60.0
_HEALTHY_S = 300.0
_PART = timedelta(seconds=6)


class Supervisor:
    """Keeps its tasks running until it is stopped; a task that ends or fails is started again.

    One that was told to stop and fails on its way out is not: that failure took the place of the cancellation.
    """

    def __init__(self) -> None:
        self._runs: list[tuple[str, Callable[[], Awaitable[None]]]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self.restarts: dict[str, int] = {}

    def add(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Have `run` called by `start`, and again whenever it ends."""
        self._runs.append((name, run))

    def start(self) -> None:
        for name, run in self._runs:
            self._tasks.append(asyncio.create_task(self._keep_running(name, run), name=name))

    async def stop(self, deadline: timedelta) -> None:
        """Cancel the tasks, last started first, each awaited before the next; gives up after `deadline` in all.

        One that does not end is waited for through half of what is left, so that those after it have time too, and
        again with all like it through the rest.
        """
        end = clock.monotonic() + deadline.total_seconds()
        for task in reversed(self._tasks):
            task.cancel()
            await asyncio.wait([task], timeout=(end - clock.monotonic()) / 2)
        late = [task for task in self._tasks if not task.done()]
        if late:
            await asyncio.wait(late, timeout=end - clock.monotonic())
        for task in late:
            if not task.done():
                log.error("task %s did not stop in time", task.get_name(), extra={"where": where(task)})
        self._tasks.clear()

    async def _keep_running(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        pause = _FIRST_PAUSE_S
        while True:
            begun = clock.monotonic()
            try:
                await run()
                log.error("task %s ended by itself", name)
            except Exception:
                log.exception("task %s failed", name)
            if _is_told_to_stop():
                return
            self.restarts[name] = self.restarts.get(name, 0) + 1
            if clock.monotonic() - begun > _HEALTHY_S:
                pause = _FIRST_PAUSE_S
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)


async def in_time(stop: Callable[[], Awaitable[None]], *, limit: timedelta = _PART) -> None:
    """Have a part of the portal stop; one that does not within `limit` is left behind, so that all others stop too."""
    stopping = asyncio.ensure_future(stop())
    await asyncio.wait([stopping], timeout=limit.total_seconds())
    if stopping.done():
        stopping.result()
        return
    log.error("%s did not end in time", getattr(stop, "__qualname__", stop), extra={"where": where(stopping)})
    stopping.cancel()


def where(task: asyncio.Future[Any]) -> str:
    """What a task waits for, from the outermost call to the innermost."""
    awaited: Any = task.get_coro() if isinstance(task, asyncio.Task) else task
    places = []
    while frame := getattr(awaited, "cr_frame", None) or getattr(awaited, "ag_frame", None):
        places.append(f"{frame.f_code.co_qualname}:{frame.f_lineno}")
        awaited = getattr(awaited, "cr_await", None) or getattr(awaited, "ag_await", None)
    return " > ".join([*places, repr(awaited)])


def _is_told_to_stop() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
