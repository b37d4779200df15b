"""The first administrator: only who holds the printed link becomes one, and only once."""

import asyncio

import pytest

from medianest.accounts.errors import SetupClosed
from medianest.accounts.service import Accounts
from medianest.core import journal
from medianest.core.actor import SYSTEM, Role
from medianest.core.db import Database
from medianest.core.errors import Invalid
from tests.people import HOME, PASSWORD


async def test_the_link_makes_an_administrator_who_is_signed_in(accounts: Accounts, db: Database) -> None:
    secret = await accounts.new_setup_secret()
    assert secret
    assert not await accounts.is_set_up()
    opened = await accounts.first_admin(secret, "Alice", PASSWORD, HOME)

    actor = await accounts.identities.of_session(opened.secret, None)
    assert actor is not None
    assert actor.role is Role.ADMIN
    assert await accounts.is_set_up()
    assert await accounts.new_setup_secret() is None
    kinds = [entry.kind for entry in await db.read(journal.after, 0)]
    assert kinds == ["user.created", "user.signed_in"]


@pytest.mark.parametrize("guess", ["", "x", "\ud800", "x" * 100_000])
async def test_a_stranger_without_the_link_becomes_nothing(accounts: Accounts, guess: str) -> None:
    with pytest.raises(SetupClosed):
        await accounts.first_admin(guess, "Mallory", PASSWORD, HOME)
    await accounts.new_setup_secret()
    with pytest.raises(SetupClosed):
        await accounts.first_admin(guess, "Mallory", PASSWORD, HOME)
    assert not await accounts.is_set_up()


async def test_each_start_makes_a_new_link_and_the_old_one_is_worth_nothing(accounts: Accounts) -> None:
    old = await accounts.new_setup_secret()
    new = await accounts.new_setup_secret()
    assert old
    assert new
    assert old != new
    with pytest.raises(SetupClosed):
        await accounts.first_admin(old, "Alice", PASSWORD, HOME)
    await accounts.first_admin(new, "Alice", PASSWORD, HOME)


async def test_of_many_at_once_with_the_link_one_becomes_administrator(accounts: Accounts) -> None:
    secret = await accounts.new_setup_secret()
    assert secret
    tries = [accounts.first_admin(secret, f"Alice {number}", PASSWORD, HOME) for number in range(8)]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(not isinstance(one, BaseException) for one in done) == 1
    assert sum(isinstance(one, SetupClosed) for one in done) == 7
    assert len(await accounts.people.listing(SYSTEM)) == 1


async def test_a_refused_name_or_password_leaves_the_link_open(accounts: Accounts) -> None:
    secret = await accounts.new_setup_secret()
    assert secret
    for name, password, field in (("", PASSWORD, "name"), ("Alice", "short", "password")):
        with pytest.raises(Invalid) as refused:
            await accounts.first_admin(secret, name, password, HOME)
        assert [error.field for error in refused.value.fields] == [field]
    await accounts.first_admin(secret, "Alice", PASSWORD, HOME)


async def test_an_administrator_made_by_command_closes_the_link(accounts: Accounts) -> None:
    secret = await accounts.new_setup_secret()
    assert secret
    await accounts.create_admin(SYSTEM, "Alice", PASSWORD)
    with pytest.raises(SetupClosed):
        await accounts.first_admin(secret, "Mallory", PASSWORD, HOME)
