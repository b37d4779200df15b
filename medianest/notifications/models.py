"""The table of notes: who is told of which entry of the journal."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from medianest.core.db import Base, UtcDateTime


class NoteRow(Base):
    """That somebody is told of an entry; it goes with the entry, and with the person.

    Notes with the same `bundle`, which is the first one's entry, are shown as one.
    """

    __tablename__ = "notes"
    __table_args__ = (
        Index("ix_notes_bundle", "user_id", "bundle", "entry_id", "topic", "whom", "read_at"),
        Index("ix_notes_kind", "user_id", "kind", "entry_id"),
        Index("ix_notes_unread", "user_id", "bundle", "whom", sqlite_where=text("read_at IS NULL")),
        Index("ix_notes_entry_id", "entry_id"),
    )

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal.id", ondelete="CASCADE"), primary_key=True)
    bundle: Mapped[int]
    kind: Mapped[str]
    topic: Mapped[str]
    whom: Mapped[str]
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
