"""Guessing passwords: the guesser is stopped, the victim still gets in."""

import asyncio

import pytest

from medianest.accounts import throttle
from medianest.accounts.errors import WrongPassword
from medianest.accounts.service import Accounts
from medianest.accounts.types import Client
from medianest.core.errors import TooMany
from tests.people import ELSEWHERE, HOME, PASSWORD, Cast

GUESSER = Client(address="198.51.100.7")


async def _guess(accounts: Accounts, name: str, client: Client) -> str:
    try:
        await accounts.sign_in(name, "not the password", client)
    except (WrongPassword, TooMany) as error:
        return error.code
    raise AssertionError("a wrong password got in")


@pytest.mark.parametrize("name", ["Bob", "Nobody at all"])
async def test_a_guesser_is_stopped_and_told_when_to_come_back(accounts: Accounts, cast: Cast, name: str) -> None:
    codes = [await _guess(accounts, name, GUESSER) for _ in range(7)]
    assert codes == ["wrong_password"] * 5 + ["too_many_tries"] * 2
    with pytest.raises(TooMany) as stopped:
        await accounts.sign_in(name, PASSWORD, GUESSER)
    assert stopped.value.retry_after is not None
    assert 50 < stopped.value.retry_after.total_seconds() <= 60


async def test_the_victim_gets_in_from_elsewhere_meanwhile(accounts: Accounts, cast: Cast) -> None:
    for _ in range(10):
        await _guess(accounts, "Bob", GUESSER)
    assert await accounts.sign_in("Bob", PASSWORD, HOME)


async def test_many_guesses_at_once_are_counted_like_many_after_another(accounts: Accounts, cast: Cast) -> None:
    codes = await asyncio.gather(*(_guess(accounts, "Bob", GUESSER) for _ in range(20)))
    assert codes.count("wrong_password") == 5


async def test_one_password_tried_at_many_names_is_stopped_too(accounts: Accounts, cast: Cast) -> None:
    codes = [await _guess(accounts, f"name {number}", GUESSER) for number in range(30)]
    assert codes.count("wrong_password") == throttle.HERE.burst


async def test_addresses_of_one_ipv6_network_are_one_guesser(accounts: Accounts, cast: Cast) -> None:
    codes = [await _guess(accounts, "Bob", Client(address=f"2001:db8:0:1:{n:x}::{n:x}")) for n in range(1, 9)]
    assert codes.count("wrong_password") == throttle.HERE_AT_NAME.burst


async def test_a_guesser_with_many_networks_is_stopped_and_the_victim_at_home_is_not(
    accounts: Accounts, cast: Cast
) -> None:
    await accounts.sign_in("Bob", PASSWORD, HOME)
    codes = [await _guess(accounts, "Bob", Client(address=f"2001:db8:{n:x}::1")) for n in range(40)]
    assert codes.count("wrong_password") == throttle.AT_NAME.burst
    with pytest.raises(TooMany):
        await accounts.sign_in("Bob", PASSWORD, ELSEWHERE)
    assert await accounts.sign_in("Bob", PASSWORD, HOME)
    assert await accounts.sign_in("Carol", PASSWORD, ELSEWHERE)


async def test_signing_in_rightly_is_never_counted(accounts: Accounts, cast: Cast) -> None:
    for _ in range(throttle.AT_NAME.burst + 5):
        await accounts.sign_in("Bob", PASSWORD, HOME)
