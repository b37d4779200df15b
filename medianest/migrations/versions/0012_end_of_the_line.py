"""The end of the line is found by an index, however long it is."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_downloads_place", "downloads", ["position"])
