"""What people are told: notes on entries of the journal."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("bundle", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("whom", sa.String(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("user_id", "entry_id", name=op.f("pk_notes")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notes_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["entry_id"], ["journal.id"], name=op.f("fk_notes_entry_id"), ondelete="CASCADE"),
    )
    op.create_index("ix_notes_bundle", "notes", ["user_id", "bundle", "entry_id", "topic", "whom", "read_at"])
    op.create_index("ix_notes_kind", "notes", ["user_id", "kind", "entry_id"])
    unread = sa.text("read_at IS NULL")
    op.create_index("ix_notes_unread", "notes", ["user_id", "bundle", "whom"], sqlite_where=unread)
    op.create_index("ix_notes_entry_id", "notes", ["entry_id"])
