"""Household devices: an approved browser shows children and guests, who come in by a tap or a PIN."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session as Reading

from medianest.accounts import events, names, queries, sessions
from medianest.accounts.errors import NoSuchDevice, NoSuchUser, WrongPin
from medianest.accounts.models import DeviceRow, SessionRow, UserRow
from medianest.accounts.passwords import Passwords
from medianest.accounts.permissions import ROLES_OF_PROFILES
from medianest.accounts.rights import require_admin
from medianest.accounts.throttle import PinThrottle
from medianest.accounts.types import Client, Device, Opened, Profile, SessionRules
from medianest.core import clock, journal
from medianest.core.actor import NOBODY, Actor
from medianest.core.db import Database
from medianest.core.errors import FieldError, Forbidden, Invalid
from medianest.core.event import ADMINS
from medianest.core.i18n import msg
from medianest.core.security import digest, new_id, new_token

TABLES = (DeviceRow.__tablename__,)
_PIN = re.compile(r"[0-9]{4,8}")
_DEVICE = tuple(column for column in DeviceRow.__table__.c if column.name != "secret_digest")
_PROFILES: tuple[ColumnElement[bool], ...] = (
    UserRow.role.in_(ROLES_OF_PROFILES),
    UserRow.suspended_at.is_(None),
    UserRow.removed_at.is_(None),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    """Who was chosen where."""

    device_id: str
    user_id: str
    pin_hash: str | None


class Devices:
    """Approving them, and coming in on them."""

    def __init__(self, db: Database, rules: SessionRules, passwords: Passwords) -> None:
        self._db = db
        self._rules = rules
        self._passwords = passwords
        self._throttle = PinThrottle()

    async def listing(self, actor: Actor) -> Sequence[Device]:
        """All of them, for administrators. Raises Forbidden."""
        require_admin(actor)
        return await self._db.read(_devices)

    async def approve(self, actor: Actor, label: str) -> tuple[Device, str]:
        """Make a browser one of the household's; returns the secret that it keeps. Raises Forbidden, Invalid."""
        require_admin(actor)
        secret = new_token()
        device = Device(id=new_id(), label=names.clean_label(label), created_at=clock.now(), last_used_at=None)
        async with self._db.transaction() as session:
            values = {"id": device.id, "label": device.label, "created_at": device.created_at}
            await session.execute(insert(DeviceRow).values(**values, secret_digest=digest(secret)))
            await journal.record(session, events.DeviceApproved(actor=actor, **_about(device)))
        return device, secret

    async def revoke(self, actor: Actor, id: str) -> None:
        """Take it back; who had come in there is signed out. Raises Forbidden, NoSuchDevice."""
        require_admin(actor)
        async with self._db.transaction() as session:
            row = (await session.execute(select(*_DEVICE).where(DeviceRow.id == id))).first()
            if row is None:
                raise NoSuchDevice(msg("accounts.no_such_household_device"))
            await session.execute(delete(SessionRow).where(SessionRow.device_id == id))
            await session.execute(delete(DeviceRow).where(DeviceRow.id == id))
            await journal.record(session, events.DeviceRevoked(actor=actor, **_about(_device(row))))

    async def profiles(self, secret: str) -> Sequence[Profile]:
        """Who can be chosen on the device with this secret; nobody where it is none of ours."""
        return await self._db.read(_profiles, digest(secret))

    async def set_pin(self, actor: Actor, id: str, pin: str) -> None:
        """Give a child or guest a PIN of 4 to 8 digits, or with an empty one none. Raises Forbidden, Invalid."""
        require_admin(actor)
        if pin and not _PIN.fullmatch(pin):
            message = msg("accounts.pin_malformed")
            raise Invalid(message, fields=(FieldError(field="pin", message=message),))
        pin_hash = await self._passwords.hash(pin) if pin else None
        async with self._db.transaction() as session:
            changed = await session.execute(
                update(UserRow).where(UserRow.id == id, *_PROFILES).values(pin_hash=pin_hash)
            )
            if changed.rowcount != 1:  # type: ignore[attr-defined]  # a DML result has it
                raise Forbidden(msg("accounts.no_profile"))
            changed_pin = events.PinChanged(
                actor=actor, subject_id=id, audience=events.about(id), has_pin=pin_hash is not None
            )
            await journal.record(session, changed_pin)

    async def enter(self, secret: str, user_id: str, pin: str, client: Client) -> Opened:
        """Come in as the child or guest who was chosen. Raises NoSuchUser, WrongPin, TooMany."""
        chosen = await self._db.read(_chosen, digest(secret), user_id)
        if chosen is None:
            raise NoSuchUser(msg("accounts.no_such_user"))
        if chosen.pin_hash:
            await self._check(chosen, pin, client)
        async with self._db.transaction() as session:
            user = await session.run_sync(queries.user, user_id)
            if user is None or await session.run_sync(_chosen, digest(secret), user_id) != chosen:
                raise NoSuchUser(msg("accounts.no_such_user"))
            opened = await sessions.open(session, user, client, rules=self._rules, device_id=chosen.device_id)
            here = DeviceRow.id == chosen.device_id
            await session.execute(update(DeviceRow).where(here).values(last_used_at=clock.now()))
            return opened

    async def _check(self, chosen: _Chosen, pin: str, client: Client) -> None:
        self._throttle.admit(chosen.user_id, chosen.device_id)
        if not await self._passwords.matches(chosen.pin_hash, pin):
            async with self._db.transaction() as session:
                await _note_failure(session, chosen.user_id, client)
            raise WrongPin(msg("accounts.wrong_pin"))
        self._throttle.succeeded(chosen.user_id, chosen.device_id)


async def _note_failure(session: AsyncSession, user_id: str, client: Client) -> None:
    failed = events.SignInFailed(
        actor=NOBODY.on(address=client.address, request_id=client.request_id),
        subject_id=user_id,
        audience=events.about(user_id),
        user_agent=client.user_agent[:200],
    )
    await journal.record(session, failed)


def _devices(session: Reading) -> Sequence[Device]:
    rows = session.execute(select(*_DEVICE).order_by(DeviceRow.created_at).limit(queries.DEVICES_MOST))
    return [_device(row) for row in rows]


def _profiles(session: Reading, secret_digest: str) -> Sequence[Profile]:
    ours = select(DeviceRow.id).where(DeviceRow.secret_digest == secret_digest).exists()
    who = select(UserRow.id, UserRow.display_name, UserRow.pin_hash).where(*_PROFILES, ours)
    rows = session.execute(who.order_by(UserRow.name_key).limit(queries.PEOPLE_MOST))
    return [Profile(id=row.id, name=row.display_name, has_pin=row.pin_hash is not None) for row in rows]


def _chosen(session: Reading, secret_digest: str, user_id: str) -> _Chosen | None:
    device_id = session.scalar(select(DeviceRow.id).where(DeviceRow.secret_digest == secret_digest))
    who = session.execute(select(UserRow.id, UserRow.pin_hash).where(UserRow.id == user_id, *_PROFILES)).first()
    return _Chosen(device_id=device_id, user_id=who.id, pin_hash=who.pin_hash) if device_id and who else None


def _device(row: Row[Any]) -> Device:
    return Device(id=row.id, label=row.label, created_at=row.created_at, last_used_at=row.last_used_at)


def _about(device: Device) -> dict[str, Any]:
    return {"subject_id": device.id, "audience": ADMINS, "label": device.label}
