"""The speed limit: kept by all passes together, shared fairly among them, changed at any moment."""

import asyncio
import heapq
import time
from collections.abc import Sequence

import pytest

from medianest.downloads.egress.passes import Pass
from medianest.downloads.egress.throttle import Throttle
from tests.downloads.egress.conftest import Client, House, Site, get
from tests.downloads.egress.test_cutting import LIVE, endless


def moved(rate: int, lines: Sequence[int], *, seconds: float, wishes: dict[int, int] | None = None) -> list[int]:
    """What passes with so many connections move in so much virtual time; of `wishes`, no more than that a second."""
    now = 0.0
    throttle = Throttle(lambda: rate, monotonic=lambda: now)
    totals = [0] * len(lines)
    due = [(0.0, one, line) for one, number in enumerate(lines) for line in range(number)]
    while due[0][0] < seconds:
        now, one, line = heapq.heappop(due)
        size = throttle.piece(lines[one])
        assert size
        totals[one] += size
        wait = throttle.spend(size)
        slowly = size / wishes[one] if wishes and one in wishes else 0.0
        heapq.heappush(due, (now + max(wait, slowly), one, line))
    return totals


@pytest.mark.parametrize("lines", [[1, 1], [1, 8], [1, 2, 16, 1], [3] * 10])
@pytest.mark.parametrize("rate", [50_000, 1_000_000, 80_000_000])
def test_each_pass_gets_the_same_on_however_many_connections(rate: int, lines: list[int]) -> None:
    totals = moved(rate, lines, seconds=60)
    assert sum(totals) == pytest.approx(rate * 60, rel=0.05)
    assert max(totals) < 1.1 * min(totals)


def test_what_a_slow_one_leaves_goes_to_the_others() -> None:
    slow, *others = moved(1_000_000, [1, 1, 4], seconds=60, wishes={0: 100_000})
    assert slow == pytest.approx(100_000 * 60, rel=0.1)
    assert others == pytest.approx([450_000 * 60] * 2, rel=0.1)


def test_a_throttle_says_how_long_to_wait() -> None:
    now = 50.0
    rate: int | None = 1_000_000
    throttle = Throttle(lambda: rate, monotonic=lambda: now)
    assert throttle.spend(100_000) == pytest.approx(0.1)
    assert throttle.spend(100_000) == pytest.approx(0.2)
    now = 50.15
    assert throttle.spend(100_000) == pytest.approx(0.15)
    rate = None
    assert (throttle.spend(10**9), throttle.piece(1)) == (0.0, None)
    rate = 500_000
    assert throttle.spend(100_000) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("rate", "lines", "piece"),
    [(1_000, 1, 4096), (1_000_000, 1, 100_000), (1_000_000, 4, 25_000), (10**9, 1, 262_144), (1_000, 99, 256)],
)
def test_a_turn_is_a_tenth_of_a_second_in_pieces_for_all_connections(rate: int, lines: int, piece: int) -> None:
    assert Throttle(lambda: rate).piece(lines) == piece


async def receiving(house: House, job: Pass, site: Site) -> Client:
    client = await house.client()
    client.send(get(job, site.address))
    await client.reader.readexactly(len(LIVE))
    return client


async def test_all_passes_together_keep_the_limit_and_share_it(house: House) -> None:
    house.rate = 2_000_000
    site = await house.site(endless(head=LIVE))
    many, one = house.egress.open_pass("many"), house.egress.open_pass("one")
    clients = [await receiving(house, many, site) for _ in range(4)]
    mine = await receiving(house, one, site)
    began, before = time.monotonic(), (many.received, one.received)
    draining = [asyncio.create_task(client.is_reset()) for client in clients]
    await mine.reader.readexactly(one.received - len(LIVE) + 1_000_000)
    took_s = time.monotonic() - began
    of_many, of_one = many.received - before[0], one.received - before[1]
    assert of_many + of_one < 2_000_000 * took_s * 1.2 + 300_000
    assert 0.6 < of_many / of_one < 1.6
    house.egress.close_pass("many")
    assert all(await asyncio.gather(*draining))


async def test_another_limit_holds_for_what_is_under_way(house: House) -> None:
    site = await house.site(endless(head=LIVE))
    house.rate = 100_000
    client = await receiving(house, house.egress.open_pass("job"), site)
    began = time.monotonic()
    await client.reader.readexactly(150_000)
    slow_s = time.monotonic() - began
    house.rate = None
    began = time.monotonic()
    await client.reader.readexactly(3_000_000)
    fast_s = time.monotonic() - began
    assert slow_s > 0.3
    assert fast_s < 3_000_000 / 100_000 / 5
