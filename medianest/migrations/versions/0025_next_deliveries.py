"""The next delivery of each channel is found without looking at what waits behind it."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_deliveries_due", table_name="deliveries")
    waiting = sa.text("state = 'waiting'")
    op.create_index("ix_deliveries_next", "deliveries", ["channel_id", "due_at"], sqlite_where=waiting)
