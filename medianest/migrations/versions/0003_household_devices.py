"""Household devices, and PINs for who is chosen on them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("pin_hash", sa.String(), nullable=True))
    op.add_column("sessions", sa.Column("device_id", sa.String(), nullable=True))
    op.create_table(
        "household_devices",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("secret_digest", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_devices")),
        sa.UniqueConstraint("secret_digest", name=op.f("uq_household_devices_secret_digest")),
    )
