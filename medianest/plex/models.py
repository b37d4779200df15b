"""The tables: the portal's own place at Plex, who is on the way to sign in, and whose Plex account is whose."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from medianest.core.db import Base, UtcDateTime


class InstallationRow(Base):
    """The only row (id 1): the client identifier, made once, and the server that was chosen.

    `url` is the address at which the server was found; `known_url` the one in TOML whose server `machine_id` is.
    Tokens are sealed: `token` is the owner's at plex.tv, `server_token` the one that the server takes.
    """

    __tablename__ = "plex_installation"

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str]
    machine_id: Mapped[str | None]
    server_name: Mapped[str | None]
    url: Mapped[str | None]
    known_url: Mapped[str | None]
    owner_id: Mapped[int | None] = mapped_column(BigInteger)
    owner_name: Mapped[str | None]
    token: Mapped[bytes | None]
    server_token: Mapped[bytes | None]
    connected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PinRow(Base):
    """Somebody on the way to Plex and back: ten minutes, once, in the browser that knows the secret.

    `user_id` is who was signed in when it began; `token` is sealed, and there only while an administrator chooses a
    server. `asked` counts how often plex.tv was asked about it.
    """

    __tablename__ = "plex_pins"

    id: Mapped[str] = mapped_column(primary_key=True)
    secret_digest: Mapped[str]
    purpose: Mapped[str]
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    pin_id: Mapped[int] = mapped_column(BigInteger)
    address: Mapped[str]
    return_path: Mapped[str]
    asked: Mapped[int]
    token: Mapped[bytes | None]
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class PersonRow(Base):
    """Whose Plex account is whose, by Plex's own number; who was imported has no token yet.

    `lost_at` is when the server was found to be shared with them no more.
    """

    __tablename__ = "plex_people"

    plex_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    name: Mapped[str]
    token: Mapped[bytes | None]
    server_token: Mapped[bytes | None]
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lost_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
