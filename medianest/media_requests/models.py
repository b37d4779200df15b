"""The tables: what was asked for, who follows it, and as whom people ask."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from medianest.core.db import Base, UtcDateTime
from medianest.core.work import WorkColumns


class RequestRow(WorkColumns, Base):
    """A request. Until the server has it (`upstream_id`), it is a piece of work that is to be sent.

    `heard_at` is when the answer was asked for that `state` is from. `name` is empty until the server told it, as is
    `folded`, by which it is found. What was
    asked for at the server itself has no owner where nobody of ours did; `asker` is what they are called there. What
    `is_unwanted` was taken back here and is to be deleted there. What is not
    `is_announced` may yet be refused to who asks, and then is nothing.
    """

    __tablename__ = "media_requests"
    __table_args__ = (
        Index("ix_media_requests_title", "tmdb_id", "media_type", "is_4k"),
        Index("ix_media_requests_state", "state", "created_at"),
        Index("ix_media_requests_owner", "owner_id", "created_at"),
        Index("ix_media_requests_unwanted", "is_unwanted", sqlite_where=text("is_unwanted")),
        Index("ix_media_requests_lease", "lease_owner", sqlite_where=text("lease_owner IS NOT NULL")),
    )

    media_type: Mapped[str]
    tmdb_id: Mapped[int]
    is_4k: Mapped[bool]
    seasons: Mapped[list[int]] = mapped_column(JSON)
    profile_id: Mapped[int | None]
    folder: Mapped[str | None]
    server_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(default="")
    folded: Mapped[str] = mapped_column(default="")
    year: Mapped[int | None]
    poster: Mapped[str | None]
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    asked_by_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    asker: Mapped[str] = mapped_column(default="")
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    error_code: Mapped[str | None]
    upstream_id: Mapped[int | None] = mapped_column(unique=True)
    media_id: Mapped[int | None]
    is_unwanted: Mapped[bool] = mapped_column(default=False)
    is_announced: Mapped[bool] = mapped_column(default=False)
    heard_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RequestFollowerRow(Base):
    """Somebody who wants to be told, too."""

    __tablename__ = "media_request_followers"

    request_id: Mapped[str] = mapped_column(ForeignKey("media_requests.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    followed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RequestAliasRow(Base):
    """The id of a request that turned out to be another one's, which it leads to from then on."""

    __tablename__ = "media_request_aliases"

    id: Mapped[str] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("media_requests.id", ondelete="CASCADE"), index=True)


class DecisionLinkRow(Base):
    """A link by which somebody may decide about a request; dead once all sessions of theirs were ended (`epoch`)."""

    __tablename__ = "media_request_decision_links"

    id: Mapped[str] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("media_requests.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    epoch: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ErrandRow(Base):
    """What somebody said that is on its way to the server; with an `error_code`, it came to nothing.

    `subject_id` is a request or a problem, which may not be known yet. `details` are `errand.Details`.
    """

    __tablename__ = "media_request_errands"

    id: Mapped[str] = mapped_column(primary_key=True)
    what: Mapped[str]
    subject_id: Mapped[str]
    by_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    link_id: Mapped[str | None]
    error_code: Mapped[str | None]
    error: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProblemRow(Base):
    """A problem as the server had it when it was asked at `heard_at`; `comments` begin with what was reported.

    Who reported it is nobody of ours where nobody is known by that account; `reporter` is what they are called there.
    """

    __tablename__ = "media_problems"
    __table_args__ = (
        Index("ix_media_problems_state", "is_resolved", "created_at"),
        Index("ix_media_problems_title", "tmdb_id", "media_type"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    upstream_id: Mapped[int] = mapped_column(unique=True)
    media_type: Mapped[str]
    tmdb_id: Mapped[int]
    name: Mapped[str]
    kind: Mapped[str]
    season: Mapped[int | None]
    episode: Mapped[int | None]
    reporter_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    reporter: Mapped[str]
    is_resolved: Mapped[bool]
    comments: Mapped[list[dict[str, str | None]]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    heard_at: Mapped[datetime] = mapped_column(UtcDateTime)


class UpstreamPersonRow(Base):
    """As whom somebody asks, where an administrator said so."""

    __tablename__ = "media_request_people"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    upstream_id: Mapped[int]
