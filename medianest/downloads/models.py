"""The queue's tables; private to the feature."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from medianest.core import tallies
from medianest.core.db import Base, UtcDateTime
from medianest.core.work import WorkColumns


class DownloadRow(WorkColumns, Base):
    """One link that somebody queued; `source` is the link until a child has looked, then site and id.

    `rank` is the priority as far as it counts against other people's downloads; `begun_at` is when it was last begun.
    """

    __tablename__ = "downloads"
    __table_args__ = (
        Index(
            "uq_downloads_source",
            "source",
            "preset",
            unique=True,
            sqlite_where=text("state NOT IN ('failed', 'cancelled')"),
        ),
        Index("ix_downloads_url", "url", "preset"),
        Index("ix_downloads_position", "state", text("priority DESC"), "position", "id"),
        Index("ix_downloads_turn", "state", "owner_id", "site", text("rank DESC"), text("priority DESC"), "position"),
        Index("ix_downloads_site", "site", "state", "position"),
        Index("ix_downloads_waits", "waits_for", "due_at", sqlite_where=text("waits_for IS NOT NULL")),
        Index("ix_downloads_begun", "begun_at", sqlite_where=text("begun_at IS NOT NULL")),
        Index("ix_downloads_owner_position", "owner_id", "state", text("priority DESC"), "position", "id"),
        Index("ix_downloads_owner_created", "owner_id", "state", "created_at", "id"),
        Index("ix_downloads_owner_finished", "owner_id", "state", "finished_at", "id"),
        Index("ix_downloads_place", "position"),
        Index("ix_downloads_playlist", "playlist_id", "state", sqlite_where=text("playlist_id IS NOT NULL")),
        Index("ix_downloads_lease", "lease_owner", sqlite_where=text("lease_owner IS NOT NULL")),
        Index("ix_downloads_created", "state", "created_at", "id"),
        Index("ix_downloads_finished", "state", "finished_at", "id"),
        Index("uq_downloads_file", "file_path", unique=True),
    )

    url: Mapped[str]
    source: Mapped[str]
    site: Mapped[str]
    title: Mapped[str]
    has_picture: Mapped[bool] = mapped_column(default=False)
    tone: Mapped[int | None]
    duration_s: Mapped[float | None]
    preset: Mapped[str]
    priority: Mapped[int] = mapped_column(default=0)
    rank: Mapped[int] = mapped_column(default=0)
    position: Mapped[int]
    state: Mapped[str]
    waits_for: Mapped[str | None]
    stage: Mapped[str | None]
    downloaded_bytes: Mapped[int] = mapped_column(default=0)
    total_bytes: Mapped[int | None]
    error_code: Mapped[str | None]
    error_detail: Mapped[str] = mapped_column(default="")
    warnings: Mapped[list[Any]] = mapped_column(JSON, default=list)
    file_path: Mapped[str | None]
    size_bytes: Mapped[int | None]
    side_files: Mapped[list[Any]] = mapped_column(JSON, default=list)
    about: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    playlist_id: Mapped[str | None] = mapped_column(ForeignKey("playlists.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    broadcast: Mapped[str | None]
    begins_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


COUNTED_BY = ("owner_id", "site", "state", "waits_for")
COUNTS = tallies.tally("download_counts", DownloadRow.__table__, COUNTED_BY)
"""How many downloads of each person and site are in which state, and of those that wait, for what."""


class FollowerRow(Base):
    """Somebody who asked for what another had queued already."""

    __tablename__ = "download_followers"

    download_id: Mapped[str] = mapped_column(ForeignKey("downloads.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)


class PlaylistRow(WorkColumns, Base):
    """A list that somebody queued: what they chose of it (`choice`), how far it was read, what became of its entries.

    `entry_count` is the site's own word; `read` entries were read so far, all of them once `is_read`.
    """

    __tablename__ = "playlists"
    __table_args__ = (
        Index("ix_playlists_state", "state", "created_at"),
        Index("ix_playlists_owner", "owner_id", "created_at"),
        Index("ix_playlists_created", "created_at", "id"),
        Index("ix_playlists_lease", "lease_owner", sqlite_where=text("lease_owner IS NOT NULL")),
    )

    url: Mapped[str]
    site: Mapped[str]
    title: Mapped[str]
    preset: Mapped[str]
    choice: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str]
    waits_for: Mapped[str | None]
    entry_count: Mapped[int | None]
    read: Mapped[int] = mapped_column(default=0)
    is_read: Mapped[bool] = mapped_column(default=False)
    is_cut: Mapped[bool] = mapped_column(default=False)
    chosen: Mapped[int] = mapped_column(default=0)
    queued: Mapped[int] = mapped_column(default=0)
    here: Mapped[int] = mapped_column(default=0)
    unavailable: Mapped[int] = mapped_column(default=0)
    error_code: Mapped[str | None]
    error_detail: Mapped[str] = mapped_column(default="")
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PlaylistEntryRow(Base):
    """An entry that was chosen, by its number in the list; the same source is taken once."""

    __tablename__ = "playlist_entries"
    __table_args__ = (
        Index("uq_playlist_entries_source", "playlist_id", "source", unique=True),
        Index("ix_playlist_entries_fate", "playlist_id", "fate", "rank"),
        Index("ix_playlist_entries_download", "download_id", sqlite_where=text("download_id IS NOT NULL")),
    )

    playlist_id: Mapped[str] = mapped_column(ForeignKey("playlists.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    rank: Mapped[int]
    source: Mapped[str]
    url: Mapped[str]
    title: Mapped[str]
    duration_s: Mapped[float | None]
    fate: Mapped[str]
    error_code: Mapped[str | None]
    download_id: Mapped[str | None] = mapped_column(ForeignKey("downloads.id", ondelete="SET NULL"))


class AliasRow(Base):
    """The id of a download that was given up, because the one that it leads to brings the same."""

    __tablename__ = "download_aliases"

    id: Mapped[str] = mapped_column(primary_key=True)
    download_id: Mapped[str] = mapped_column(ForeignKey("downloads.id", ondelete="CASCADE"), index=True)


class SiteRow(Base):
    """What is remembered of a site: its circuit (`core.circuit`), when it may be asked next, and what an admin set."""

    __tablename__ = "sites"

    name: Mapped[str] = mapped_column(primary_key=True)
    circuit: Mapped[str]
    opened: Mapped[int] = mapped_column(default=0)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    probing: Mapped[bool] = mapped_column(default=False)
    cause: Mapped[str | None]
    held_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rests_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    per_site: Mapped[int | None]
    pause_s: Mapped[int | None]
    last_good_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_bad_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SiteHostRow(Base):
    """A further host name that leads to a site, as a child once found."""

    __tablename__ = "site_hosts"

    host: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str]


class SiteCookiesRow(Base):
    """The cookies of a site: sealed with the house's key, and what may be told of them."""

    __tablename__ = "site_cookies"

    site: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    use: Mapped[str]
    number: Mapped[int]
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    runs_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class UsageRow(Base):
    """What counts against somebody's quotas: a download that they began, or the bytes that one of its runs received.

    It stays when the download is deleted or handed over.
    """

    __tablename__ = "download_usage"
    __table_args__ = (Index("ix_download_usage_user_id_at", "user_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    download_id: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    downloads: Mapped[int]
    bytes: Mapped[int] = mapped_column(BigInteger)
