"""Links by which somebody decides about a request, once."""

import sqlalchemy as sa
from alembic import op

from medianest.core.db import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "media_request_decision_links",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_request_decision_links")),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["media_requests.id"],
            name=op.f("fk_media_request_decision_links_request_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_media_request_decision_links_user_id"), ondelete="CASCADE"
        ),
    )
    for column in ("request_id", "user_id", "expires_at"):
        op.create_index(op.f(f"ix_media_request_decision_links_{column}"), "media_request_decision_links", [column])
