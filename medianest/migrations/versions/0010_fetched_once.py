"""Downloads that turned out to be of one source: the id of the later one leads to the first."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "download_aliases",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("download_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["download_id"], ["downloads.id"], name=op.f("fk_download_aliases_download_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_download_aliases")),
    )
    op.create_index(op.f("ix_download_aliases_download_id"), "download_aliases", ["download_id"], unique=False)
    op.create_index("ix_downloads_url", "downloads", ["url", "preset"])
