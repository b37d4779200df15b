"""Lists and counts of downloads take as long whether there are a hundred or a hundred thousand."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("position", "created", "finished", "owner"):
        op.drop_index(f"ix_downloads_{name}", table_name="downloads")
    for name, columns in {
        "position": "priority DESC, position, id",
        "created": "created_at, id",
        "finished": "finished_at, id",
    }.items():
        op.execute(f"CREATE INDEX ix_downloads_{name} ON downloads (state, {columns})")
        op.execute(f"CREATE INDEX ix_downloads_owner_{name} ON downloads (owner_id, state, {columns})")
    _counts()


def _counts() -> None:
    by = "owner_id, site, state, waits_for"
    columns = ", ".join(f"{name} VARCHAR NOT NULL" for name in by.split(", "))
    op.execute(
        f"CREATE TABLE download_counts ({columns}, number INTEGER NOT NULL,"
        f" CONSTRAINT pk_download_counts PRIMARY KEY ({by})) WITHOUT ROWID"
    )
    op.execute(
        "INSERT INTO download_counts SELECT owner_id, site, state, coalesce(waits_for, ''), count(*) FROM downloads"
        " GROUP BY 1, 2, 3, 4"
    )
    more, less = _step("NEW", "+ 1"), _step("OLD", "- 1")
    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in by.split(", "))
    op.execute(f"CREATE TRIGGER download_counts_came AFTER INSERT ON downloads BEGIN {more} END")
    op.execute(f"CREATE TRIGGER download_counts_went AFTER DELETE ON downloads BEGIN {less} END")
    op.execute(
        f"CREATE TRIGGER download_counts_changed AFTER UPDATE OF {by} ON downloads WHEN {changed}"
        f" BEGIN {less} {more} END"
    )


def _step(row: str, by_how_much: str) -> str:
    values = ", ".join(f"coalesce({row}.{name}, '')" for name in ("owner_id", "site", "state", "waits_for"))
    counted = f"INSERT INTO download_counts VALUES ({values}, 0 {by_how_much})"  # noqa: S608 - names of our own
    return f"{counted} ON CONFLICT DO UPDATE SET number = number {by_how_much};"
