"""Plans with quotas, who has which, and what people used of them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# SQLite takes a foreign key of a new column only within the column's own definition
_OWN_PLAN = "plan_id VARCHAR REFERENCES plans (id)"


def upgrade() -> None:
    op.create_table(
        "plans",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("downloads", sa.Integer(), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("active", sa.Integer(), nullable=True),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("name_key", name=op.f("uq_plans_name_key")),
    )
    op.create_table(
        "role_plans",
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_role_plans_plan_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("role", name=op.f("pk_role_plans")),
    )
    op.create_index(op.f("ix_role_plans_plan_id"), "role_plans", ["plan_id"], unique=False)
    op.execute(f"ALTER TABLE users ADD COLUMN {_OWN_PLAN}")
    op.create_table(
        "download_usage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("download_id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("downloads", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_download_usage_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_download_usage")),
    )
    op.create_index(op.f("ix_download_usage_at"), "download_usage", ["at"], unique=False)
    op.create_index(op.f("ix_download_usage_user_id_at"), "download_usage", ["user_id", "at"], unique=False)
