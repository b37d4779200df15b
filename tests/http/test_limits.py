"""How much one person, token or network may ask."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from medianest.accounts.types import Scope
from medianest.core.actor import SYSTEM
from medianest.core.buckets import Rate
from medianest.core.db import Database
from medianest.http.limits import Rates
from tests.http.portal import Portal, run_portal

HOUR = timedelta(hours=1)


@pytest.fixture
async def strict(db: Database, tmp_path: Path) -> AsyncIterator[Portal]:
    rates = Rates(stranger=Rate(burst=5, every=HOUR), person=Rate(burst=8, every=HOUR))
    async with run_portal(db, tmp_path, rates=rates, trusted_proxies=("127.0.0.1",)) as running:
        yield running


async def _ask(http: httpx.AsyncClient, times: int, headers: dict[str, str], *, at: str = "/") -> list[int]:
    return [(await http.get(at, headers=headers)).status_code for _ in range(times)]


async def test_networks_people_and_tokens_are_counted_apart(strict: Portal) -> None:
    async with httpx.AsyncClient(base_url=strict.url, trust_env=False) as http:
        _, bob = await strict.enter(strict.cast.bob)
        _, dora = await strict.enter(strict.cast.dora)
        _, secret = await strict.accounts.create_token(SYSTEM, "x", frozenset({Scope.READ}), owner="Bob")
        bob.pop("x-csrf-token")
        assert await _ask(http, 10, bob) == [200] * 8 + [429] * 2
        assert await _ask(http, 10, {"authorization": f"Bearer {secret}"}, at="/api/v1/me") == [200] * 8 + [429] * 2
        assert await _ask(http, 2, dora) == [200] * 2


async def test_a_stranger_who_floods_is_told_when_to_come_back_and_others_are_served(strict: Portal) -> None:
    async with httpx.AsyncClient(base_url=strict.url, trust_env=False) as http:
        here = {"x-forwarded-for": "192.0.2.7"}
        assert await _ask(http, 7, here) == [200] * 5 + [429] * 2
        refused = await http.get("/", headers=here)
        assert 3500 < int(refused.headers["retry-after"]) <= 3601
        assert refused.text.startswith("too_many_requests: ")
        assert await _ask(http, 1, {"x-forwarded-for": "192.0.2.8"}) == [200]


async def test_a_chosen_address_does_not_evade_the_count(strict: Portal) -> None:
    async with httpx.AsyncClient(base_url=strict.url, trust_env=False) as http:
        spoofed = [{"x-forwarded-for": f"10.9.8.{n}, 192.0.2.7"} for n in range(7)]
        assert [(await http.get("/", headers=one)).status_code for one in spoofed] == [200] * 5 + [429] * 2
        rotated = [{"x-forwarded-for": f"2001:db8:0:1::{n:x}"} for n in range(1, 8)]
        assert [(await http.get("/", headers=one)).status_code for one in rotated] == [200] * 5 + [429] * 2


async def test_guessing_tokens_counts_as_a_strangers_asking(strict: Portal) -> None:
    async with httpx.AsyncClient(base_url=strict.url, trust_env=False) as http:
        guesses = [{"authorization": f"Bearer mn_{n}"} for n in range(7)]
        assert [(await http.get("/api/v1/me", headers=one)).status_code for one in guesses] == [401] * 5 + [429] * 2


async def test_a_route_may_be_called_only_so_often_by_each(portal: Portal, http: httpx.AsyncClient) -> None:
    _, bob = await portal.enter(portal.cast.bob)
    _, dora = await portal.enter(portal.cast.dora)
    assert [(await http.post("/rare", headers=bob)).status_code for _ in range(3)] == [201, 201, 429]
    assert (await http.post("/rare", headers=dora)).status_code == 201
    assert (await http.get("/me", headers=bob)).status_code == 200
