"""The order of the line: moves put one row beside another, write next to nothing, and never clash."""

import asyncio
import random
from collections.abc import Sequence

import pytest
from sqlalchemy import insert, select

from medianest.core import clock
from medianest.core.actor import Actor
from medianest.core.db import Database
from medianest.core.errors import Conflict, Forbidden
from medianest.downloads import queries
from medianest.downloads.errors import NoDownload
from medianest.downloads.line import turns
from medianest.downloads.line.order import GAP, Order, between
from medianest.downloads.models import DownloadRow
from medianest.downloads.states import ACTIVE, IN_LINE
from medianest.downloads.types import State
from tests.household import Household


@pytest.fixture
def order(household: Household) -> Order:
    """The order of a queue in which nothing begins."""
    return Order(household.db)


async def line_up(db: Database, owner: Actor, names: Sequence[str], *, room: int = GAP, **values: object) -> None:
    """Downloads in line in this order, behind all that are there."""
    there = len((await positions(db)).values())
    made = [
        {
            "id": name,
            "url": "",
            "source": name,
            "site": "tube.example",
            "title": name,
            "preset": "best",
            "position": (there + number) * room,
            "state": State.QUEUED,
            "owner_id": owner.id,
            "created_at": clock.now(),
        }
        | values
        for number, name in enumerate(names, 1)
    ]
    async with db.transaction() as session:
        await session.execute(insert(DownloadRow), made)


async def positions(db: Database) -> dict[str, int]:
    found = await db.read(lambda session: session.execute(select(DownloadRow.id, DownloadRow.position)).all())
    return {row.id: row.position for row in found}


async def shown(household: Household, actor: str = "Ada", *, mine: bool = False) -> list[str]:
    """What the page lists, in its order."""
    page = await household.db.read(
        queries.listing, household.actors[actor], states=ACTIVE & IN_LINE, mine=mine, limit=200
    )
    return [item.id for item in page.items]


async def test_one_step_up_and_down_passes_the_neighbour_of_the_same_person(household: Household, order: Order) -> None:
    alice, bob = household.actors["Alice"], household.actors["Bob"]
    await line_up(household.db, alice, ["a1"])
    await line_up(household.db, bob, ["b1"])
    await line_up(household.db, alice, ["a2", "a3"])
    await order.up(alice, "a2")
    assert await shown(household) == ["a2", "a1", "b1", "a3"]
    await order.down(alice, "a2")
    assert await shown(household) == ["a1", "a2", "b1", "a3"]
    await order.first(alice, "a3")
    assert await shown(household) == ["a3", "a1", "a2", "b1"]
    assert await shown(household, "Bob", mine=True) == ["b1"]


@pytest.mark.parametrize("step", [Order.up, Order.first])
async def test_the_first_stays_the_first_and_the_last_the_last(
    household: Household, order: Order, step: object
) -> None:
    alice = household.actors["Alice"]
    await line_up(household.db, alice, ["one", "two"])
    before = await positions(household.db)
    await step(order, alice, "one")  # type: ignore[operator]  # a method of two
    await order.down(alice, "two")
    assert await positions(household.db) == before


async def test_who_passes_another_of_higher_priority_gets_that_priority(household: Household, order: Order) -> None:
    alice = household.actors["Alice"]
    await line_up(household.db, alice, ["urgent"], priority=4)
    await line_up(household.db, alice, ["one", "two"])
    assert (await order.up(alice, "one")).priority == 4
    assert await shown(household) == ["one", "urgent", "two"]
    assert (await order.down(alice, "one")).priority == 4
    assert (await order.down(alice, "one")).priority == 0
    assert await shown(household) == ["urgent", "two", "one"]
    assert (await order.first(alice, "two")).priority == 4


async def test_a_row_is_put_directly_before_or_behind_any_that_one_sees(household: Household, order: Order) -> None:
    alice, bob, kim = (household.actors[name] for name in ("Alice", "Bob", "Kim"))
    await line_up(household.db, alice, ["a1", "a2"])
    await line_up(household.db, bob, ["b1", "b2"])
    await line_up(household.db, kim, ["k1"])
    await order.beside(alice, "a1", "b1", behind=True)
    assert await shown(household) == ["a2", "b1", "a1", "b2", "k1"]
    await order.beside(alice, "a2", "b2", behind=False)
    assert await shown(household) == ["b1", "a1", "a2", "b2", "k1"]
    await order.beside(alice, "a2", "a2", behind=False)
    with pytest.raises(Forbidden):
        await order.beside(alice, "b1", "a1", behind=False)
    with pytest.raises(NoDownload):
        await order.beside(kim, "k1", "a1", behind=False)
    assert await shown(household) == ["b1", "a1", "a2", "b2", "k1"]


@pytest.mark.parametrize("state", [State.RUNNING, State.COMPLETED, State.FAILED])
async def test_what_is_not_in_line_is_not_moved(household: Household, order: Order, state: State) -> None:
    alice = household.actors["Alice"]
    await line_up(household.db, alice, ["waits"])
    await line_up(household.db, alice, ["other"], state=state)
    for move in (order.up(alice, "other"), order.beside(alice, "waits", "other", behind=True)):
        with pytest.raises(Conflict) as caught:
            await move
        assert caught.value.code == "wrong_state"


async def test_a_position_is_taken_exactly_where_it_is_free_and_else_comes_before_what_has_it(
    household: Household, order: Order
) -> None:
    alice = household.actors["Alice"]
    await line_up(household.db, alice, ["one", "two", "three"])
    assert (await order.change(alice, "three", position=5)).position == 5
    assert await shown(household) == ["three", "one", "two"]
    moved = await order.change(alice, "two", position=5)
    assert moved.position < 5
    assert await shown(household) == ["two", "three", "one"]
    await order.change(alice, "two", position=GAP)
    assert await shown(household) == ["three", "two", "one"]
    await order.change(alice, "three", priority=-1, position=GAP)
    assert await shown(household) == ["two", "one", "three"]


@pytest.mark.parametrize(
    ("below", "above", "place"),
    [(None, None, GAP), (7, None, GAP + 7), (None, 7, 7 - GAP), (1, 3, 2), (1, 2, None), (-4, -1, -3)],
)
def test_there_is_a_place_between_two_or_none(below: int | None, above: int | None, place: int | None) -> None:
    assert between(below, above) == place


async def test_many_moves_to_one_place_among_ten_thousand_leave_nearly_all_rows_as_they_are(
    household: Household, order: Order
) -> None:
    alice = household.actors["Alice"]
    names = [f"{number:05}" for number in range(10_000)]
    await line_up(household.db, alice, names)
    before = await positions(household.db)
    for name in names[9_000:9_100]:
        await order.beside(alice, name, names[5_000], behind=False)
    after = await positions(household.db)
    written = [name for name in names if after[name] != before[name]]
    assert 100 < len(written) < 300
    ordered = sorted(names, key=lambda name: after[name])
    assert ordered == [*names[:5_000], *names[9_000:9_100], *names[5_000:9_000], *names[9_100:]]
    assert len(set(after.values())) == len(names)


async def test_moves_at_the_same_time_leave_every_row_a_place_of_its_own(household: Household, order: Order) -> None:
    alice = household.actors["Alice"]
    names = [f"{number:02}" for number in range(12)]
    await line_up(household.db, alice, names, room=1)
    chance = random.Random(7)
    tries = [(chance.choice(names), chance.choice(names), chance.random() < 0.5) for _ in range(120)]
    await asyncio.gather(*(order.beside(alice, one, other, behind=behind) for one, other, behind in tries))
    places = await positions(household.db)
    assert sorted(places) == names
    assert len(set(places.values())) == len(names)
    last, beside, behind = next(move for move in reversed(tries) if move[0] != move[1])
    line = await shown(household)
    assert line.index(last) - line.index(beside) == (1 if behind else -1)


async def test_a_members_moves_never_cross_people_and_a_curators_priority_does(
    household: Household, order: Order
) -> None:
    alice, cleo = household.actors["Alice"], household.actors["Cleo"]
    await line_up(household.db, cleo, ["c1"])
    await line_up(household.db, alice, ["a1", "a2"])
    await order.first(alice, "a2")
    await order.change(alice, "a2", priority=10)
    assert await next_turns(household) == ["c1", "a2"]
    await order.beside(alice, "a2", "c1", behind=False)
    assert await next_turns(household) == ["c1", "a2"]
    await order.change(household.actors["Ada"], "a1", priority=1)
    assert await next_turns(household) == ["a1", "c1"]
    await order.up(household.actors["Ada"], "a1")
    await order.change(cleo, "c1", priority=2)
    assert await next_turns(household) == ["c1", "a1"]


async def next_turns(household: Household) -> list[str]:
    return [head.id for head in turns.in_order(await household.db.read(turns.heads), {})]
