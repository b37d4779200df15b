"""The tables of the feature; private to it."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from medianest.core.db import Base, UtcDateTime


class TokenRow(Base):
    """The token by which Uptime Kuma knows the portal, sealed; there is one row at most."""

    __tablename__ = "status_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[bytes]


class StretchRow(Base):
    """A time in which a service was in one state; the last one of each may have no end yet."""

    __tablename__ = "status_stretches"
    __table_args__ = (Index("ix_status_stretches_ended_at", "ended_at"),)

    monitor: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    state: Mapped[str]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class IncidentRow(Base):
    """A time in which a service was down, with what Uptime Kuma said; `name` outlives the service."""

    __tablename__ = "status_incidents"
    __table_args__ = (
        Index("ix_status_incidents_opened_at", "opened_at", "id"),
        Index("ix_status_incidents_monitor", "monitor", "opened_at"),
        Index("ix_status_incidents_closed_at", "closed_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    monitor: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    cause: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    down_since: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    flaps: Mapped[int]
    told_down: Mapped[bool]
    told_back: Mapped[bool]


class EncounterRow(Base):
    """Somebody ran into an incident; they are told once that it is over."""

    __tablename__ = "status_encounters"

    incident_id: Mapped[str] = mapped_column(ForeignKey("status_incidents.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    function: Mapped[str | None]
    met_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
