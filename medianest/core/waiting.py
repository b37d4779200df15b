"""Waiting for what is not broken off, whoever is cancelled meanwhile."""

import asyncio
from typing import TypeVar

T = TypeVar("T")


async def undisturbed(done: asyncio.Future[T]) -> T:
    """Wait for what comes in any case; a cancellation meanwhile reaches the task at its next wait."""
    is_cancelled = False
    while not done.done():
        try:
            await asyncio.shield(done)
        except asyncio.CancelledError:
            is_cancelled = not done.cancelled()
        except Exception:  # noqa: BLE001, S112 - `result` below raises it
            continue
    task = asyncio.current_task()
    if is_cancelled and task:
        task.uncancel()
        task.cancel()
    return done.result()
