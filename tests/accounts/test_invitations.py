"""Invitations: who may make them, who comes in by them, and that they end."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from medianest.accounts import invitations, queries
from medianest.accounts.errors import InvitationOver, NameTaken, NoSuchInvitation
from medianest.accounts.models import InvitationRow
from medianest.accounts.service import Accounts
from medianest.accounts.types import NewInvitation, Scope, UserChange
from medianest.core import clock, journal_pages
from medianest.core.actor import SYSTEM, Actor, Role
from medianest.core.db import Database
from medianest.core.errors import Forbidden, Invalid
from medianest.core.journal_pages import Sought
from tests.people import HOME, PASSWORD, Cast, sign_in

ANYBODY = NewInvitation(role=Role.MEMBER, label="For the neighbours", uses=2)


@pytest.fixture
async def alice(accounts: Accounts, cast: Cast) -> Actor:
    _, actor = await sign_in(accounts, cast.alice)
    return actor


async def test_the_invited_make_themselves_an_account_and_are_in(
    accounts: Accounts, alice: Actor, db: Database
) -> None:
    made, secret = await accounts.invitations.create(alice, ANYBODY)
    assert (made.role, made.uses_left, made.maker) == (Role.MEMBER, 2, "Alice")
    assert (await accounts.invitations.look(secret)).label == "For the neighbours"
    opened = await accounts.invitations.accept(secret, "Zoe", PASSWORD, HOME)
    assert opened.user.role is Role.MEMBER
    actor = await accounts.identities.of_session(opened.secret, None)
    assert actor
    assert actor.name == "Zoe"
    assert [found.uses_left for found in await accounts.invitations.listing(alice)] == [1]
    entries = (await db.read(journal_pages.page, Sought(subject=("invitation", made.id)))).items
    assert [(entry.kind, entry.actor_name) for entry in entries] == [
        ("invitation.used", "Zoe"),
        ("invitation.made", "Alice"),
    ]


async def test_of_many_at_once_only_so_many_come_in(accounts: Accounts, alice: Actor) -> None:
    _, secret = await accounts.invitations.create(alice, NewInvitation(role=Role.GUEST, uses=3))
    tries = (accounts.invitations.accept(secret, f"Guest {n}", PASSWORD, HOME) for n in range(12))
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert len([result for result in results if not isinstance(result, Exception)]) == 3
    assert {type(result) for result in results if isinstance(result, Exception)} == {InvitationOver}
    assert len([user for user in await accounts.people.listing(SYSTEM) if user.name.startswith("Guest")]) == 3


async def test_a_refused_name_or_password_uses_nothing_up(accounts: Accounts, alice: Actor) -> None:
    _, secret = await accounts.invitations.create(alice, NewInvitation(role=Role.GUEST))
    with pytest.raises(NameTaken):
        await accounts.invitations.accept(secret, "BOB", PASSWORD, HOME)
    for name, password in (("", PASSWORD), ("Zoe", "short")):
        with pytest.raises(Invalid):
            await accounts.invitations.accept(secret, name, password, HOME)
    assert (await accounts.invitations.look(secret)).uses_left == 1


async def _revoke(accounts: Accounts, alice: Actor, id: str) -> None:
    await accounts.invitations.revoke(alice, id)


async def _expire(accounts: Accounts, _alice: Actor, id: str) -> None:
    async with accounts._db.transaction() as session:
        past = clock.now() - timedelta(seconds=1)
        await session.execute(update(InvitationRow).where(InvitationRow.id == id).values(expires_at=past))


async def _suspend_the_maker(accounts: Accounts, alice: Actor, _id: str) -> None:
    await _second_admin(accounts)
    await accounts.people.change(SYSTEM, alice.id or "", UserChange(suspended=True))


async def _demote_the_maker(accounts: Accounts, alice: Actor, _id: str) -> None:
    await _second_admin(accounts)
    await accounts.people.change(SYSTEM, alice.id or "", UserChange(role=Role.MEMBER))


async def _use_up(accounts: Accounts, _alice: Actor, id: str) -> None:
    async with accounts._db.transaction() as session:
        await session.execute(update(InvitationRow).where(InvitationRow.id == id).values(uses=2))


async def _second_admin(accounts: Accounts) -> None:
    carol = next(user for user in await accounts.people.listing(SYSTEM) if user.name == "Carol")
    await accounts.people.change(SYSTEM, carol.id, UserChange(role=Role.ADMIN))


@pytest.mark.parametrize("end", [_revoke, _expire, _use_up, _suspend_the_maker, _demote_the_maker])
async def test_whatever_ended_it_the_answer_is_the_same(accounts: Accounts, alice: Actor, end: object) -> None:
    made, secret = await accounts.invitations.create(alice, ANYBODY)
    await end(accounts, alice, made.id)  # type: ignore[operator]
    told = []
    for guess in (secret, "mi_nonsense", "", "\ud800"):
        with pytest.raises(InvitationOver) as seen:
            await accounts.invitations.look(guess)
        with pytest.raises(InvitationOver) as refused:
            await accounts.invitations.accept(guess, "Zoe", PASSWORD, HOME)
        told += [str(seen.value), str(refused.value)]
    assert len(set(told)) == 1
    assert await accounts.invitations.listing(SYSTEM) == []


async def test_one_that_ends_while_somebody_types_lets_nobody_in(
    accounts: Accounts, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, secret = await accounts.invitations.create(alice, ANYBODY)
    seen = await accounts.invitations.look(secret)
    await accounts.invitations.revoke(alice, made.id)

    async def as_before(_secret: str) -> object:
        return seen

    monkeypatch.setattr(accounts.invitations, "look", as_before)
    with pytest.raises(InvitationOver):
        await accounts.invitations.accept(secret, "Zoe", PASSWORD, HOME)
    assert "Zoe" not in [user.name for user in await accounts.people.listing(SYSTEM)]


async def test_only_administrators_in_person_or_with_everything_invite(accounts: Accounts, cast: Cast) -> None:
    for user in (cast.bob, cast.carol, cast.dora, cast.gus):
        _, actor = await sign_in(accounts, user)
        with pytest.raises(Forbidden):
            await accounts.invitations.create(actor, ANYBODY)
        with pytest.raises(Forbidden):
            await accounts.invitations.listing(actor)
        with pytest.raises(Forbidden):
            await accounts.invitations.revoke(actor, "x")
    _, narrow = await accounts.create_token(SYSTEM, "x", frozenset({Scope.LIBRARY}), owner="Alice")
    program = await accounts.identities.of_token(narrow)
    assert program
    with pytest.raises(Forbidden):
        await accounts.invitations.create(program, ANYBODY)


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewInvitation(role=Role.GUEST, uses=0), "uses"),
        (NewInvitation(role=Role.GUEST, uses=101), "uses"),
        (NewInvitation(role=Role.GUEST, lasts=timedelta(seconds=1)), "lasts"),
        (NewInvitation(role=Role.GUEST, lasts=timedelta(days=91)), "lasts"),
        (NewInvitation(role=Role.GUEST, label="x" * 81), "label"),
    ],
)
async def test_what_cannot_be_an_invitation_is_refused(
    accounts: Accounts, alice: Actor, new: NewInvitation, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await accounts.invitations.create(alice, new)
    assert refused.value.fields[0].field == field


async def test_only_the_digest_of_the_secret_is_kept(accounts: Accounts, alice: Actor, db: Database) -> None:
    made, secret = await accounts.invitations.create(alice, ANYBODY)
    rows = await db.read(lambda session: session.execute(select(InvitationRow.__table__)).all())
    assert secret.removeprefix("mi_") not in repr(rows) + repr((await db.read(journal_pages.page)).items)
    with pytest.raises(NoSuchInvitation):
        await accounts.invitations.revoke(alice, "nothing")
    assert await db.read(queries.invitation, made.id) == made


async def test_what_is_over_is_forgotten_in_time(accounts: Accounts, alice: Actor, db: Database) -> None:
    made, _ = await accounts.invitations.create(alice, ANYBODY)
    await accounts.invitations.create(alice, ANYBODY)
    await _expire(accounts, alice, made.id)
    async with db.transaction() as session:
        assert await invitations.purge(session) == 1
    assert await db.read(queries.invitation, made.id) is None
    assert len(await accounts.invitations.listing(alice)) == 1
