"""Plex: the portal's place there, who is on the way to sign in with it, and whose Plex account is whose."""

import sqlalchemy as sa
from alembic import op

from medianest.core.db import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _installation()
    _pins()
    _people()


def _installation() -> None:
    op.create_table(
        "plex_installation",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("client_id", sa.String(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("machine_id", "server_name", "url", "known_url")),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_name", sa.String(), nullable=True),
        *(sa.Column(name, sa.LargeBinary(), nullable=True) for name in ("token", "server_token")),
        *(sa.Column(name, UtcDateTime(), nullable=True) for name in ("connected_at", "checked_at", "refused_at")),
    )


def _pins() -> None:
    op.create_table(
        "plex_pins",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("secret_digest", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=True, index=True),
        sa.Column("pin_id", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("return_path", sa.String(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False, index=True),
    )


def _people() -> None:
    op.create_table(
        "plex_people",
        sa.Column("plex_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("user_id", sa.String(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=True) for name in ("token", "server_token")),
        sa.Column("linked_at", UtcDateTime(), nullable=False),
        *(sa.Column(name, UtcDateTime(), nullable=True) for name in ("checked_at", "lost_at")),
        sa.UniqueConstraint("user_id", name=op.f("uq_plex_people_user_id")),
    )
