"""What is written down of the services: stretches, incidents, and what people are told."""

from datetime import timedelta
from pathlib import Path

import pytest

from medianest.core import clock, journal
from medianest.core.actor import Actor, Permission, Role
from medianest.core.actor import Via as ActorVia
from medianest.core.config import MonitorSettings, Settings, UptimeKumaSettings
from medianest.core.db import Database
from medianest.core.live import Live
from medianest.status import building, queries
from medianest.status.errors import NoMonitor
from medianest.status.service import Status
from medianest.status.stretches import Stretch
from medianest.status.types import (
    Arrived,
    Beat,
    Beaten,
    Described,
    Function,
    Gone,
    Listed,
    Message,
    State,
    Trouble,
    Via,
)
from tests.status.by_hand import lose, tell
from tests.status.test_incidents import at

UP, DOWN = State.UP, State.DOWN


class Life:
    """A board that is told by hand, and written down at once."""

    def __init__(self, status: Status, monkeypatch: pytest.MonkeyPatch) -> None:
        self.status = status
        self._minute = 0.0
        monkeypatch.setattr(clock, "now", lambda: at(self._minute))

    def time(self, minute: float) -> None:
        """So many minutes have passed since it began."""
        self._minute = minute

    async def begin(self) -> None:
        await self.status.record._remember()

    async def hear(self, minute: float, *messages: Message) -> None:
        self.time(minute)
        await tell(self.status, *messages)

    async def lose(self, minute: float, trouble: Trouble = Trouble.AWAY) -> None:
        self.time(minute)
        await lose(self.status, trouble)

    async def beat(self, minute: float, state: State, monitor: int = 1, words: str = "") -> None:
        beat = Beat(at(minute), state, 5.0 if state is UP else None)
        await self.hear(minute, Beaten(monitor=monitor, beats=(beat,), words=words))


def somebody(role: Role) -> Actor:
    permissions = frozenset({Permission.READ, *([Permission.ADMINISTER] if role is Role.ADMIN else [])})
    return Actor(id=role, name=role, role=role, permissions=permissions, via=ActorVia.WEB)


ALICE, BOB, DORA = somebody(Role.ADMIN), somebody(Role.MEMBER), somebody(Role.CHILD)
THREE = Listed(monitors={id: Described(name=name) for id, name in ((1, "Plex"), (2, "NAS"), (3, "Secret"))}, whole=True)
SETTINGS = (
    MonitorSettings(
        monitor="plex", name="Films", meaning="Nothing can be watched.", carries=frozenset({"plex", "downloads"})
    ),
    MonitorSettings(monitor="3", roles=frozenset({Role.ADMIN})),
)


@pytest.fixture
async def life(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Life:
    return await lived(db, tmp_path, monkeypatch)


async def lived(db: Database, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Life:
    """A life of the process: nothing is in memory."""
    section = UptimeKumaSettings(url="http://127.0.0.1:1", username="admin")
    settings = Settings(uptime_kuma=section, monitors=SETTINGS)
    made = Life(Status(db, Live(), lambda: settings, building.ways(db, section, folder / "secret.key")), monkeypatch)
    await made.begin()
    return made


async def kinds(db: Database) -> list[str]:
    return [entry.kind for entry in await db.read(journal.after, 0)]


async def test_an_outage_is_an_incident_with_its_cause_and_people_are_told_of_both_ends(
    life: Life, db: Database
) -> None:
    await life.hear(0, THREE)
    await life.beat(0, UP)
    await life.beat(5, DOWN, words="connect ECONNREFUSED 192.168.1.5:32400")
    assert await kinds(db) == []
    await life.beat(6, DOWN)
    await life.beat(20, UP)
    await life.hear(21, Arrived())
    (incident,) = (await life.status.incidents(ALICE)).items
    assert (incident.name, incident.cause) == ("Films", "connect ECONNREFUSED 192.168.1.5:32400")
    assert (incident.opened_at, incident.closed_at) == (at(5), at(20))
    entries = await db.read(journal.after, 0)
    assert [(entry.kind, entry.subject_id, entry.data["name"]) for entry in entries] == [
        ("status.down", incident.id, "Films"),
        ("status.back", incident.id, "Films"),
    ]
    assert entries[1].data["lasted_s"] == 15 * 60
    assert DORA.sees(entries[0].audience)


async def test_the_journal_tells_of_a_service_only_to_who_is_shown_it(life: Life, db: Database) -> None:
    await life.hear(0, THREE)
    await life.beat(0, DOWN, monitor=3)
    await life.beat(2, DOWN, monitor=3)
    (entry,) = await db.read(journal.after, 0)
    assert (ALICE.sees(entry.audience), BOB.sees(entry.audience)) == (True, False)
    assert [len((await life.status.incidents(who)).items) for who in (ALICE, BOB)] == [1, 0]
    assert [one.name for one in life.status.standing(BOB).services] == ["NAS", "Films"]
    with pytest.raises(NoMonitor):
        life.status.service(BOB, 3)


async def test_a_process_that_died_goes_on_with_the_same_incident(
    life: Life, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await life.hear(0, THREE)
    await life.beat(0, UP)
    await life.beat(5, DOWN)
    await life.beat(6, DOWN)
    again = await lived(db, tmp_path, monkeypatch)
    await again.hear(9, THREE, Beaten(monitor=1, beats=(Beat(at(5), DOWN, None), Beat(at(8), DOWN, None)), whole=True))
    await again.beat(20, UP)
    await again.hear(21, Arrived())
    (incident,) = (await again.status.incidents(ALICE)).items
    assert (incident.opened_at, incident.closed_at) == (at(5), at(20))
    assert await kinds(db) == ["status.down", "status.back"]


async def test_what_nobody_knew_is_a_gap_and_not_up(life: Life, db: Database) -> None:
    await life.hear(0, THREE)
    await life.beat(0, UP)
    await life.lose(10)
    await life.hear(40, Beaten(monitor=1, beats=(Beat(at(40), UP, None),), whole=True))
    history = await life.status.history(BOB, 1, hours=1)
    assert [(one.state, one.began_at, one.ended_at) for one in history] == [(UP, at(0), at(0)), (UP, at(40), None)]


async def test_what_kuma_saw_meanwhile_closes_the_gap(life: Life, db: Database) -> None:
    await life.hear(0, THREE)
    await life.beat(0, UP)
    await life.beat(9, UP)
    await life.lose(10)
    seen = Beaten(monitor=1, beats=tuple(Beat(at(minute), UP, None) for minute in (0, 9, 20, 30)), whole=True)
    await life.hear(30, THREE, seen)
    assert [(one.state, one.began_at, one.ended_at) for one in await life.status.history(BOB, 1, hours=1)] == [
        (UP, at(0), None)
    ]


async def test_a_picture_of_a_day_is_of_what_was_written_and_heard(life: Life) -> None:
    await life.hear(0, THREE)
    await life.beat(0, UP)
    await life.beat(30, DOWN)
    await life.beat(45, UP)
    life.time(60)
    services = life.status.standing(BOB).services
    pictures = await life.status.pictures(services, hours=1, number=4)
    assert pictures[1] == [UP, UP, DOWN, UP]
    assert pictures[2] == [State.UNKNOWN] * 4


async def test_a_deleted_service_is_down_no_more(life: Life) -> None:
    await life.hear(0, THREE)
    await life.beat(0, DOWN)
    await life.hear(5, Gone(monitor=1))
    (incident,) = (await life.status.incidents(ALICE)).items
    assert incident.closed_at == at(5)
    assert await life.status._db.read(queries.last_stretches) == [
        Stretch(monitor=1, state=DOWN, began_at=at(0), ended_at=at(5))
    ]


async def test_what_a_service_carries_does_not_work_while_it_is_down_and_known_to_be(life: Life) -> None:
    await life.hear(0, THREE)
    await life.beat(0, UP)
    assert life.status.outages() == {}
    await life.beat(5, DOWN)
    outages = life.status.outages()
    assert set(outages) == {Function.PLEX, Function.DOWNLOADS}
    assert outages[Function.PLEX].since == at(5)
    assert [one.meaning for one in outages[Function.PLEX].services] == ["Nothing can be watched."]
    await life.lose(6)
    assert life.status.outages() == {}
    standing = life.status.standing(BOB)
    assert not standing.holds
    assert {standing.state_of(one) for one in standing.services} == {State.UNKNOWN}, "never a stale green"


async def test_that_the_portal_is_not_let_in_is_told_once_to_who_can_mend_it(life: Life, db: Database) -> None:
    await life.lose(0)
    assert await kinds(db) == []
    for minute in (1, 2, 3):
        await life.lose(minute, Trouble.CREDENTIALS)
    await life.hear(4, THREE)
    await life.hear(5, Arrived())
    entries = await db.read(journal.after, 0)
    assert [entry.kind for entry in entries] == ["status.refused", "status.mended"]
    assert [who.sees(entries[0].audience) for who in (ALICE, BOB)] == [True, False]


async def test_a_lesser_way_mends_nothing(life: Life, db: Database) -> None:
    await life.lose(1, Trouble.CREDENTIALS)
    for minute in (2, 3):
        life.time(minute)
        await tell(life.status, THREE, via=Via.STATUS_PAGE)
    assert await kinds(db) == ["status.refused"]
    await life.hear(4, THREE)
    assert await kinds(db) == ["status.refused", "status.mended"]


async def test_old_incidents_are_let_go_and_lists_come_in_pages(life: Life) -> None:
    await life.hear(0, THREE)
    for number in range(6):
        await life.beat(number * 60, DOWN)
        await life.beat(number * 60 + 30, UP)
    found: list[str] = []
    cursor = None
    while cursor is not None or not found:
        page = await life.status.incidents(ALICE, cursor=cursor, limit=4)
        found += [one.id for one in page.items]
        cursor = page.next_cursor
    assert len(set(found)) == len(found) == 6
    life.time(timedelta(days=401) / timedelta(minutes=1))
    (job,) = life.status.jobs()
    assert (await job.run()) is not None
    assert (await life.status.incidents(ALICE)).items == []
