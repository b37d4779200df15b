"""People: how they may be called, and who may change them."""

import pytest

from medianest.accounts import passwords
from medianest.accounts.errors import LastAdmin, NameTaken, NoSuchUser
from medianest.accounts.service import Accounts
from medianest.accounts.types import NewUser, UserChange
from medianest.core import journal, journal_pages
from medianest.core.actor import SYSTEM, Role
from medianest.core.db import Database
from medianest.core.errors import Forbidden, Invalid
from medianest.core.journal_pages import Sought
from tests.people import PASSWORD, Cast, sign_in


@pytest.mark.parametrize("taken", ["bob", "BOB", " Bob", "ＢＯＢ"])
async def test_a_name_that_reads_like_another_is_taken(accounts: Accounts, cast: Cast, taken: str) -> None:
    with pytest.raises(NameTaken):
        await accounts.people.create(SYSTEM, NewUser(name=taken, role=Role.MEMBER))


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 41, "a\x00b", "a\nb\x1b", "\u202eevil", "a\u200bb", "\ud800", "\ue000"]
)
async def test_a_name_that_cannot_be_read_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        await accounts.people.create(SYSTEM, NewUser(name=name, role=Role.MEMBER))
    assert refused.value.fields[0].field == "name"


@pytest.mark.parametrize("name", ["Zoë", "Мария", "山田", "O'Brien & <b>", "'; DROP TABLE users; --", "{name}"])
async def test_names_of_all_peoples_are_kept_as_written(accounts: Accounts, name: str) -> None:
    user = await accounts.people.create(SYSTEM, NewUser(name=name, role=Role.MEMBER, password=PASSWORD))
    assert user in await accounts.people.listing(SYSTEM)
    assert (user.name, user.display_name) == (name, name)


@pytest.mark.parametrize(
    ("password", "id"),
    [
        ("", "accounts.password_too_short"),
        ("x" * 9, "accounts.password_too_short"),
        ("aaaaaaaaaaaa", "accounts.password_too_easy"),
        ("1212121212", "accounts.password_too_easy"),
        ("Bartholomew", "accounts.password_too_easy"),
        ("bartholomewBARTHOLOMEW", "accounts.password_too_easy"),
        ("é" * 513, "accounts.password_too_long"),
    ],
)
def test_a_password_that_would_be_guessed_is_refused(password: str, id: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.check_rules(password, name="Bartholomew")
    assert refused.value.message.id == id


@pytest.mark.parametrize(
    "password", ["ten chars!", "pass phrase with spaces", "🦉🐤🪺🥚🐣🦉🐤🪺🥚🐣", "a1b2c3d4" * 128]
)
def test_a_long_and_varied_password_is_taken(password: str) -> None:
    passwords.check_rules(password, name="Bartholomew")


async def test_only_administrators_look_after_people(accounts: Accounts, cast: Cast) -> None:
    for user in (cast.bob, cast.carol, cast.dora, cast.gus):
        _, actor = await sign_in(accounts, user)
        with pytest.raises(Forbidden):
            await accounts.people.listing(actor)
        with pytest.raises(Forbidden):
            await accounts.people.create(actor, NewUser(name="Eve", role=Role.ADMIN))
        with pytest.raises(Forbidden):
            await accounts.create_admin(actor, "Eve", PASSWORD)
        with pytest.raises(Forbidden):
            await accounts.people.change(actor, user.id, UserChange(role=Role.ADMIN))
        with pytest.raises(Forbidden):
            await accounts.people.reset_password(actor, "Alice", PASSWORD)
    assert len(await accounts.people.listing(SYSTEM)) == 5


async def test_somebody_who_can_look_after_the_installation_always_remains(accounts: Accounts, cast: Cast) -> None:
    for change in (UserChange(role=Role.MEMBER), UserChange(suspended=True)):
        with pytest.raises(LastAdmin):
            await accounts.people.change(SYSTEM, cast.alice.id, change)
    assert (await accounts.people.listing(SYSTEM))[0] == cast.alice
    await accounts.people.change(SYSTEM, cast.bob.id, UserChange(role=Role.ADMIN))
    await accounts.people.change(SYSTEM, cast.alice.id, UserChange(role=Role.MEMBER))


async def test_a_change_is_noted_with_what_changed(accounts: Accounts, cast: Cast, db: Database) -> None:
    _, alice = await sign_in(accounts, cast.alice)
    change = UserChange(role=Role.CURATOR, display_name="Bobby", suspended=True)
    changed = await accounts.people.change(alice, cast.bob.id, change)
    assert (changed.role, changed.display_name, changed.suspended_at is not None) == (Role.CURATOR, "Bobby", True)
    entry = (await db.read(journal_pages.page, Sought(subject=("user", cast.bob.id)))).items[0]
    assert entry.actor_id == cast.alice.id
    assert entry.data == {"changed": ["display_name", "role", "suspended_at"], "role": "curator", "suspended": True}

    newest = await db.read(journal.newest_id)
    assert await accounts.people.change(alice, cast.bob.id, UserChange(role=Role.CURATOR, suspended=True)) == changed
    assert await db.read(journal.newest_id) == newest


async def test_nobody_cannot_be_changed(accounts: Accounts, cast: Cast) -> None:
    with pytest.raises(NoSuchUser):
        await accounts.people.change(SYSTEM, "nobody", UserChange(role=Role.ADMIN))
    with pytest.raises(NoSuchUser):
        await accounts.people.reset_password(SYSTEM, "Zoe", PASSWORD)
