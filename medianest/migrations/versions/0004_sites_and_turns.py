"""Sites with their circuits, and what a download waits for; turns by person."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sites",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("circuit", sa.String(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("probing", sa.Boolean(), nullable=False),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("held_at", sa.BigInteger(), nullable=True),
        sa.Column("rests_until", sa.BigInteger(), nullable=True),
        sa.Column("per_site", sa.Integer(), nullable=True),
        sa.Column("pause_s", sa.Integer(), nullable=True),
        sa.Column("last_good_at", sa.BigInteger(), nullable=True),
        sa.Column("last_bad_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sites")),
    )
    op.create_table(
        "site_hosts",
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_site_hosts")),
    )
    op.add_column("downloads", sa.Column("rank", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("downloads", sa.Column("waits_for", sa.String(), nullable=True))
    op.add_column("downloads", sa.Column("begun_at", sa.BigInteger(), nullable=True))
    op.execute("UPDATE downloads SET waits_for = 'retry' WHERE state = 'waiting'")
    op.drop_index("ix_downloads_turn", "downloads")
    op.create_index("ix_downloads_position", "downloads", ["state", "priority", "position"])
    first = [sa.text("rank DESC"), sa.text("priority DESC")]
    op.create_index("ix_downloads_turn", "downloads", ["state", "owner_id", "site", *first, "position"])
    op.create_index("ix_downloads_site", "downloads", ["site", "state", "position"])
    waits = sa.text("waits_for IS NOT NULL")
    op.create_index("ix_downloads_waits", "downloads", ["waits_for", "due_at"], sqlite_where=waits)
    begun = sa.text("begun_at IS NOT NULL")
    op.create_index("ix_downloads_begun", "downloads", ["begun_at"], sqlite_where=begun)
