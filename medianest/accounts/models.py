"""The tables of people, what they prove themselves with, who may become one, and plans; of secrets only hashes."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from medianest.core.db import Base, UtcDateTime


class UserRow(Base):
    """A person; `epoch` counts the times that all their sessions were ended at once.

    Who was removed stays as a row under a pseudonym, for what they did has happened.
    """

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    role: Mapped[str]
    language: Mapped[str | None]
    password_hash: Mapped[str | None]
    epoch: Mapped[int]
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pin_hash: Mapped[str | None]
    plan_id: Mapped[str | None] = mapped_column(ForeignKey("plans.id"))


class SessionRow(Base):
    """A browser in which somebody signed in; dead once the person's epoch has moved on.

    `device_id` is the household device on which a child or guest chose their name; the session ends with it.
    """

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(primary_key=True)
    secret_digest: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    epoch: Mapped[int]
    user_agent: Mapped[str]
    address: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    authenticated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    device_id: Mapped[str | None]


class TokenRow(Base):
    """An API token; `scopes` are words with spaces between."""

    __tablename__ = "tokens"

    id: Mapped[str] = mapped_column(primary_key=True)
    secret_digest: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    label: Mapped[str]
    scopes: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class InvitationRow(Base):
    """A link by which `uses_most` people may come in, until it expires or its maker is no administrator any more."""

    __tablename__ = "invitations"

    id: Mapped[str] = mapped_column(primary_key=True)
    secret_digest: Mapped[str] = mapped_column(unique=True)
    made_by: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]
    label: Mapped[str]
    uses: Mapped[int]
    uses_most: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class DeviceRow(Base):
    """A browser of the household's, in which children and guests choose who they are."""

    __tablename__ = "household_devices"

    id: Mapped[str] = mapped_column(primary_key=True)
    secret_digest: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PlanRow(Base):
    """A named bundle of quotas; what is not set is not limited."""

    __tablename__ = "plans"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)
    downloads: Mapped[int | None]
    bytes: Mapped[int | None] = mapped_column(BigInteger)
    active: Mapped[int | None]
    window_days: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RolePlanRow(Base):
    """The plan of everybody in a role who has none of their own."""

    __tablename__ = "role_plans"

    role: Mapped[str] = mapped_column(primary_key=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"), index=True)
