"""Whose Plex account is whose: by Plex's number alone, one account a person, one person an account."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from medianest.core import clock
from medianest.core.i18n import msg
from medianest.plex.errors import AnothersAccount
from medianest.plex.models import PersonRow
from medianest.plex.sealing import Sealing
from medianest.plex.tv.types import Account
from medianest.plex.types import Guest, Identity

TABLE = PersonRow.__tablename__
PEOPLE_MOST = 2000
_SHOWN = tuple(column for column in PersonRow.__table__.c if column.name not in ("token", "server_token"))


def user_of(session: Session, plex_id: int) -> str | None:
    """Whose account this is; None where it is nobody's here."""
    return session.scalar(select(PersonRow.user_id).where(PersonRow.plex_id == plex_id))


def identity(session: Session, user_id: str) -> Identity | None:
    """The Plex account of a person, if they have one."""
    row = session.execute(select(*_SHOWN).where(PersonRow.user_id == user_id)).first()
    return _identity(row) if row else None


def identities(session: Session) -> Mapping[str, Identity]:
    """Everybody who has one, by the ids of the people."""
    rows = session.execute(select(*_SHOWN).order_by(PersonRow.plex_id).limit(PEOPLE_MOST))
    return {row.user_id: _identity(row) for row in rows}


def tokens(session: Session, sealing: Sealing) -> Mapping[int, str]:
    """The tokens at plex.tv of everybody who has signed in or linked, by their numbers."""
    rows = session.execute(select(PersonRow.plex_id, PersonRow.token).where(PersonRow.token.is_not(None)))
    return {row.plex_id: sealing.open(row.token, place=_place(row.plex_id)) for row in rows}


def server_token(session: Session, sealing: Sealing, user_id: str) -> str | None:
    """The token by which the household's server knows this person; None where they have none or lost it."""
    mine = select(PersonRow.plex_id, PersonRow.server_token).where(
        PersonRow.user_id == user_id, PersonRow.server_token.is_not(None), PersonRow.lost_at.is_(None)
    )
    row = session.execute(mine).first()
    return sealing.open(row.server_token, place=_place(row.plex_id, "server")) if row else None


async def link(session: AsyncSession, user_id: str, guest: Guest, sealing: Sealing) -> None:
    """This person has this account from now on, in place of another. Raises AnothersAccount."""
    await _claim(session, user_id, guest.account)
    id = guest.account.id
    values = {
        "name": guest.account.name,
        "token": sealing.seal(guest.token, place=_place(id)),
        "server_token": sealing.seal(guest.server_token, place=_place(id, "server")) if guest.server_token else None,
        "checked_at": clock.now(),
        "lost_at": None,
    }
    new = insert(PersonRow).values(plex_id=id, user_id=user_id, linked_at=clock.now(), **values)
    await session.execute(new.on_conflict_do_update(index_elements=["plex_id"], set_=values))


async def expect(session: AsyncSession, user_id: str, account: Account) -> None:
    """This person will come with this account one day. Raises AnothersAccount."""
    await _claim(session, user_id, account)
    await session.execute(
        insert(PersonRow).values(plex_id=account.id, user_id=user_id, name=account.name, linked_at=clock.now())
    )


async def unlink(session: AsyncSession, user_id: str) -> Identity | None:
    """This person has no account any more; returns which it was."""
    had = await session.run_sync(identity, user_id)
    await session.execute(delete(PersonRow).where(PersonRow.user_id == user_id))
    return had


async def note_check(session: AsyncSession, plex_id: int, server_token: bytes | None = None) -> None:
    """They may still come in; the server's token for them may be a new one."""
    values: dict[str, Any] = {"checked_at": clock.now(), "lost_at": None}
    if server_token is not None:
        values["server_token"] = server_token
    await session.execute(update(PersonRow).where(PersonRow.plex_id == plex_id).values(**values))


async def note_loss(session: AsyncSession, plex_id: int) -> bool:
    """The server is shared with them no more; whether that is news."""
    values = {"lost_at": clock.now(), "checked_at": clock.now(), "token": None, "server_token": None}
    still = update(PersonRow).where(PersonRow.plex_id == plex_id, PersonRow.lost_at.is_(None))
    changed = await session.execute(still.values(**values))
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]  # a DML result has it


def sealed_server_token(sealing: Sealing, plex_id: int, token: str) -> bytes:
    return sealing.seal(token, place=_place(plex_id, "server"))


async def _claim(session: AsyncSession, user_id: str, account: Account) -> None:
    """Nobody else has it, and they have no other."""
    owner = await session.run_sync(user_of, account.id)
    if owner not in (None, user_id):
        raise AnothersAccount(msg("plex_sign_in.anothers", name=account.name))
    await session.execute(delete(PersonRow).where(PersonRow.user_id == user_id, PersonRow.plex_id != account.id))


def _identity(row: Any) -> Identity:
    return Identity(**row._mapping)  # noqa: SLF001 - how SQLAlchemy hands out a row by its names


def _place(plex_id: int, what: str = "account") -> str:
    return f"person {plex_id} {what}"
