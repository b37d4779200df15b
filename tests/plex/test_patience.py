"""Whoever looks at a page waits for the server only so long, and finds the answer when they look again."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from medianest.core import clock
from medianest.core.i18n import msg
from medianest.plex.titles import patience
from medianest.plex.titles.errors import ServerAway, StillAsking
from medianest.plex.titles.patience import Patience

LONG_S = 30.0


@dataclass
class Oracle:
    """Answers when it is let, and counts how often it was asked."""

    speaks: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0
    is_away: bool = False

    async def __call__(self) -> int:
        self.asked += 1
        mine = self.asked
        await self.speaks.wait()
        if self.is_away:
            raise ServerAway(msg("titles.away"))
        return mine


@pytest.fixture
async def waiting() -> AsyncIterator[Patience]:
    made = Patience()
    yield made
    await made.stop()


async def test_who_waits_too_long_finds_the_answer_to_the_same_question_later(waiting: Patience) -> None:
    oracle = Oracle()
    for _ in range(3):
        with pytest.raises(StillAsking):
            await waiting.answer("bob", oracle, within_s=0)
    oracle.speaks.set()
    assert await waiting.answer("bob", oracle, within_s=LONG_S) == 1
    assert await waiting.answer("bob", oracle, within_s=LONG_S) == 2, "an answer is given once"


async def test_several_wait_for_one_answer_and_others_for_their_own(waiting: Patience) -> None:
    oracle = Oracle()
    asking = [asyncio.create_task(waiting.answer(who, oracle, within_s=LONG_S)) for who in ("bob", "bob", "dora")]
    await asyncio.sleep(0)
    oracle.speaks.set()
    first, second, another = await asyncio.gather(*asking)
    assert first == second != another
    assert oracle.asked == 2


async def test_who_leaves_does_not_end_the_question(waiting: Patience) -> None:
    oracle = Oracle()
    leaving = asyncio.create_task(waiting.answer("bob", oracle, within_s=LONG_S))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.wait([leaving])
    oracle.speaks.set()
    assert await waiting.answer("bob", oracle, within_s=LONG_S) == 1
    assert oracle.asked == 1


async def test_what_went_wrong_is_told_to_who_asks_again_and_then_asked_anew(waiting: Patience) -> None:
    oracle = Oracle(is_away=True)
    with pytest.raises(StillAsking):
        await waiting.answer("bob", oracle, within_s=0)
    oracle.speaks.set()
    with pytest.raises(ServerAway):
        await waiting.answer("bob", oracle, within_s=LONG_S)
    oracle.is_away = False
    assert await waiting.answer("bob", oracle, within_s=LONG_S) == 2


async def test_an_answer_that_nobody_fetched_in_half_a_minute_is_too_old(
    waiting: Patience, monkeypatch: pytest.MonkeyPatch
) -> None:
    oracle = Oracle()
    with pytest.raises(StillAsking):
        await waiting.answer("bob", oracle, within_s=0)
    oracle.speaks.set()
    task = waiting._asked["bob"].task
    await asyncio.wait([task])
    monotonic = clock.monotonic
    monkeypatch.setattr(patience.clock, "monotonic", lambda: monotonic() + 31)
    assert await waiting.answer("bob", oracle, within_s=LONG_S) == 2
