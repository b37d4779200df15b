"""What is on its way to Overseerr outlives the process."""

import sqlalchemy as sa
from alembic import op

from medianest.core.db import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "media_request_errands",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("link_id", sa.String(), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_request_errands")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_media_request_errands_by_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_media_request_errands_by_id"), "media_request_errands", ["by_id"])
