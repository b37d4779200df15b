"""Is it up: Uptime Kuma's token, how long each service was in which state, and incidents."""

import sqlalchemy as sa
from alembic import op

from medianest.core.db import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "status_tokens",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("token", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "status_stretches",
        sa.Column("monitor", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("began_at", UtcDateTime(), primary_key=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
    )
    op.create_index("ix_status_stretches_ended_at", "status_stretches", ["ended_at"])
    _incidents()


def _incidents() -> None:
    op.create_table(
        "status_incidents",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("monitor", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("name", "cause")),
        *(sa.Column(name, UtcDateTime(), nullable=False) for name in ("opened_at", "down_since")),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("flaps", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("told_down", "told_back")),
    )
    op.create_index("ix_status_incidents_opened_at", "status_incidents", ["opened_at", "id"])
    op.create_index("ix_status_incidents_monitor", "status_incidents", ["monitor", "opened_at"])
    op.create_index("ix_status_incidents_closed_at", "status_incidents", ["closed_at"])
