"""The tables: who is told of which entry of the journal, by which channels, and what they chose."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from medianest.core.db import Base, UtcDateTime
from medianest.core.work import WorkColumns


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


class ChannelRow(Base):
    """A way to somebody; where it leads is sealed. `target_digest` tells two of them apart that lead to the same.

    What is bound to a session ends with it.
    """

    __tablename__ = "notification_channels"

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    label: Mapped[str]
    language: Mapped[str]
    sealed: Mapped[bytes]
    target_digest: Mapped[str] = mapped_column(unique=True)
    session_id: Mapped[str | None] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str]


class DeliveryRow(WorkColumns, Base):
    """That an entry is sent to a channel; those that `joined` another are sent with it, as one message."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("channel_id", "entry_id"),
        Index("ix_deliveries_next", "channel_id", "due_at", sqlite_where=text("state = 'waiting'")),
        Index("ix_deliveries_channel", "channel_id", "state", "entry_id"),
        Index("ix_deliveries_joined", "joined"),
        Index("ix_deliveries_finished", "finished_at"),
        Index("ix_deliveries_entry_id", "entry_id"),
    )

    channel_id: Mapped[str] = mapped_column(ForeignKey("notification_channels.id", ondelete="CASCADE"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal.id", ondelete="CASCADE"))
    notice: Mapped[str]
    whom: Mapped[str]
    bundle: Mapped[int]
    state: Mapped[str]
    joined: Mapped[str | None]
    error: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ChoiceRow(Base):
    """That somebody wants to hear of this by such channels, or not: where they chose otherwise than all do."""

    __tablename__ = "notification_choices"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    notice: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    is_wanted: Mapped[bool]


class MannersRow(Base):
    """When somebody wants to hear; quiet hours as `22:00-07:00`, empty where there are none."""

    __tablename__ = "notification_manners"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    zone: Mapped[str]
    quiet: Mapped[str]
    digest: Mapped[str]
    digest_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
