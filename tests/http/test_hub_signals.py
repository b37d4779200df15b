"""What passes between the making of a page and its stream, or while a phone sleeps: the last of each is told."""

import asyncio
import threading

import pytest
from sqlalchemy.orm import Session

from medianest.accounts.types import NewUser
from medianest.core import journal
from medianest.core.actor import SYSTEM, Role
from medianest.core.event import HOUSEHOLD, people
from medianest.core.live import Live, Signal
from tests.http.portal import Portal
from tests.http.test_hub import caught_up, listening


def passing(subject: str, data: object, *, audience: frozenset[str] = HOUSEHOLD) -> Signal:
    return Signal(kind="beat", subject_id=subject, audience=audience, data=data)


async def test_the_last_signal_of_each_subject_since_is_told_in_order(portal: Portal) -> None:
    _, bob = await portal.enter(portal.cast.bob)
    for subject in ("plex", "printer"):
        portal.live.publish(passing(subject, "before the page"))
    heard = portal.ground.hub.heard
    for subject, data in (("plex", "up"), ("router", "down"), ("plex", "slow")):
        portal.live.publish(passing(subject, data))
    async with listening(portal, bob, heard=heard) as listener:
        portal.live.publish(passing("router", "now"))
        told = [message.rpartition("data: ")[2] for message in await listener.until("now")]
    assert told[1:] == ["down", "slow", "now"]


async def test_who_does_not_say_what_was_heard_is_told_what_comes(portal: Portal) -> None:
    _, bob = await portal.enter(portal.cast.bob)
    portal.live.publish(passing("plex", "passed"))
    async with listening(portal, bob) as listener:
        portal.live.publish(passing("plex", "now"))
        assert "passed" not in repr(await listener.until("now"))


async def test_what_passed_is_told_only_to_its_audience(portal: Portal) -> None:
    _, bob = await portal.enter(portal.cast.bob)
    heard = portal.ground.hub.heard
    portal.live.publish(passing("secret", "for gus", audience=people([portal.cast.gus.id])))
    portal.live.publish(passing("plex", "for all"))
    async with listening(portal, bob, heard=heard) as listener:
        assert "for gus" not in repr(await listener.until("for all"))


async def test_what_passed_comes_after_what_was_recorded(portal: Portal) -> None:
    _, bob = await portal.enter(portal.cast.bob)
    heard = portal.ground.hub.heard
    portal.live.publish(passing("plex", "up"))
    async with listening(portal, bob, last_event_id="unknown", heard=heard) as listener:
        told = await listener.until("up")
    assert [message.rpartition("data: ")[2] for message in told[1:]] == ["anew", "up"]


def over(_session: Session) -> bool:
    return False


async def test_what_holds_no_more_is_told_to_nobody(portal: Portal) -> None:
    _, bob = await portal.enter(portal.cast.bob)
    heard = portal.ground.hub.heard
    async with listening(portal, bob) as listener:
        portal.live.publish(Signal(kind="beat", subject_id="film", audience=HOUSEHOLD, data="12 %", holds=over))
        portal.live.publish(passing("plex", "now"))
        assert "12 %" not in repr(await listener.until("now"))
    async with listening(portal, bob, heard=heard) as listener:
        assert "12 %" not in repr(await listener.until("now"))


async def test_a_question_that_fails_concerns_its_signal_alone(
    portal: Portal, caplog: pytest.LogCaptureFixture
) -> None:
    _, bob = await portal.enter(portal.cast.bob)

    def fails(_session: Session) -> bool:
        raise RuntimeError("nobody knows")

    heard = portal.ground.hub.heard
    async with listening(portal, bob) as listener:
        portal.live.publish(Signal(kind="beat", subject_id="film", audience=HOUSEHOLD, data="12 %", holds=fails))
        portal.live.publish(passing("plex", "now"))
        told = await listener.until("now")
    async with listening(portal, bob, heard=heard) as listener:
        told += await listener.until("now")
    assert [message.rpartition("data: ")[2] for message in told if "data: " in message] == ["now", "now"]
    assert [record.levelname for record in caplog.records if record.exc_info] == ["ERROR", "ERROR"]


async def test_nobody_asks_whether_it_holds_where_nobody_listens(portal: Portal) -> None:
    _, bob = await portal.enter(portal.cast.bob)
    asked: list[str] = []

    def holds(_session: Session) -> bool:
        asked.append("film")
        return True

    film = Signal(kind="beat", subject_id="film", audience=HOUSEHOLD, data="12 %", holds=holds)
    with portal.live.watch() as signals:
        portal.live.publish(film)
        assert await signals.get() == film
    async with listening(portal, bob) as listener:
        assert asked == []
        portal.live.publish(film)
        await listener.until("12 %")
    assert asked == ["film"]


async def test_what_still_held_is_told_before_the_entry_that_ends_it(portal: Portal) -> None:
    _, alice = await portal.enter(portal.cast.alice)
    asked, answers = threading.Event(), threading.Event()

    def just_about(_session: Session) -> bool:
        asked.set()
        return answers.wait(timeout=10)

    async with listening(portal, alice) as listener, asyncio.timeout(10):
        portal.live.publish(Signal(kind="beat", subject_id="film", audience=HOUSEHOLD, data="12 %", holds=just_about))
        await asyncio.to_thread(asked.wait)
        eve = await portal.accounts.people.create(SYSTEM, NewUser(name="Eve", role=Role.GUEST))
        await caught_up(portal)
        for _ in range(20):
            await portal.db.read(journal.newest_id)
        assert eve.id not in repr(listener.messages)
        answers.set()
        told = await listener.until(eve.id)
    assert ["12 %" in message for message in told if "12 %" in message or eve.id in message] == [True, False]


def test_a_page_made_before_a_restart_is_behind_what_came_after_it() -> None:
    before = Live()
    before.publish(passing("plex", "up"))
    page = before.version
    after = Live()
    after.publish(passing("plex", "down"))
    assert [signal.data for signal in after.since(page)] == ["down"]


def test_what_is_over_has_passed_for_nobody() -> None:
    live = Live()
    page = live.version
    live.publish(passing("film", "12 %"))
    live.forget("beat", "film")
    assert live.since(page) == []
