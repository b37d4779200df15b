"""Finding words in texts, by SQLite's FTS5: with `core.db` the one place for SQL that only SQLite understands.

A table of words is made by a migration, has the same numbers as the rows that it is about, and is written with them, in
one transaction. Accents and case do not count, and every word that is looked for may go on.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    DDL,
    Integer,
    Select,
    String,
    Table,
    TableClause,
    column,
    delete,
    event,
    insert,
    literal_column,
    select,
    table,
)
from sqlalchemy.ext.asyncio import AsyncSession

_WORD = re.compile(r"\w+")
_WORDS_MOST = 12


class Fulltext:
    """The words of some columns, in the FTS5 table `name`; `columns` that weigh more come first."""

    def __init__(self, name: str, columns: Sequence[str]) -> None:
        self._table: TableClause = table(name, column("rowid", Integer), *(column(one, String) for one in columns))
        self._columns = tuple(columns)

    def made_with(self, rows: Table) -> None:
        """Have it made where the table of the rows is made from its model; a migration says the same."""
        columns, how = ", ".join(self._columns), "tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'"
        made = DDL(f"CREATE VIRTUAL TABLE {self._table.name} USING fts5({columns}, {how})")  # type: ignore[no-untyped-call]  # SQLAlchemy has no types for it
        event.listen(rows, "after_create", made)

    async def put(self, session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
        """Set the words of rows, each with its `rowid`, whether it had some or not."""
        if rows:
            await self.remove(session, [row["rowid"] for row in rows])
            await session.execute(insert(self._table), list(rows))

    async def remove(self, session: AsyncSession, ids: Iterable[int]) -> None:
        """Forget the words of these rows."""
        await session.execute(delete(self._table).where(self._table.c.rowid.in_(list(ids))))

    def found(self, text: str, *, most: int) -> Select[tuple[int]] | None:
        """The numbers of `most` rows in which each word of `text` begins a word; None where it has no words.

        They come as they were put, not as they fit: to weigh all hits of a word that everybody uses takes long.
        """
        words = _WORD.findall(text)[:_WORDS_MOST]
        if not words:
            return None
        wanted = " ".join(f'"{word}"*' for word in words)
        matches = literal_column(self._table.name).op("MATCH")(wanted)
        return select(self._table.c.rowid).where(matches).limit(most)
