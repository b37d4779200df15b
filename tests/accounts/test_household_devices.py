"""Household devices: who is shown on them, who comes in with what, and that guessing PINs leads nowhere."""

import pytest
from sqlalchemy import select

from medianest.accounts.errors import NoSuchDevice, NoSuchUser, WrongPin
from medianest.accounts.models import DeviceRow, UserRow
from medianest.accounts.service import Accounts
from medianest.accounts.throttle import PIN_ANYWHERE, PIN_HERE
from medianest.accounts.types import NewUser, Scope, UserChange
from medianest.core import journal_pages
from medianest.core.actor import SYSTEM, Actor, Role
from medianest.core.db import Database
from medianest.core.errors import Forbidden, Invalid, TooMany
from medianest.core.journal_pages import Sought
from medianest.http.guards import is_fresh
from tests.people import HOME, PASSWORD, Cast, sign_in


@pytest.fixture
async def tablet(accounts: Accounts, cast: Cast) -> str:
    """The secret of an approved device."""
    _, secret = await accounts.devices.approve(SYSTEM, "Tablet")
    return secret


async def come_in(accounts: Accounts, tablet: str, id: str, pin: str = "") -> Actor:
    opened = await accounts.devices.enter(tablet, id, pin, HOME)
    actor = await accounts.identities.of_session(opened.secret, HOME.address)
    assert actor
    return actor


async def test_only_children_and_guests_who_may_come_in_are_shown(accounts: Accounts, cast: Cast, tablet: str) -> None:
    await accounts.people.create(SYSTEM, NewUser(name="Locked", role=Role.CHILD))
    locked = next(user for user in await accounts.people.listing(SYSTEM) if user.name == "Locked")
    gone = await accounts.people.create(SYSTEM, NewUser(name="Gone", role=Role.GUEST))
    await accounts.people.change(SYSTEM, locked.id, UserChange(suspended=True))
    await accounts.people.remove(SYSTEM, gone.id)
    await accounts.devices.set_pin(SYSTEM, cast.dora.id, "2468")
    shown = await accounts.devices.profiles(tablet)
    assert [(profile.name, profile.has_pin) for profile in shown] == [("Dora", True), ("Gus", False)]
    for stranger in ("", "nonsense", "x" * 43):
        assert await accounts.devices.profiles(stranger) == []
    for id in (cast.alice.id, cast.bob.id, cast.carol.id, locked.id, gone.id, "nobody"):
        with pytest.raises(NoSuchUser):
            await accounts.devices.enter(tablet, id, "", HOME)
    with pytest.raises(NoSuchUser):
        await accounts.devices.enter("nonsense", cast.gus.id, "", HOME)


async def test_a_tap_or_the_pin_opens_a_session_that_has_proven_nothing_delicate(
    accounts: Accounts, cast: Cast, tablet: str
) -> None:
    gus = await come_in(accounts, tablet, cast.gus.id)
    assert (gus.role, gus.name) == (Role.GUEST, "Gus")
    assert not is_fresh(gus)
    await accounts.devices.set_pin(SYSTEM, cast.dora.id, "2468")
    for wrong in ("", "1234", "24680"):
        with pytest.raises(WrongPin):
            await come_in(accounts, tablet, cast.dora.id, wrong)
    dora = await come_in(accounts, tablet, cast.dora.id, "2468")
    assert dora.role is Role.CHILD
    await accounts.devices.set_pin(SYSTEM, cast.dora.id, "")
    assert await come_in(accounts, tablet, cast.dora.id)


async def test_a_guesser_of_pins_is_stopped_on_the_device_and_by_all_together(
    accounts: Accounts, cast: Cast, tablet: str, db: Database
) -> None:
    await accounts.devices.set_pin(SYSTEM, cast.dora.id, "2468")
    await accounts.devices.set_pin(SYSTEM, cast.gus.id, "1357")
    for _ in range(PIN_HERE.burst):
        with pytest.raises(WrongPin):
            await come_in(accounts, tablet, cast.dora.id, "0000")
    with pytest.raises(TooMany):
        await come_in(accounts, tablet, cast.dora.id, "2468")
    assert await come_in(accounts, tablet, cast.gus.id, "1357")
    _, kitchen = await accounts.devices.approve(SYSTEM, "Kitchen")
    assert await come_in(accounts, kitchen, cast.dora.id, "2468")
    failed = (await db.read(journal_pages.page, Sought(kinds=frozenset({"user.sign_in_failed"})))).items
    assert {entry.subject_id for entry in failed} == {cast.dora.id}
    tries = PIN_HERE.burst
    while tries < PIN_ANYWHERE.burst:
        _, other = await accounts.devices.approve(SYSTEM, "Other")
        for _ in range(PIN_HERE.burst):
            with pytest.raises(WrongPin):
                await come_in(accounts, other, cast.dora.id, "0000")
        tries += PIN_HERE.burst
    with pytest.raises(TooMany):
        await come_in(accounts, kitchen, cast.dora.id, "2468")


async def test_who_rises_leaves_the_device_and_its_pin_behind(
    accounts: Accounts, cast: Cast, tablet: str, db: Database
) -> None:
    await accounts.devices.set_pin(SYSTEM, cast.dora.id, "2468")
    by_pin = await come_in(accounts, tablet, cast.dora.id, "2468")
    by_password, _ = await sign_in(accounts, cast.dora)
    await accounts.people.change(SYSTEM, cast.dora.id, UserChange(role=Role.GUEST))
    assert await accounts.list_sessions(SYSTEM, cast.dora.id)
    await accounts.people.change(SYSTEM, cast.dora.id, UserChange(role=Role.MEMBER))
    assert not await accounts.identities.still(by_pin)
    assert [session.id for session in await accounts.list_sessions(SYSTEM, cast.dora.id)] == [by_password.session_id]
    assert set(await db.read(lambda session: session.scalars(select(UserRow.pin_hash)).all())) == {None}
    with pytest.raises(NoSuchUser):
        await come_in(accounts, tablet, cast.dora.id, "2468")


async def test_a_revoked_device_shows_nobody_and_signs_out_who_was_there(
    accounts: Accounts, cast: Cast, tablet: str
) -> None:
    gus = await come_in(accounts, tablet, cast.gus.id)
    elsewhere, _ = await sign_in(accounts, cast.gus)
    (device,) = await accounts.devices.listing(SYSTEM)
    assert device.last_used_at
    await accounts.devices.revoke(SYSTEM, device.id)
    assert await accounts.devices.listing(SYSTEM) == []
    assert await accounts.devices.profiles(tablet) == []
    assert not await accounts.identities.still(gus)
    assert await accounts.identities.of_session(elsewhere.secret, None)
    with pytest.raises(NoSuchDevice):
        await accounts.devices.revoke(SYSTEM, device.id)


@pytest.mark.parametrize("pin", ["123", "123456789", "12a4", "１２３４", " 1234"])
async def test_what_is_no_pin_is_refused(accounts: Accounts, cast: Cast, pin: str) -> None:
    with pytest.raises(Invalid) as refused:
        await accounts.devices.set_pin(SYSTEM, cast.dora.id, pin)
    assert refused.value.fields[0].field == "pin"


async def test_administrators_alone_approve_and_set_pins_and_only_for_profiles(accounts: Accounts, cast: Cast) -> None:
    for id in (cast.alice.id, cast.bob.id, cast.carol.id, "nobody"):
        with pytest.raises(Forbidden):
            await accounts.devices.set_pin(SYSTEM, id, "2468")
    for user in (cast.bob, cast.carol, cast.dora, cast.gus):
        _, actor = await sign_in(accounts, user)
        for refused in (
            accounts.devices.listing(actor),
            accounts.devices.approve(actor, "Mine"),
            accounts.devices.revoke(actor, "x"),
            accounts.devices.set_pin(actor, cast.dora.id, "2468"),
        ):
            with pytest.raises(Forbidden):
                await refused


async def test_only_hashes_of_pins_and_devices_are_kept(
    accounts: Accounts, cast: Cast, tablet: str, db: Database
) -> None:
    await accounts.devices.set_pin(SYSTEM, cast.dora.id, "24682468")
    tables = (UserRow.__table__, DeviceRow.__table__)
    kept = await db.read(lambda session: repr([session.execute(select(table)).all() for table in tables]))
    kept += repr((await db.read(journal_pages.page)).items)
    assert tablet not in kept
    assert "24682468" not in kept
    assert "$argon2id$" in kept


async def test_a_profile_still_signs_in_by_password_and_has_tokens_then(
    accounts: Accounts, cast: Cast, tablet: str
) -> None:
    by_tap = await come_in(accounts, tablet, cast.gus.id)
    again = await accounts.sign_in_again(by_tap, PASSWORD, HOME)
    actor = await accounts.identities.of_session(again.secret, None)
    assert actor
    assert is_fresh(actor)
    assert await accounts.create_token(actor, "x", frozenset({Scope.READ}))
