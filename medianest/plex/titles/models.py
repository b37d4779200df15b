"""The tables of what the Plex server holds; private to the feature."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from medianest.core.db import Base, UtcDateTime
from medianest.core.work import WorkColumns
from medianest.plex.titles import words


class SectionRow(Base):
    """A section, and how far it has been read.

    `generation` counts the readings of it as a whole; while one is under way, `reading` is the kind that it is at,
    `offset` how much of it is read, and `total` how much there is, or None where that changed meanwhile. `skipped` are
    those that cannot be used. `newest_at` is the time, by the server's clock, up to which changes are known;
    `begun_at` is when the reading under way began, `looked_at` when the last look at the section ended, `read_at` when
    the last reading of it did.
    """

    __tablename__ = "plex_sections"

    key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title: Mapped[str]
    position: Mapped[int]
    hidden: Mapped[int]
    folders: Mapped[list[Any]] = mapped_column(JSON)
    generation: Mapped[int] = mapped_column(default=0)
    reading: Mapped[str | None]
    offset: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    skipped: Mapped[int] = mapped_column(default=0)
    newest_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ItemRow(Base):
    """An item of a section; `generation` is that of the last reading in which it was seen.

    `id` is ours, and that of its words, in which `core.fulltext` finds it.
    """

    __tablename__ = "plex_items"
    __table_args__ = (
        Index("uq_plex_items_key", "key", unique=True),
        Index("ix_plex_items_section", "section_key", "kind", "folded", "id"),
        Index("ix_plex_items_added", "added_at", "id"),
        Index("ix_plex_items_parent", "parent_key", "number", sqlite_where=text("parent_key IS NOT NULL")),
        Index("ix_plex_items_show", "show_key", sqlite_where=text("show_key IS NOT NULL")),
        Index("ix_plex_items_folded", "kind", "folded", "year"),
        Index("ix_plex_items_imdb", "imdb", sqlite_where=text("imdb IS NOT NULL")),
        Index("ix_plex_items_tmdb", "tmdb", sqlite_where=text("tmdb IS NOT NULL")),
        Index("ix_plex_items_tvdb", "tvdb", sqlite_where=text("tvdb IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    section_key: Mapped[str] = mapped_column(ForeignKey("plex_sections.key"))
    kind: Mapped[str]
    title: Mapped[str]
    original_title: Mapped[str]
    folded: Mapped[str]
    year: Mapped[int | None]
    imdb: Mapped[str | None]
    tmdb: Mapped[int | None]
    tvdb: Mapped[int | None]
    parent_key: Mapped[str | None]
    show_key: Mapped[str | None]
    show_title: Mapped[str | None]
    number: Mapped[int | None]
    season_number: Mapped[int | None]
    duration_s: Mapped[int | None]
    summary: Mapped[str]
    content_rating: Mapped[str]
    poster: Mapped[str | None]
    still: Mapped[str | None]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    generation: Mapped[int]


for _words in (words.TITLES, words.EPISODES):
    _words.made_with(ItemRow.__table__)  # type: ignore[arg-type]  # a mapped class has one


class IndexRow(Base):
    """Of which server the index is; there is one row at most."""

    __tablename__ = "plex_index"

    machine_id: Mapped[str] = mapped_column(primary_key=True)


class ViewerRow(Base):
    """Which sections somebody's own token showed, when it was last asked: their `keys`, and the `token`'s digest."""

    __tablename__ = "plex_viewers"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    sections: Mapped[dict[str, Any]] = mapped_column(JSON)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ScanRow(WorkColumns, Base):
    """A folder into which the server shall look; the id is that of what came into it, so that it is asked for once."""

    __tablename__ = "plex_scans"

    path: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
