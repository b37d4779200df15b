"""Opening and ending sessions."""

import re
import unicodedata
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.accounts import actors, events, queries
from medianest.accounts.models import SessionRow, UserRow
from medianest.accounts.types import Alive, Client, Opened, Session, SessionRules, User
from medianest.core import clock, journal, journal_pages
from medianest.core.actor import Actor
from medianest.core.db import Base
from medianest.core.journal_pages import Sought
from medianest.core.security import digest, new_id, new_token

SESSIONS_MOST = 50
_AGENT_MOST = 200
_PAST_SIGN_INS = 50
_VERSION = re.compile(r"[\d._]+")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


async def open(
    session: AsyncSession,
    user: User,
    client: Client,
    *,
    rules: SessionRules,
    replaces: str | None = None,
    device_id: str | None = None,
    event: type[events.SignedIn] = events.SignedIn,
) -> Opened:
    """Sign somebody in who has proven who they are; what hung on the session that it `replaces` hangs on it.

    Who only chose their name on a household device has proven nothing, and is asked before what is delicate.
    """
    now = clock.now()
    secret = new_token()
    opened = Session(
        id=new_id(),
        user_id=user.id,
        user_agent=_readable(client.user_agent),
        address=client.address,
        created_at=now,
        authenticated_at=_NEVER if device_id else now,
        last_seen_at=now,
        expires_at=now + rules.absolute,
    )
    epoch = select(UserRow.epoch).where(UserRow.id == user.id).scalar_subquery()
    hidden = {"secret_digest": digest(secret), "epoch": epoch, "device_id": device_id}
    await session.execute(insert(SessionRow).values(asdict(opened) | hidden))
    if replaces is not None:
        await _take_over(session, user, replaces, opened.id)
        await session.execute(delete(SessionRow).where(SessionRow.id == replaces))
    await session.execute(update(UserRow).where(UserRow.id == user.id).values(last_seen_at=now))
    await _forget_oldest(session, user)
    await _note(session, opened, user, client, event)
    return Opened(user=user, session_id=opened.id, secret=secret, lasts=rules.absolute)


async def end(session: AsyncSession, actor: Actor, ended: Session) -> None:
    """Sign a device out."""
    await session.execute(delete(SessionRow).where(SessionRow.id == ended.id))
    await journal.record(
        session,
        events.SignedOut(
            actor=actor, subject_id=ended.user_id, audience=events.about(ended.user_id), session_id=ended.id
        ),
    )


async def end_all(session: AsyncSession, actor: Actor, user: User, *, but: str | None) -> int:
    """Sign all devices of a person out, except the session `but`; returns how many."""
    others = SessionRow.user_id == user.id if but is None else (SessionRow.user_id == user.id) & (SessionRow.id != but)
    result = await session.execute(delete(SessionRow).where(others))
    ended = int(result.rowcount)  # type: ignore[attr-defined]  # a DML result has it
    event = events.SignedOutEverywhere(actor=actor, subject_id=user.id, audience=events.about(user.id), ended=ended)
    await journal.record(session, event)
    return ended


async def purge(session: AsyncSession, alive: Alive) -> int:
    """Delete the sessions that are over; returns how many."""
    over = (
        select(SessionRow.id)
        .join(UserRow, UserRow.id == SessionRow.user_id)
        .where(
            (SessionRow.expires_at <= alive.now)
            | (SessionRow.last_seen_at <= alive.idle_since)
            | (SessionRow.epoch != UserRow.epoch)
        )
    )
    result = await session.execute(delete(SessionRow).where(SessionRow.id.in_(over)))
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DML result has it


async def _take_over(session: AsyncSession, user: User, old: str, new: str) -> None:
    """What ends with a session goes on with the one that follows it in the same browser, if it is the same person's.

    Which tables these are tells the schema: features above this one have theirs.
    """
    theirs = select(SessionRow.id).where(SessionRow.id == old, SessionRow.user_id == user.id)
    for column in (column for table in Base.metadata.sorted_tables for column in table.c):
        if any(key.target_fullname == "sessions.id" for key in column.foreign_keys):
            statement = update(column.table).where(column.in_(theirs))
            await session.execute(statement.values({column.name: new}))


async def _note(
    session: AsyncSession, opened: Session, user: User, client: Client, event: type[events.SignedIn]
) -> None:
    """Write the sign-in down; and tell the person where they never used such a device, but others."""
    actor = actors.of_session(queries.LivingSession(session=opened, user=user))
    actor = actor.on(address=client.address, request_id=client.request_id)
    about: dict[str, Any] = {"actor": actor, "subject_id": user.id, "audience": events.about(user.id)}
    theirs = Sought(kinds=events.SIGN_INS, actor_id=user.id)
    past = (await session.run_sync(journal_pages.page, theirs, limit=_PAST_SIGN_INS)).items
    await journal.record(session, event(**about, user_agent=opened.user_agent))
    if past and _kind_of(opened.user_agent) not in {_kind_of(str(entry.data.get("user_agent"))) for entry in past}:
        await journal.record(session, events.NewDevice(**about, user_agent=opened.user_agent))


def _kind_of(user_agent: str) -> str:
    """A program on a device, whichever version it is in."""
    return _VERSION.sub("", user_agent)


async def _forget_oldest(session: AsyncSession, user: User) -> None:
    own = select(SessionRow.id).where(SessionRow.user_id == user.id)
    kept = own.order_by(SessionRow.last_seen_at.desc(), SessionRow.created_at.desc()).limit(SESSIONS_MOST)
    await session.execute(delete(SessionRow).where(SessionRow.user_id == user.id, SessionRow.id.not_in(kept)))


def _readable(user_agent: str) -> str:
    return "".join(c for c in user_agent if unicodedata.category(c)[0] != "C")[:_AGENT_MOST]
