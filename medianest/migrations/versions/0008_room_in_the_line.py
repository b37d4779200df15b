"""Room between the places of the line, so that a download can be moved without moving others."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE downloads SET position = position * 1048576")
