"""A thousand sign-ins that say they come from a thousand places: counted where they come from, and nowhere else."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import select

from medianest.accounts.events import SignInFailed
from medianest.accounts.throttle import AT_NAME, HERE_AT_NAME
from medianest.accounts.types import NewUser
from medianest.core.actor import SYSTEM, Role
from medianest.core.journal_tables import EntryRow
from medianest.core.security import new_token
from medianest.http import csrf
from tests.people import PASSWORD
from tests.rights.house import House, open_house
from tests.rights.test_table import PROXIED

pytestmark = pytest.mark.slow
TRIES, SOME = 1000, 200
FORGED = (
    "x-forwarded-for: {0}",
    "x-forwarded-for: {0}, 127.0.0.1",
    "forwarded: for={0};proto=https;host=nas",
    "x-real-ip: {0}",
    "true-client-ip: {0}",
    "cf-connecting-ip: {0}",
    "x-client-ip: {0}",
    "x-forwarded: {0}",
)


def _places(count: int) -> Iterator[str]:
    """So many addresses."""
    return (f"203.0.{n // 250}.{n % 250 + 1}" for n in range(count))


async def _sign_in(client: httpx.AsyncClient, password: str, fields: Mapping[str, str]) -> httpx.Response:
    secret = new_token()
    form = {"name": "Victim", "password": password, csrf.FIELD: csrf.token_of(secret)}
    own = {"cookie": f"medianest-form={secret}", "content-type": "application/x-www-form-urlencoded"}
    return await client.post("/sign-in", content=urlencode(form), headers={**own, **fields})


async def _flood(client: httpx.AsyncClient, every: Iterator[dict[str, str]]) -> Counter[int]:
    """How many guesses were answered with which status; who is refused is told when to come back."""
    told: Counter[int] = Counter()
    for fields in every:
        answer = await _sign_in(client, "a guess", fields)
        told[answer.status_code] += 1
        assert answer.status_code != 429 or int(answer.headers["retry-after"]) > 0
    return told


async def _victim(house: House) -> None:
    await house.portal.accounts.people.create(SYSTEM, NewUser(name="Victim", role=Role.MEMBER, password=PASSWORD))


async def _failures(house: House) -> Counter[str | None]:
    """From where, by the journal, guesses were looked at."""
    failed = select(EntryRow.address).where(EntryRow.kind == SignInFailed.kind)
    return Counter(await house.portal.db.read(lambda session: session.scalars(failed).all()))


def _few(tries: int, burst: int) -> bool:
    """The burst, and what came back while the tries lasted."""
    return burst <= tries <= burst + 3


async def test_what_a_stranger_says_of_their_address_counts_for_nothing(tmp_path: Path) -> None:
    claims = (FORGED[n % len(FORGED)].format(place).split(": ", 1) for n, place in enumerate(_places(TRIES)))
    async with open_house(tmp_path) as house, house.client() as client:
        await _victim(house)
        told = await _flood(client, ({name: value} for name, value in claims))
        assert told.total() == TRIES
        assert set(told) == {422, 429}
        assert _few(told[422], HERE_AT_NAME.burst)
        assert await _failures(house) == {"127.0.0.1": told[422]}
        elsewhere = httpx.AsyncHTTPTransport(local_address="127.0.0.2")
        async with httpx.AsyncClient(base_url=house.url, transport=elsewhere) as home:
            assert (await _sign_in(home, PASSWORD, {})).status_code == 303
        assert (await _sign_in(client, PASSWORD, {})).status_code == 429


async def test_through_our_proxy_only_what_it_heard_itself_counts(tmp_path: Path) -> None:
    heard = "198.51.100.7"
    claims = ({"x-forwarded-for": f"{place}, {heard}", "x-real-ip": place, "forwarded": f"for={place}"}
              for place in _places(SOME))  # fmt: skip
    async with open_house(tmp_path, server=PROXIED) as house, house.client() as client:
        await _victim(house)
        told = await _flood(client, claims)
        assert _few(told[422], HERE_AT_NAME.burst)
        assert await _failures(house) == {heard: told[422]}
        assert (await _sign_in(client, PASSWORD, {"x-forwarded-for": "198.51.100.8"})).status_code == 303


async def test_the_addresses_of_one_household_are_one(tmp_path: Path) -> None:
    async with open_house(tmp_path, server=PROXIED) as house, house.client() as client:
        await _victim(house)
        told = await _flood(client, ({"x-forwarded-for": f"2001:db8:0:1:{n:x}::{n:x}"} for n in range(1, SOME + 1)))
        assert _few(told[422], HERE_AT_NAME.burst)
        assert (await _sign_in(client, PASSWORD, {"x-forwarded-for": "2001:db8:0:1::1"})).status_code == 429
        assert (await _sign_in(client, PASSWORD, {"x-forwarded-for": "2001:db8:0:2::1"})).status_code == 303


async def test_who_has_many_networks_does_not_lock_the_victim_out_at_home(tmp_path: Path) -> None:
    home = {"x-forwarded-for": "2001:db8:ffff:1::1"}
    async with open_house(tmp_path, server=PROXIED) as house, house.client() as client:
        await _victim(house)
        assert (await _sign_in(client, PASSWORD, home)).status_code == 303
        told = await _flood(client, ({"x-forwarded-for": f"2001:db8:{n:x}::1"} for n in range(SOME)))
        assert _few(told[422], AT_NAME.burst)
        assert (await _sign_in(client, PASSWORD, {"x-forwarded-for": "2001:db8:fffe::1"})).status_code == 429
        assert (await _sign_in(client, PASSWORD, home)).status_code == 303
