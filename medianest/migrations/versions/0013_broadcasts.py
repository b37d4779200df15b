"""What is broadcast at its own time: whether it is to come or on the air, and when it begins."""

import sqlalchemy as sa
from alembic import op

from medianest.core.db import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("downloads", sa.Column("broadcast", sa.String(), nullable=True))
    op.add_column("downloads", sa.Column("begins_at", UtcDateTime(), nullable=True))
