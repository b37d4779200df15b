"""Indexes by which the journal is looked through in the order of time, whatever is asked for."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("ix_journal_actor", "ix_journal_kind", "ix_journal_subject"):
        op.drop_index(name, "journal")
    subject = ["subject_type", "subject_id", "at", "id", "kind", "actor_id", "via"]
    op.create_index("ix_journal_at", "journal", ["at", "id"])
    op.create_index("ix_journal_subject", "journal", subject)
    op.create_index("ix_journal_kind", "journal", ["kind", "at", "id", "actor_id", "via"])
    op.create_index("ix_journal_actor", "journal", ["actor_id", "at", "id", "via"])
    op.create_index("ix_journal_via", "journal", ["via", "at", "id"])
