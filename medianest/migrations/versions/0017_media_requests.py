"""What was asked for, who follows it, and as whom people ask."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _requests()
    op.create_table(
        "media_request_followers",
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("followed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", "user_id", name=op.f("pk_media_request_followers")),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["media_requests.id"],
            ondelete="CASCADE",
            name=op.f("fk_media_request_followers_request_id"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_media_request_followers_user_id")),
    )
    op.create_index("ix_media_request_followers_user_id", "media_request_followers", ["user_id"])
    op.create_table(
        "media_request_aliases",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_request_aliases")),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["media_requests.id"],
            ondelete="CASCADE",
            name=op.f("fk_media_request_aliases_request_id"),
        ),
    )
    op.create_index("ix_media_request_aliases_request_id", "media_request_aliases", ["request_id"])
    op.create_table(
        "media_request_people",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("upstream_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_media_request_people")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], ondelete="CASCADE", name=op.f("fk_media_request_people_user_id")
        ),
    )


def _requests() -> None:
    op.create_table(
        "media_requests",
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("tmdb_id", sa.Integer(), nullable=False),
        sa.Column("is_4k", sa.Boolean(), nullable=False),
        sa.Column("seasons", sa.JSON(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=True),
        sa.Column("folder", sa.String(), nullable=True),
        sa.Column("server_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("poster", sa.String(), nullable=True),
        sa.Column("owner_id", sa.String(), nullable=True),
        sa.Column("asked_by_id", sa.String(), nullable=True),
        sa.Column("asker", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("upstream_id", sa.Integer(), nullable=True),
        sa.Column("media_id", sa.Integer(), nullable=True),
        sa.Column("is_unwanted", sa.Boolean(), nullable=False),
        sa.Column("is_announced", sa.Boolean(), nullable=False),
        sa.Column("heard_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_requests")),
        sa.UniqueConstraint("upstream_id", name=op.f("uq_media_requests_upstream_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_media_requests_owner_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_media_requests_asked_by_id")),
    )
    op.create_index("ix_media_requests_title", "media_requests", ["tmdb_id", "media_type", "is_4k"])
    op.create_index("ix_media_requests_state", "media_requests", ["state", "created_at"])
    op.create_index("ix_media_requests_owner", "media_requests", ["owner_id", "created_at"])
    unwanted = sa.text("is_unwanted")
    op.create_index("ix_media_requests_unwanted", "media_requests", ["is_unwanted"], sqlite_where=unwanted)
    held = sa.text("lease_owner IS NOT NULL")
    op.create_index("ix_media_requests_lease", "media_requests", ["lease_owner"], sqlite_where=held)
