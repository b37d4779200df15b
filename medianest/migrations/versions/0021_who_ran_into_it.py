"""Who ran into an outage, and is told when it is over."""

import sqlalchemy as sa
from alembic import op

from medianest.core.db import UtcDateTime

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "status_encounters",
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("function", sa.String(), nullable=True),
        sa.Column("met_at", UtcDateTime(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("incident_id", "user_id", name=op.f("pk_status_encounters")),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["status_incidents.id"],
            name=op.f("fk_status_encounters_incident_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(op.f("ix_status_encounters_user_id"), "status_encounters", ["user_id"])
