"""What a person's plan leaves: all passes of theirs together receive exactly so much and not a byte more."""

import asyncio

import pytest

from medianest.downloads.egress.passes import Pass
from medianest.downloads.plans.meters import Budget, Meter
from tests.downloads.egress.conftest import House, Site, get, says, sized

BODY = b"x" * 200_000
HEAD = len(sized(BODY)) - len(BODY)


def metered(house: House, budget: Budget, name: str = "job", *, byte_limit: int | None = None) -> tuple[Pass, Meter]:
    meter = Meter(download_id=name, owner_id="somebody", budget=budget)
    return house.egress.open_pass(name, meter=meter, byte_limit=byte_limit), meter


async def serving(house: House) -> Site:
    return await house.site(says(sized(BODY)))


async def test_what_fits_to_the_byte_comes_whole(house: House) -> None:
    site, budget = await serving(house), Budget(left=HEAD + len(BODY))
    job, meter = metered(house, budget)
    reply = await (await house.client()).ask(get(job, site.address))
    assert reply.body == BODY
    assert (meter.received, budget.left, job.exhausted) == (HEAD + len(BODY), 0, False)


@pytest.mark.parametrize("missing", [1, 1_000, len(BODY) - 1, len(BODY), len(BODY) + 1])
async def test_what_is_larger_by_a_byte_is_cut_after_the_last_that_fits(house: House, missing: int) -> None:
    site, budget = await serving(house), Budget(left=HEAD + len(BODY) - missing)
    job, meter = metered(house, budget)
    client = await house.client()
    client.send(get(job, site.address))
    assert await client.is_reset() or missing > len(BODY)
    assert (job.exhausted, job.is_over_budget) == (True, True)
    fits = HEAD + len(BODY) - missing
    assert (meter.received, budget.left) == ((fits, 0) if fits >= HEAD else (0, fits))


async def test_a_body_without_a_length_that_ends_at_the_ceiling_is_whole(house: House) -> None:
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    site = await house.site(says(head + BODY))
    job, _ = metered(house, Budget(left=len(head) + len(BODY)))
    reply = await (await house.client()).ask(get(job, site.address))
    assert reply.body == BODY
    assert not job.exhausted
    short, _ = metered(house, Budget(left=len(head) + len(BODY) - 1), "short")
    client = await house.client()
    client.send(get(short, site.address))
    assert await client.is_reset()
    assert short.is_over_budget


async def test_passes_that_share_a_budget_receive_no_more_than_it_together(house: House) -> None:
    site, budget = await serving(house), Budget(left=HEAD * 4 + len(BODY) * 2 + 5_000)
    whole = budget.left
    runs = [metered(house, budget, f"job {number}") for number in range(4)]
    clients = [await house.client() for _ in runs]
    for (job, _), client in zip(runs, clients, strict=True):
        client.send(get(job, site.address))
    await asyncio.gather(*(client.reader.read(1) for client in clients), return_exceptions=True)
    resets = await asyncio.gather(*(client.is_reset() for client in clients))
    assert True in resets
    assert sum(meter.received for _, meter in runs) == whole
    assert budget.left == 0


async def test_the_limit_of_a_file_is_told_apart_from_the_budget(house: House) -> None:
    site = await serving(house)
    job, _ = metered(house, Budget(left=10**9), byte_limit=100_000)
    client = await house.client()
    client.send(get(job, site.address))
    assert await client.is_reset()
    assert (job.exhausted, job.is_over_budget) == (True, False)


async def test_a_budget_without_an_end_only_counts(house: House) -> None:
    site = await serving(house)
    job, meter = metered(house, Budget())
    assert (await (await house.client()).ask(get(job, site.address))).body == BODY
    assert (meter.received, meter.left) == (HEAD + len(BODY), None)
