"""Numbers that are kept while rows come, change and go, so that nobody counts rows, however many there are.

A tally is a table with a row for each combination of some columns of another table, written by SQLite's triggers in the
transaction that changes the rows; with `core.fulltext` the SQL that only SQLite understands. A migration says the same.
"""

from collections.abc import Sequence

from sqlalchemy import DDL, Column, FromClause, Integer, String, Table, event


def tally(name: str, rows: FromClause, by: Sequence[str]) -> Table:
    """The table that tells how many of `rows` have which texts in the columns `by`; nothing counts as an empty one."""
    assert isinstance(rows, Table)
    keys = (Column(column, String, primary_key=True) for column in by)
    table = Table(name, rows.metadata, *keys, Column("number", Integer, nullable=False), sqlite_with_rowid=False)
    for statement in triggers(name, rows.name, by):
        event.listen(rows, "after_create", DDL(statement))  # type: ignore[no-untyped-call]  # SQLAlchemy has no types for it
    return table


def triggers(name: str, rows: str, by: Sequence[str]) -> list[str]:
    """What makes the triggers that keep it."""
    one_more, one_less = (_step(name, by, *step) for step in (("NEW", "+ 1"), ("OLD", "- 1")))
    changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in by)
    return [
        f"CREATE TRIGGER {name}_came AFTER INSERT ON {rows} BEGIN {one_more} END",
        f"CREATE TRIGGER {name}_went AFTER DELETE ON {rows} BEGIN {one_less} END",
        f"CREATE TRIGGER {name}_changed AFTER UPDATE OF {', '.join(by)} ON {rows} WHEN {changed}"
        f" BEGIN {one_less} {one_more} END",
    ]


def _step(name: str, by: Sequence[str], row: str, by_how_much: str) -> str:
    values = ", ".join(f"coalesce({row}.{column}, '')" for column in by)
    counted = f"INSERT INTO {name} VALUES ({values}, 0 {by_how_much})"  # noqa: S608 - names of our own
    return f"{counted} ON CONFLICT DO UPDATE SET number = number {by_how_much};"
