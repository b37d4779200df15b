"""Signing in: who gets in, who does not, and what is kept of it."""

import asyncio

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from medianest.accounts import passwords, sessions
from medianest.accounts.errors import Suspended, WrongPassword
from medianest.accounts.models import SessionRow, TokenRow, UserRow
from medianest.accounts.passwords import Passwords
from medianest.accounts.service import Accounts
from medianest.accounts.types import Client, Scope, UserChange
from medianest.core import journal_pages
from medianest.core.actor import SYSTEM, Role, Via
from medianest.core.db import Database
from medianest.core.errors import Invalid, TooMany
from medianest.core.journal_pages import Sought
from tests.people import ELSEWHERE, HOME, PASSWORD, Cast, cheap_passwords, sign_in

TABLES = (UserRow, SessionRow, TokenRow)


async def test_the_right_password_opens_a_session_that_resolves_to_the_person(accounts: Accounts, cast: Cast) -> None:
    opened, actor = await sign_in(accounts, cast.bob)

    assert opened.user == cast.bob
    assert (actor.id, actor.name, actor.role, actor.via) == (cast.bob.id, "Bob", Role.MEMBER, Via.WEB)
    assert actor.session_id == opened.session_id
    assert actor.authenticated_at is not None


@pytest.mark.parametrize("name", ["bob", "BOB", "  Bob ", "ＢＯＢ"])
async def test_a_name_is_one_in_every_case_and_width(accounts: Accounts, cast: Cast, name: str) -> None:
    assert (await accounts.sign_in(name, PASSWORD, HOME)).user.id == cast.bob.id


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("Bob", "wrong"),
        ("Bob", PASSWORD + " "),
        ("Bob", ""),
        ("Bob", "x" * 2_000_000),
        ("Nobody", PASSWORD),
        ("", PASSWORD),
        ("\x00'; DROP TABLE users", PASSWORD),
        ("\ud800", PASSWORD),
        ("Bob", "\ud800"),
        ("B" * 100_000, PASSWORD),
    ],
)
async def test_what_is_wrong_of_name_and_password_is_not_told(
    accounts: Accounts, cast: Cast, name: str, password: str
) -> None:
    with pytest.raises(WrongPassword) as refused:
        await accounts.sign_in(name, password, HOME)
    assert (refused.value.message.id, dict(refused.value.message.values)) == ("accounts.wrong_password", {})


async def test_a_composed_letter_and_its_parts_are_the_same_password(accounts: Accounts, cast: Cast) -> None:
    await accounts.people.reset_password(SYSTEM, "Bob", "Gärtnerinnen-Lied")
    assert await accounts.sign_in("Bob", "Ga\u0308rtnerinnen-Lied", HOME)


async def test_the_stand_in_for_unknown_names_costs_what_a_real_hash_costs() -> None:
    today = Passwords()
    assert not today.is_outdated(passwords.NOBODYS_HASH)
    assert passwords.NOBODYS_HASH.startswith("$argon2id$")
    assert await today.matches(None, "anything at all") is False


async def test_a_suspended_person_is_told_so_only_with_the_right_password(accounts: Accounts, cast: Cast) -> None:
    await accounts.people.change(SYSTEM, cast.bob.id, UserChange(suspended=True))
    with pytest.raises(Suspended):
        await accounts.sign_in("Bob", PASSWORD, HOME)
    with pytest.raises(WrongPassword):
        await accounts.sign_in("Bob", "wrong", HOME)


async def test_signing_in_replaces_the_session_that_the_browser_had(accounts: Accounts, cast: Cast) -> None:
    planted, _ = await sign_in(accounts, cast.gus)
    opened = await accounts.sign_in("Bob", PASSWORD, HOME, replaces=planted.session_id)

    assert opened.secret != planted.secret
    assert await accounts.identities.of_session(planted.secret, None) is None
    assert await accounts.identities.of_session(opened.secret, None) is not None


async def test_only_hashes_of_secrets_are_in_the_database(accounts: Accounts, cast: Cast, db: Database) -> None:
    opened, actor = await sign_in(accounts, cast.alice)
    _, secret = await accounts.create_token(actor, "phone", frozenset({Scope.READ}))
    dump = await db.read(lambda session: repr([session.execute(select(*table.__table__.c)).all() for table in TABLES]))
    assert opened.session_id in dump
    assert "$argon2id$" in dump
    for plain in (opened.secret, secret, PASSWORD):
        assert plain not in dump


async def test_an_old_way_of_hashing_is_renewed_at_the_next_sign_in(
    db: Database, accounts: Accounts, cast: Cast
) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=32, parallelism=1).hash(PASSWORD)
    async with db.transaction() as session:
        await session.execute(update(UserRow).where(UserRow.id == cast.bob.id).values(password_hash=old))
    await accounts.sign_in("Bob", PASSWORD, HOME)
    kept = await db.read(lambda session: session.scalar(select(UserRow.password_hash).where(UserRow.id == cast.bob.id)))
    assert kept != old
    await accounts.sign_in("Bob", PASSWORD, HOME)


async def test_a_person_has_only_so_many_sessions_and_loses_the_oldest(accounts: Accounts, cast: Cast) -> None:
    first, _ = await sign_in(accounts, cast.bob)
    for _ in range(sessions.SESSIONS_MOST):
        newest, actor = await sign_in(accounts, cast.bob)
    assert len(await accounts.list_sessions(actor)) == sessions.SESSIONS_MOST
    assert await accounts.identities.of_session(first.secret, None) is None
    assert await accounts.identities.of_session(newest.secret, None)


async def test_what_happens_at_the_door_is_in_the_journal(accounts: Accounts, cast: Cast, db: Database) -> None:
    client = Client(address="192.168.1.20", user_agent="Fire\r\nfox\x1b[31m", request_id="request-1")
    with pytest.raises(WrongPassword):
        await accounts.sign_in("Bob", "wrong", client)
    with pytest.raises(WrongPassword):
        await accounts.sign_in("my password typed as a name", "wrong", client)
    opened = await accounts.sign_in("Bob", PASSWORD, client)
    actor = await accounts.identities.of_session(opened.secret, None)
    assert actor
    await accounts.sign_out(actor)

    kinds = frozenset({"user.sign_in_failed", "user.signed_in", "user.signed_out"})
    out, came, unknown, failed = (await db.read(journal_pages.page, Sought(kinds=kinds))).items
    assert (failed.kind, failed.subject_id, failed.address) == ("user.sign_in_failed", cast.bob.id, client.address)
    assert failed.audience == {"role:admin", f"user:{cast.bob.id}"}
    assert (unknown.subject_id, unknown.audience) == ("", {"role:admin"})
    assert "typed as a name" not in repr(unknown)
    assert (came.kind, came.actor_id, came.data) == ("user.signed_in", cast.bob.id, {"user_agent": "Firefox[31m"})
    assert came.request_id == "request-1"
    assert (out.kind, out.actor_id) == ("user.signed_out", cast.bob.id)


async def test_a_password_changed_while_it_is_looked_at_opens_nothing(accounts: Accounts, cast: Cast) -> None:
    tries = [accounts.sign_in("Bob", PASSWORD, HOME) for _ in range(3)]
    reset = accounts.people.reset_password(SYSTEM, "Bob", "quite another one")
    done = await asyncio.gather(*tries, reset, return_exceptions=True)
    for opened in done[:3]:
        assert isinstance(opened, WrongPassword) or not await accounts.identities.of_session(opened.secret, None)


async def test_changing_ones_password_ends_all_sessions_but_the_new_one(accounts: Accounts, cast: Cast) -> None:
    phone, _ = await sign_in(accounts, cast.bob, ELSEWHERE)
    opened, actor = await sign_in(accounts, cast.bob)
    with pytest.raises(WrongPassword):
        await accounts.change_password(actor, "wrong", "a longer and better one", HOME)
    with pytest.raises(Invalid):
        await accounts.change_password(actor, PASSWORD, "short", HOME)
    renewed = await accounts.change_password(actor, PASSWORD, "a longer and better one", HOME)

    alive = [await accounts.identities.of_session(one.secret, None) for one in (phone, opened, renewed)]
    assert [bool(actor) for actor in alive] == [False, False, True]


async def test_proving_oneself_again_makes_a_fresh_session(accounts: Accounts, cast: Cast) -> None:
    opened, actor = await sign_in(accounts, cast.bob)
    again = await accounts.sign_in_again(actor, PASSWORD, HOME)
    renewed = await accounts.identities.of_session(again.secret, None)
    assert renewed is not None
    assert renewed.authenticated_at is not None
    assert actor.authenticated_at is not None
    assert renewed.authenticated_at > actor.authenticated_at
    assert await accounts.identities.of_session(opened.secret, None) is None


async def test_hashing_turns_people_away_rather_than_queueing_without_end() -> None:
    hasher = cheap_passwords()
    done = await asyncio.gather(*(hasher.hash(PASSWORD) for _ in range(60)), return_exceptions=True)
    turned_away = [error for error in done if isinstance(error, TooMany)]
    assert len(turned_away) == 60 - passwords.WAITING_MOST
    assert {error.code for error in turned_away} == {"busy"}
    assert await hasher.hash(PASSWORD)
