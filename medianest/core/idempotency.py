"""What was answered to a request that may come again: the table behind `Idempotency-Key` (contract.md, HTTP).

A key is claimed before the work and settled after it. A claim that outlived its process is judged by the journal:
what is done is recorded there under the request's id, so that nothing recorded means nothing done.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from medianest.core import clock, journal
from medianest.core.db import Base, UtcDateTime

KEPT = timedelta(hours=24)


class Found(StrEnum):
    """How a key stands when a request claims it."""

    NEW = "new"
    UNDER_WAY = "under_way"
    OTHER_BODY = "other_body"
    ANSWERED = "answered"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """Whose key for which route; `fingerprint` tells one body from another."""

    person_id: str
    route: str
    key: str
    fingerprint: str
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said again to the same request."""

    status: int
    content_type: str
    location: str
    body: bytes


class KeyRow(Base):
    """A key: claimed by a process, then answered; `status` 0 is done without an answer that could be repeated."""

    __tablename__ = "idempotency_keys"

    person_id: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    request_id: Mapped[str]
    process: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    status: Mapped[int | None]
    content_type: Mapped[str | None]
    location: Mapped[str | None]
    body: Mapped[bytes | None]


async def claim(session: AsyncSession, key: Key, *, process: str) -> tuple[Found, Answer | None]:
    """Take the key for this request, or learn what became of the request that has it."""
    row = (await session.execute(select(*KeyRow.__table__.c).where(*_is(key)))).first()
    if row is not None:
        done = row.status is None and await session.run_sync(journal.has_request, row.request_id)
        found = _judge(row, key, process=process, done=done)
        if found is not Found.NEW:
            return found, _answer(row) if found is Found.ANSWERED else None
    await session.execute(delete(KeyRow).where(*_is(key)))
    new = asdict(key) | {"process": process, "created_at": clock.now()}
    await session.execute(insert(KeyRow).values(new))
    return Found.NEW, None


async def settle(session: AsyncSession, key: Key, answer: Answer | None, *, done: bool = False) -> None:
    """Keep the answer to a claimed request; without one, give the key back unless something was `done`."""
    if answer is not None:
        await session.execute(update(KeyRow).where(*_is(key)).values(asdict(answer)))
    elif done or await session.run_sync(journal.has_request, key.request_id):
        await session.execute(update(KeyRow).where(*_is(key)).values(status=0))
    else:
        await session.execute(delete(KeyRow).where(*_is(key)))


async def purge(session: AsyncSession) -> int:
    """Forget keys that are over; returns how many."""
    result = await session.execute(delete(KeyRow).where(KeyRow.created_at <= clock.now() - KEPT))
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DML result has it


def _judge(row: Any, key: Key, *, process: str, done: bool) -> Found:
    if row.created_at <= clock.now() - KEPT:
        return Found.NEW
    if row.fingerprint != key.fingerprint:
        return Found.OTHER_BODY
    if row.status is None and row.process == process:
        return Found.UNDER_WAY
    if row.status is None:
        return Found.DONE if done else Found.NEW
    return Found.ANSWERED if row.status else Found.DONE


def _answer(row: Any) -> Answer:
    return Answer(status=row.status, content_type=row.content_type, location=row.location, body=row.body)


def _is(key: Key) -> tuple[ColumnElement[bool], ...]:
    return KeyRow.person_id == key.person_id, KeyRow.route == key.route, KeyRow.key == key.key
