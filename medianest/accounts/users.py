"""Changing who belongs to the household."""

from dataclasses import replace
from typing import Any

from msgspec import UNSET
from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.accounts import events, names, plans, queries
from medianest.accounts.errors import LastAdmin, NameTaken, NoSuchUser
from medianest.accounts.models import InvitationRow, SessionRow, TokenRow, UserRow
from medianest.accounts.permissions import ROLES_OF_PROFILES
from medianest.accounts.types import NewUser, User, UserChange
from medianest.core import clock, journal, pseudonyms
from medianest.core.actor import Actor, Role
from medianest.core.event import ADMINS
from medianest.core.i18n import msg
from medianest.core.security import new_id
from medianest.plex import people as plex_people

_UNTYPABLE = "\x7f"
_FORGOTTEN = dict.fromkeys(("language", "password_hash", "pin_hash", "plan_id", "last_seen_at"))


async def create(session: AsyncSession, actor: Actor, new: NewUser, *, password_hash: str | None) -> User:
    """Give somebody an account. Raises Invalid for a name that cannot be one, NameTaken for another's."""
    name = names.clean_name(new.name)
    display_name = names.clean_name(new.display_name or name, field="display_name")
    if await session.run_sync(queries.credentials, names.name_key(name)):
        raise NameTaken(msg("accounts.name_taken", name=name))
    user = User(
        id=new_id(),
        name=name,
        display_name=display_name,
        role=new.role,
        language=new.language,
        suspended_at=None,
        created_at=clock.now(),
    )
    await session.execute(
        insert(UserRow).values(
            id=user.id,
            name=name,
            name_key=names.name_key(name),
            display_name=display_name,
            role=user.role,
            language=user.language,
            password_hash=password_hash,
            epoch=0,
            created_at=user.created_at,
        )
    )
    await journal.record(
        session,
        events.UserCreated(
            actor=actor, subject_id=user.id, audience=events.about(user.id), name=display_name, role=user.role
        ),
    )
    return user


async def change(session: AsyncSession, actor: Actor, id: str, change: UserChange) -> User:
    """Change an account; who is suspended loses every session at once. Raises NoSuchUser, LastAdmin, Invalid."""
    user = await session.run_sync(queries.user, id)
    if user is None:
        raise NoSuchUser(msg("accounts.no_such_user"))
    if change.plan is not UNSET:
        await plans.give(session, actor, id, before=user.plan_id, after=change.plan)
        user = replace(user, plan_id=change.plan)
    values = _changed_values(user, change)
    if not values:
        return user
    if values.get("suspended_at"):
        values["epoch"] = UserRow.epoch + 1
    if values.get("role", user.role) not in ROLES_OF_PROFILES:
        values["pin_hash"] = None
        await _leave_household_devices(session, id)
    await session.execute(update(UserRow).where(UserRow.id == id).values(values))
    if user.role is Role.ADMIN and not await session.run_sync(queries.active_admins):
        raise LastAdmin(msg("accounts.last_admin"))
    changed = await session.run_sync(queries.user, id)
    assert changed is not None
    await journal.record(
        session,
        events.UserChanged(
            actor=actor,
            subject_id=id,
            audience=events.about(id),
            changed=sorted(values.keys() - {"epoch", "pin_hash"}),
            role=changed.role,
            suspended=changed.suspended_at is not None,
        ),
    )
    return changed


async def set_password(session: AsyncSession, actor: Actor, user: User, password_hash: str) -> None:
    """Replace a password, and end every session of its owner."""
    values = {"password_hash": password_hash, "epoch": UserRow.epoch + 1}
    await session.execute(update(UserRow).where(UserRow.id == user.id).values(values))
    await journal.record(session, events.PasswordReset(actor=actor, subject_id=user.id, audience=events.about(user.id)))


async def remove(session: AsyncSession, actor: Actor, user: User) -> None:
    """Let somebody go: what they prove themselves with ends, and their name is nowhere any more.

    Whoever listens hands over what was theirs: to the administrator who asked for it, else to the eldest. Raises
    LastAdmin.
    """
    heir = actor.id if actor.id != user.id else None
    heir = heir or await session.run_sync(queries.eldest_admin, but=user.id)
    if heir is None:
        raise LastAdmin(msg("accounts.last_admin"))
    for owned in (SessionRow.user_id, TokenRow.user_id, InvitationRow.made_by):
        await session.execute(delete(owned.class_).where(owned == user.id))
    await plex_people.unlink(session, user.id)
    pseudonym = pseudonyms.of(user.id)
    now = clock.now()
    await session.execute(
        update(UserRow)
        .where(UserRow.id == user.id)
        .values(
            name=pseudonym,
            name_key=f"{_UNTYPABLE}{user.id}",
            display_name=pseudonym,
            role=Role.GUEST,
            epoch=UserRow.epoch + 1,
            suspended_at=now,
            removed_at=now,
            **_FORGOTTEN,
        )
    )
    await pseudonyms.give(session, user.id, pseudonym)
    removed = events.UserRemoved(
        actor=actor if actor.id != user.id else replace(actor, name=pseudonym, address=None),
        subject_id=user.id,
        audience=ADMINS,
        name=pseudonym,
        heir_id=heir,
    )
    await journal.record(session, removed)


async def refresh_hash(session: AsyncSession, user: User, password_hash: str) -> None:
    """Keep the same password in today's way."""
    await session.execute(update(UserRow).where(UserRow.id == user.id).values(password_hash=password_hash))


async def _leave_household_devices(session: AsyncSession, id: str) -> None:
    chosen = (SessionRow.user_id == id) & SessionRow.device_id.is_not(None)
    await session.execute(delete(SessionRow).where(chosen))


def _changed_values(user: User, change: UserChange) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if change.role is not None and change.role is not user.role:
        values["role"] = change.role
    if change.suspended is not None and change.suspended is not (user.suspended_at is not None):
        values["suspended_at"] = clock.now() if change.suspended else None
    if change.display_name is not None:
        values["display_name"] = names.clean_name(change.display_name, field="display_name")
    if change.language is not None:
        values["language"] = change.language or None
    return values
