"""What lies beside a finished file: subtitles, picture, description."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("downloads", sa.Column("side_files", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("downloads", sa.Column("about", sa.JSON(), nullable=False, server_default="{}"))
