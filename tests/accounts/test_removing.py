"""Somebody leaves: what they proved themselves with ends, and what happened keeps a pseudonym."""

import pytest

from medianest.accounts.errors import LastAdmin, NoSuchUser, WrongPassword
from medianest.accounts.service import Accounts
from medianest.accounts.types import NewInvitation, NewUser, Scope, UserChange
from medianest.core import journal_pages
from medianest.core.actor import SYSTEM, Role
from medianest.core.db import Database
from medianest.core.errors import Forbidden
from medianest.core.journal_pages import Sought
from tests.people import HOME, PASSWORD, Cast, sign_in


async def test_who_was_removed_has_nothing_left_to_come_in_by(accounts: Accounts, cast: Cast) -> None:
    await accounts.people.change(SYSTEM, cast.bob.id, UserChange(role=Role.ADMIN))
    opened, bob = await sign_in(accounts, cast.bob)
    _, token = await accounts.create_token(bob, "x", frozenset({Scope.READ}))
    _, invitation = await accounts.invitations.create(bob, NewInvitation(role=Role.GUEST))
    _, alice = await sign_in(accounts, cast.alice)
    await accounts.people.remove(alice, cast.bob.id)
    assert await accounts.identities.of_session(opened.secret, None) is None
    assert await accounts.identities.of_token(token) is None
    assert not await accounts.identities.still(bob)
    assert await accounts.invitations.listing(SYSTEM) == []
    with pytest.raises(WrongPassword):
        await accounts.sign_in("Bob", PASSWORD, HOME)
    assert cast.bob.id not in [user.id for user in await accounts.people.listing(SYSTEM)]
    for verb in (accounts.people.one, accounts.people.remove, accounts.people.sign_out_everywhere):
        with pytest.raises(NoSuchUser):
            await verb(SYSTEM, cast.bob.id)
    with pytest.raises(NoSuchUser):
        await accounts.people.change(SYSTEM, cast.bob.id, UserChange(suspended=False))
    assert invitation


async def test_the_journal_keeps_what_happened_and_not_who_it_was(accounts: Accounts, cast: Cast, db: Database) -> None:
    _, bob = await sign_in(accounts, cast.bob)
    await accounts.create_token(bob.on(address="192.168.1.20", request_id=None), "Phone", frozenset({Scope.READ}))
    before = {entry.id: entry for entry in (await db.read(journal_pages.page)).items}
    await accounts.people.remove(SYSTEM, cast.bob.id)
    after = (await db.read(journal_pages.page)).items
    pseudonym = f"former-{cast.bob.id[:6]}"
    told = repr([entry for entry in after if entry.actor_id == cast.bob.id or entry.subject_id == cast.bob.id])
    assert "Bob" not in told
    assert "192.168" not in told
    assert "sofa" not in told
    assert before.keys() < {entry.id for entry in after}
    assert {entry.actor_name for entry in after if entry.actor_id == cast.bob.id} == {pseudonym}
    removed = next(entry for entry in after if entry.kind == "user.removed")
    assert removed.data == {"name": pseudonym, "heir_id": cast.alice.id}
    carols = [entry for entry in after if entry.subject_id == cast.carol.id]
    assert carols == [before[entry.id] for entry in carols]


async def test_the_name_is_free_for_somebody_else(accounts: Accounts, cast: Cast) -> None:
    await accounts.people.remove(SYSTEM, cast.bob.id)
    bob = await accounts.people.create(SYSTEM, NewUser(name="Bob", role=Role.GUEST, password=PASSWORD))
    assert bob.id != cast.bob.id
    await accounts.people.remove(SYSTEM, bob.id)
    for typed in (f"former-{cast.bob.id[:6]}", f"\x7f{cast.bob.id}", ""):
        with pytest.raises(WrongPassword):
            await accounts.sign_in(typed, PASSWORD, HOME)


async def test_the_last_administrator_stays_and_another_inherits(accounts: Accounts, cast: Cast, db: Database) -> None:
    _, alice = await sign_in(accounts, cast.alice)
    with pytest.raises(LastAdmin):
        await accounts.people.remove(alice, cast.alice.id)
    assert await accounts.people.one(alice, cast.alice.id) == cast.alice
    await accounts.people.change(SYSTEM, cast.carol.id, UserChange(role=Role.ADMIN, suspended=True))
    with pytest.raises(LastAdmin):
        await accounts.people.remove(alice, cast.alice.id)
    await accounts.people.change(SYSTEM, cast.carol.id, UserChange(suspended=False))
    await accounts.people.remove(alice, cast.alice.id)
    removed = (await db.read(journal_pages.page, Sought(kinds=frozenset({"user.removed"})))).items[0]
    assert removed.data["heir_id"] == cast.carol.id
    assert removed.actor_name == removed.data["name"]


async def test_only_administrators_let_somebody_go_and_sign_others_out(accounts: Accounts, cast: Cast) -> None:
    for user in (cast.bob, cast.carol, cast.dora, cast.gus):
        _, actor = await sign_in(accounts, user)
        with pytest.raises(Forbidden):
            await accounts.people.remove(actor, user.id)
        with pytest.raises(Forbidden):
            await accounts.people.set_password(actor, user.id, "a long enough one")
        with pytest.raises(NoSuchUser):
            await accounts.people.sign_out_everywhere(actor, cast.alice.id)
        with pytest.raises(NoSuchUser):
            await accounts.people.one(actor, cast.alice.id)
        with pytest.raises(NoSuchUser):
            await accounts.people.change(actor, cast.alice.id, UserChange(display_name="Mallory"))


async def test_ones_own_name_and_language_are_ones_own_to_change(accounts: Accounts, cast: Cast, db: Database) -> None:
    _, bob = await sign_in(accounts, cast.bob)
    changed = await accounts.people.change(bob, cast.bob.id, UserChange(display_name="Bobby", language="de"))
    assert (changed.display_name, changed.language) == ("Bobby", "de")
    changed = await accounts.people.change(bob, cast.bob.id, UserChange(language=""))
    assert changed.language is None
    told = (await db.read(journal_pages.page, Sought(subject=("user", cast.bob.id)))).items
    assert told[0].data["changed"] == ["language"]
    _, secret = await accounts.create_token(bob, "x", frozenset({Scope.READ}))
    program = await accounts.identities.of_token(secret)
    assert program
    with pytest.raises(Forbidden):
        await accounts.people.change(program, cast.bob.id, UserChange(display_name="Eve"))


async def test_signing_out_everywhere_leaves_the_browser_that_asks(
    accounts: Accounts, cast: Cast, db: Database
) -> None:
    phone, _ = await sign_in(accounts, cast.bob)
    here, bob = await sign_in(accounts, cast.bob)
    carols, _ = await sign_in(accounts, cast.carol)
    assert await accounts.people.sign_out_everywhere(bob, cast.bob.id) == 1
    assert await accounts.identities.of_session(phone.secret, None) is None
    assert await accounts.identities.of_session(here.secret, None)
    _, alice = await sign_in(accounts, cast.alice)
    assert await accounts.people.sign_out_everywhere(alice, cast.bob.id) == 1
    assert await accounts.identities.of_session(here.secret, None) is None
    assert await accounts.identities.of_session(carols.secret, None)
    kinds = frozenset({"user.signed_out_everywhere"})
    told = (await db.read(journal_pages.page, Sought(kinds=kinds))).items
    assert [(entry.actor_id, entry.data["ended"]) for entry in told] == [(cast.alice.id, 1), (cast.bob.id, 1)]


async def test_when_somebody_was_last_here_outlives_their_session(accounts: Accounts, cast: Cast) -> None:
    assert (await accounts.people.one(SYSTEM, cast.bob.id)).last_seen_at is None
    opened, bob = await sign_in(accounts, cast.bob)
    entered = (await accounts.people.one(SYSTEM, cast.bob.id)).last_seen_at
    await accounts.identities.of_session(opened.secret, None)
    await accounts.presence.write()
    later = (await accounts.people.one(SYSTEM, cast.bob.id)).last_seen_at
    assert entered
    assert later
    assert later > entered
    await accounts.sign_out(bob)
    assert (await accounts.people.one(SYSTEM, cast.bob.id)).last_seen_at == later
    assert (await accounts.people.one(SYSTEM, cast.gus.id)).last_seen_at is None
