"""The first page after the server went away waits out no retries, and who has an answer at hand not for another one."""

import asyncio
from datetime import timedelta

import pytest

from medianest.core.outbound.calls import Guards
from medianest.core.resilience import Bulkhead, CircuitBreaker, Retry
from medianest.media_requests.client import Asking
from medianest.media_requests.connection import SOON
from medianest.media_requests.errors import ServerAway, WentWrong
from medianest.media_requests.recollection import Recollection
from tests.fakes.overseerr import API, Overseerr
from tests.media_requests.conftest import MATRIX

PAGE_S = 0.3
SOON_S = 10.0
TITLE = f"{API}/movie/603"


async def pauses_of(overseerr: Overseerr, *, was_there: bool) -> list[float]:
    """How long a call waits between its tries that finds nobody."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    retry = Retry(SOON, sleep=pause)
    asking = Asking(
        overseerr.base, overseerr.key, Guards(breaker=CircuitBreaker("x"), retry=retry, bulkhead=Bulkhead("x"))
    )
    if was_there:
        await asking.title(MATRIX)
    overseerr.away()
    with pytest.raises(ServerAway):
        await asking.title(MATRIX)
    await asking.close()
    return pauses


@pytest.mark.parametrize("was_there", [False, True])
async def test_who_finds_nobody_listening_does_not_wait_for_somebody(overseerr: Overseerr, *, was_there: bool) -> None:
    """A connection that was open breaks, and is tried once more: that finds nobody, too."""
    pauses = await pauses_of(overseerr, was_there=was_there)
    assert len(pauses) <= was_there
    assert sum(pauses) < PAGE_S


async def test_a_server_that_answers_nonsense_once_is_asked_again_before_anybody_notices(overseerr: Overseerr) -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    guards = Guards(breaker=CircuitBreaker("x"), retry=Retry(SOON, sleep=pause), bulkhead=Bulkhead("x"))
    asking = Asking(overseerr.base, overseerr.key, guards)
    overseerr.trouble(TITLE, fail=502, times=1)
    assert (await asking.title(MATRIX)).hit.title == "The Matrix"
    overseerr.trouble(TITLE, fail=502)
    with pytest.raises(WentWrong):
        await asking.title(MATRIX)
    await asking.close()
    assert len(pauses) == 3
    assert max(pauses) <= PAGE_S


async def test_who_has_an_answer_of_this_hour_is_not_kept_by_one_that_does_not_come() -> None:
    asked = Recollection[str](fresh_s=0, most=2)

    async def at_once() -> str:
        return "then"

    async def never() -> str:
        await asyncio.Event().wait()
        return "now"

    await asked.get("a", at_once, patience_s=SOON_S)
    async with asyncio.timeout(SOON_S / 2):
        told = await asked.get("a", never, patience_s=SOON_S)
    assert told.value == "then"
    await asked.stop()


@pytest.mark.parametrize("why", ["changed", "old"])
async def test_what_changed_since_or_is_of_another_hour_is_waited_for(why: str) -> None:
    asked = Recollection[str](fresh_s=0, most=2)
    comes = asyncio.Event()

    async def at_once() -> str:
        return "then"

    async def later() -> str:
        await comes.wait()
        return "now"

    told = await asked.get("a", at_once, patience_s=SOON_S)
    if why == "changed":
        asked.forget("a")
    else:
        ago = told.as_of - timedelta(hours=2)
        asked._kept["a"] = type(asked._kept["a"])(type(told)(value="then", as_of=ago), 0.0)
    asyncio.get_running_loop().call_later(0.4, comes.set)
    assert (await asked.get("a", later, patience_s=SOON_S)).value == "now"
