"""The journal's tables; private to `core.journal`."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from medianest.core.db import Base, UtcDateTime


class EntryRow(Base):
    """One thing that happened; never changed, deleted only when its time is over."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_at", "at", "id"),
        Index("ix_journal_subject", "subject_type", "subject_id", "at", "id", "kind", "actor_id", "via"),
        Index("ix_journal_kind", "kind", "at", "id", "actor_id", "via"),
        Index("ix_journal_actor", "actor_id", "at", "id", "via"),
        Index("ix_journal_via", "via", "at", "id"),
        Index("ix_journal_expires_at", "expires_at"),
        Index("ix_journal_request_id", "request_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str]
    version: Mapped[int]
    actor_id: Mapped[str | None]
    actor_name: Mapped[str]
    via: Mapped[str]
    address: Mapped[str | None]
    subject_type: Mapped[str]
    subject_id: Mapped[str]
    audience: Mapped[str]
    data: Mapped[str]
    request_id: Mapped[str | None]


class Cursor(Base):
    """How far a listener has come."""

    __tablename__ = "journal_cursors"

    listener: Mapped[str] = mapped_column(primary_key=True)
    entry_id: Mapped[int]


class DeadLetterRow(Base):
    """An entry that a listener could not take, parked until somebody retries it."""

    __tablename__ = "journal_dead_letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    listener: Mapped[str]
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal.id"))
    error: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
