"""Who ran into an outage is told once when it is over, and from when on anybody may be told at night."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from medianest.accounts.events import UserRemoved
from medianest.core import clock, journal
from medianest.core.actor import SYSTEM, Actor, Role
from medianest.core.config import MonitorSettings, UptimeKumaSettings
from medianest.core.db import Database
from medianest.core.event import ADMINS
from medianest.core.journal import Dispatcher, Entry
from medianest.status import news
from medianest.status.types import Arrived, Described, Function, Gone, Listed, State
from tests.status.test_incidents import at
from tests.status.test_record import ALICE, BOB, DORA, THREE, Life, life, lived

__all__ = ["life"]
UP, DOWN = State.UP, State.DOWN
PLEX, DOWNLOADS = Function.PLEX, Function.DOWNLOADS


async def told(db: Database) -> list[Entry]:
    return [entry for entry in await db.read(journal.after, 0) if entry.kind == "status.works_again"]


async def heard(db: Database) -> list[tuple[frozenset[str], str]]:
    """Who was told, and what, in the order in which they were."""
    return [(entry.audience, entry.data["reason"]) for entry in await told(db)]


def only(who: Actor) -> frozenset[str]:
    return frozenset({f"user:{who.id}"})


async def outage(life: Life, *who: Actor, function: Function = PLEX) -> None:
    """It is down from the fifth minute on, and these run into it again and again."""
    await life.hear(0, THREE)
    await life.beat(0, UP)
    await life.beat(5, DOWN)
    for minute in (6, 7, 8):
        for one in who:
            life.status.ran_into(one, function)
        await life.beat(minute, DOWN)


async def test_who_ran_into_an_outage_is_told_once_when_it_is_back_and_has_stayed_so(life: Life, db: Database) -> None:
    await outage(life, BOB, DORA)
    assert await told(db) == []
    await life.beat(20, UP)
    assert await told(db) == []
    for minute in (21, 22, 60):
        await life.hear(minute, Arrived())
    assert await heard(db) == [(only(BOB), "status.again_plex"), (only(DORA), "status.again_plex")]
    entry, _ = await told(db)
    (incident,) = (await life.status.incidents(ALICE)).items
    assert (entry.subject_type, entry.subject_id, entry.data["values"]) == ("incident", incident.id, {})


async def test_who_came_when_all_was_well_or_nobody_knew_is_told_nothing(life: Life, db: Database) -> None:
    await life.hear(0, THREE)
    await life.beat(0, UP)
    life.status.ran_into(BOB, PLEX)
    await life.beat(5, DOWN)
    life.status.ran_into(SYSTEM, PLEX)
    life.status.ran_into(BOB, Function.OVERSEERR)
    await life.lose(6)
    life.status.ran_into(BOB, PLEX)
    await life.hear(8, THREE)
    await life.beat(9, UP)
    await life.hear(60, Arrived())
    assert await told(db) == []


async def test_an_outage_too_short_for_alerts_is_told_to_who_ran_into_it_all_the_same(life: Life, db: Database) -> None:
    await life.hear(0, THREE)
    await life.beat(5, DOWN)
    life.status.ran_into(BOB, PLEX)
    await life.beat(5.5, UP)
    await life.hear(6, Arrived())
    assert await told(db) == []
    await life.hear(7, Arrived())
    await life.hear(30, Arrived())
    assert [entry.kind for entry in await db.read(journal.after, 0)] == ["status.works_again"]


async def test_one_that_flaps_is_told_of_when_it_has_calmed_down_and_once(life: Life, db: Database) -> None:
    await outage(life, BOB)
    for minute, state in ((9, UP), (9.5, DOWN), (11, UP), (11.5, DOWN), (13, UP)):
        life.status.ran_into(BOB, PLEX)
        await life.beat(minute, state)
    await life.hear(22, Arrived())
    assert await told(db) == []
    await life.hear(23, Arrived())
    await life.hear(50, Arrived())
    assert len(await told(db)) == 1


async def test_down_again_soon_after_is_the_same_incident_and_a_later_one_is_another(life: Life, db: Database) -> None:
    await outage(life, BOB)
    await life.beat(9, UP)
    await life.hear(10, Arrived())
    await life.beat(12, DOWN)
    life.status.ran_into(BOB, PLEX)
    await life.beat(14, UP)
    await life.hear(40, Arrived())
    assert len(await told(db)) == 1, "once for each incident"
    await life.beat(60, DOWN)
    life.status.ran_into(BOB, PLEX)
    await life.beat(62, UP)
    await life.hear(90, Arrived())
    assert len(await told(db)) == 2


async def test_what_another_service_keeps_down_has_not_come_back(life: Life, db: Database) -> None:
    settings = life.status._settings()
    both = (*settings.monitors, MonitorSettings(monitor="NAS", carries=frozenset({"plex"})))
    life.status._settings = lambda: settings.model_copy(update={"monitors": both})
    await outage(life, BOB)
    await life.beat(10, DOWN, monitor=2)
    life.status.ran_into(BOB, PLEX)
    await life.beat(20, UP)
    await life.hear(40, Arrived())
    assert await told(db) == []
    await life.beat(45, UP, monitor=2)
    assert await heard(db) == [(only(BOB), "status.again_plex")]
    await life.hear(70, Arrived())
    assert len(await told(db)) == 1


async def test_a_process_that_dies_at_any_moment_tells_each_once(
    life: Life, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await outage(life, BOB)
    again = await lived(db, tmp_path, monkeypatch)
    await again.hear(9, THREE)
    await again.beat(9, DOWN)
    again.status.ran_into(BOB, PLEX)
    again.status.ran_into(DORA, DOWNLOADS)
    await again.beat(10, UP)
    third = await lived(db, tmp_path, monkeypatch)
    await third.hear(300, THREE)
    await third.beat(300, UP)
    assert await heard(db) == [(only(BOB), "status.again_plex"), (only(DORA), "status.again_downloads")]
    fourth = await lived(db, tmp_path, monkeypatch)
    await fourth.hear(301, THREE)
    await fourth.beat(301, UP)
    fourth.status.ran_into(BOB, PLEX)
    await fourth.hear(400, Arrived())
    assert len(await told(db)) == 2


async def test_told_before_the_process_died_they_are_not_told_again_when_it_flaps(
    life: Life, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await outage(life, BOB)
    await life.beat(9, UP)
    await life.hear(10, Arrived())
    again = await lived(db, tmp_path, monkeypatch)
    await again.hear(11, THREE)
    await again.beat(12, DOWN)
    again.status.ran_into(BOB, PLEX)
    await again.beat(14, UP)
    await again.hear(60, Arrived())
    assert len(await told(db)) == 1


async def test_who_reports_waits_for_everything_that_is_down_and_is_told_names_that_they_are_shown(
    life: Life, db: Database
) -> None:
    await life.hear(0, THREE)
    for monitor in (2, 3):
        await life.beat(0, DOWN, monitor=monitor)
    await life.status.report(BOB, page="/status", words="nothing works")
    for monitor in (2, 3):
        await life.beat(5, UP, monitor=monitor)
    await life.hear(20, Arrived())
    (entry,) = await told(db)
    assert (entry.audience, entry.data["reason"], entry.data["values"]) == (
        only(BOB),
        "status.again_service",
        {"name": "NAS"},
    )


async def test_a_service_that_is_deleted_is_over_too(life: Life, db: Database) -> None:
    await outage(life, BOB)
    await life.hear(9, Gone(monitor=1))
    await life.hear(11, Listed(monitors={2: Described(name="NAS")}, whole=True))
    assert len(await told(db)) == 1


async def test_who_leaves_waits_for_nothing(
    life: Life, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await outage(life, BOB, DORA)
    dispatcher = Dispatcher(db, life.status.listeners())
    await dispatcher.prepare()
    assert BOB.id
    async with db.transaction() as session:
        gone = UserRemoved(actor=SYSTEM, subject_id=BOB.id, audience=ADMINS, name="Bob", heir_id="x")
        entry_id = await journal.record(session, gone)
    (entry,) = await db.read(journal.after, entry_id - 1)
    for listener in life.status.listeners():
        async with db.transaction() as session:
            await listener.handle(session, entry)
    again = await lived(db, tmp_path, monkeypatch)
    await again.hear(20, THREE)
    await again.beat(20, UP)
    await again.hear(30, Arrived())
    assert [audience for audience, _ in await heard(db)] == [only(DORA)]


async def test_in_quiet_hours_the_entry_says_from_when_on_a_member_may_hear_of_it(
    life: Life, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = clock.now().astimezone()
    settings, night = life.status._settings(), ((here - timedelta(hours=1)).time(), (here + timedelta(hours=1)).time())
    section = settings.uptime_kuma.model_copy(update={"quiet_hours": night})
    life.status._settings = lambda: settings.model_copy(update={"uptime_kuma": section})
    await outage(life, BOB)
    await life.beat(20, UP)
    await life.hear(21, Arrived())
    entries = await db.read(journal.after, 0)
    assert [entry.kind for entry in entries] == ["status.down", "status.back", "status.works_again"]
    morning = news.quiet_until(night, clock.now())
    assert morning is not None
    for entry in entries:
        assert news.may_hear_from(entry, Role.ADMIN) == entry.at
        assert news.may_hear_from(entry, Role.MEMBER) == morning > entry.at


@pytest.mark.parametrize(
    ("hours", "hour", "ends"),
    [
        (None, 3, None),
        ((time(22), time(7)), 12, None),
        ((time(22), time(7)), 7, None),
        ((time(22), time(7)), 22, (1, 7)),
        ((time(22), time(7)), 3, (0, 7)),
        ((time(1), time(2)), 1, (0, 2)),
        ((time(1), time(2)), 2, None),
    ],
)
def test_quiet_hours_end_in_the_morning_by_the_clock_of_the_house(
    hours: tuple[time, time] | None, hour: int, ends: tuple[int, int] | None
) -> None:
    now = datetime(2026, 11, 20, hour).astimezone()
    expected = now.replace(hour=ends[1]) + timedelta(days=ends[0]) if ends else None
    assert news.quiet_until(hours, now.astimezone(UTC)) == expected


def test_without_quiet_hours_everybody_may_hear_at_once() -> None:
    assert UptimeKumaSettings().quiet_hours is None
    entry = Entry(
        id=1,
        at=at(0),
        kind="status.down",
        version=1,
        actor_id=None,
        actor_name="",
        via="system",
        address=None,
        subject_type="incident",
        subject_id="1",
        audience=frozenset(),
        data={"name": "an entry of a release before"},
        request_id=None,
    )
    assert {news.may_hear_from(entry, role) for role in Role} == {at(0)}
