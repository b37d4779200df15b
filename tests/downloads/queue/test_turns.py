"""Whose turn it is, as a table of cases, and as the database says it with many rows."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from medianest.core.circuit import Circuit
from medianest.core.circuit import State as CircuitState
from medianest.core.db import Database
from medianest.downloads.line import turns
from medianest.downloads.line.turns import Closed, Head, Rest, Share, Turn
from medianest.downloads.models import DownloadRow
from medianest.downloads.sites.health import Site
from medianest.downloads.types import State
from tests.household import cast

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOW + timedelta(seconds=7)


def head(
    id: str,
    owner: str,
    *,
    site: str = "tube.example",
    rank: int = 0,
    priority: int = 0,
    position: int = 0,
    asked: int = 0,
) -> Head:
    at = NOW + timedelta(seconds=asked)
    return Head(id=id, owner_id=owner, site=site, rank=rank, priority=priority, position=position, created_at=at)


def share(bytes: int, *, minutes_ago: int = 30) -> Share:
    return Share(bytes=bytes, last_at=NOW - timedelta(minutes=minutes_ago))


@pytest.mark.parametrize(
    ("heads", "shares", "expected"),
    [
        pytest.param(
            [head("list", "alice", position=1), head("one", "bob", position=400)],
            {"alice": share(10)},
            ["one", "list"],
            id="who had nothing yet goes before a list of hundreds",
        ),
        pytest.param(
            [head("a", "alice", position=1), head("b", "bob", position=2)],
            {"alice": share(500), "bob": share(200)},
            ["b", "a"],
            id="fewer bytes go first",
        ),
        pytest.param(
            [head("a", "alice", position=1), head("b", "bob", position=2)],
            {"alice": share(0, minutes_ago=1), "bob": share(0, minutes_ago=2)},
            ["b", "a"],
            id="of equals, whose last turn is longer ago",
        ),
        pytest.param(
            [head("a", "alice", position=1, asked=7), head("b", "bob", position=2, asked=2)],
            {},
            ["b", "a"],
            id="of newcomers, who asked first, wherever they moved it",
        ),
        pytest.param(
            [head("a", "alice", priority=10, asked=7), head("b", "bob", asked=2)],
            {},
            ["b", "a"],
            id="priority does not cross people",
        ),
        pytest.param(
            [head("a", "alice", position=1), head("c", "cleo", rank=3, priority=3, position=9)],
            {"cleo": share(10**9)},
            ["c", "a"],
            id="a curator's does",
        ),
        pytest.param(
            [
                head("late", "alice", site="b.example", position=3),
                head("early", "alice", site="a.example", position=2),
                head("urgent", "alice", site="c.example", priority=1, position=9),
            ],
            {},
            ["urgent", "early", "late"],
            id="one's own go by priority, then position",
        ),
    ],
)
def test_who_goes_first(heads: list[Head], shares: dict[str, Share], expected: list[str]) -> None:
    assert [found.id for found in turns.in_order(heads, shares)] == expected


def site(name: str, **facts: object) -> Site:
    return Site(name=name, **facts)  # type: ignore[arg-type]  # of several kinds


OPEN = Circuit(state=CircuitState.OPEN, until=LATER.timestamp())
OVER = Circuit(state=CircuitState.OPEN, until=NOW.timestamp() - 1)


@pytest.mark.parametrize(
    ("sites", "busy", "expected"),
    [
        ([site("a"), site("b")], {}, Turn(id="1", site="a")),
        ([site("a"), site("b")], {"a": 2}, Turn(id="2", site="b")),
        ([site("a"), site("b")], {"a": 2, "b": 2}, None),
        ([site("a", per_site=3), site("b")], {"a": 2}, Turn(id="1", site="a")),
        ([site("a", rests_until=LATER), site("b")], {}, Turn(id="2", site="b")),
        ([site("a", rests_until=LATER), site("b")], {"b": 2}, Rest(until=LATER)),
        ([site("a", circuit=OPEN), site("b")], {}, Closed(site=site("a", circuit=OPEN))),
        ([site("a", circuit=OVER), site("b")], {}, Turn(id="1", site="a", is_probe=True)),
        ([site("a", held_at=NOW), site("b")], {}, Closed(site=site("a", held_at=NOW))),
    ],
)
def test_what_may_begin(sites: list[Site], busy: dict[str, int], expected: turns.Step) -> None:
    line = [head("1", "alice", site="a", position=1), head("2", "alice", site="b", position=2)]
    known = {one.name: one for one in sites}
    assert turns.choose(line, known, NOW, busy=busy, per_site=2) == expected


async def _queue(db: Database, rows: int, owners: list[str], sites: int) -> None:
    made = [
        {
            "id": f"{number:06}",
            "url": "",
            "source": f"{number}",
            "site": f"site{number % sites}.example",
            "title": "",
            "preset": "best",
            "position": number,
            "priority": number % 3,
            "state": State.QUEUED if number % 2 else State.COMPLETED,
            "owner_id": owners[number // sites % len(owners)],
            "created_at": NOW,
        }
        for number in range(rows)
    ]
    async with db.transaction() as session:
        await session.execute(insert(DownloadRow), made)


async def test_the_next_of_each_person_and_site_is_found(db: Database) -> None:
    owners = [actor.id for actor in (await cast(db)).values() if actor.id]
    await _queue(db, 600, owners, 7)
    found = await db.read(turns.heads)

    def slowly(session: Session) -> dict[tuple[str, str], str]:
        order = "ORDER BY rank DESC, priority DESC, position"
        rows = session.execute(text(f"SELECT * FROM downloads WHERE state = 'queued' {order}"))
        first: dict[tuple[str, str], str] = {}
        for row in rows:
            first.setdefault((row.owner_id, row.site), row.id)
        return first

    expected = await db.read(slowly)
    assert {(one.owner_id, one.site): one.id for one in found} == expected
    assert len(found) == len(owners) * 7


async def test_however_long_the_line_is_only_its_heads_are_looked_at(db: Database) -> None:
    """Each step of the scan is a search in the index; nothing is sorted, and no table is read through."""
    await _queue(db, 50, [actor.id for actor in (await cast(db)).values() if actor.id], 3)

    def plan(session: Session) -> list[str]:
        bind = session.get_bind()
        query = turns._heads().compile(bind, compile_kwargs={"literal_binds": True})
        return [row.detail for row in session.execute(text(f"EXPLAIN QUERY PLAN {query}"))]

    steps = await db.read(plan)
    touching = [step for step in steps if "downloads" in step or "here" in step]
    assert touching
    assert all(step.startswith("SEARCH") for step in touching), steps
    assert not [step for step in steps if "TEMP B-TREE" in step], steps
