"""A person who leaves is made a pseudonym in the journal: what happened stays, who it was is gone."""

import json
from typing import Any

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.core.journal_tables import EntryRow

_LETTERS = 6
_PERSONAL = {"user_agent": ""}


def of(person_id: str) -> str:
    """What a person is called from now on: the same wherever they left traces."""
    return f"former-{person_id[:_LETTERS]}"


async def give(session: AsyncSession, person_id: str, pseudonym: str) -> None:
    """Take name, address and device of a person out of all entries by them and about them."""
    by_them = EntryRow.actor_id == person_id
    await session.execute(update(EntryRow).where(by_them).values(actor_name=pseudonym, address=None))
    about_them = (EntryRow.subject_type == "user") & (EntryRow.subject_id == person_id)
    found = await session.execute(select(EntryRow.id, EntryRow.data).where(or_(by_them, about_them)))
    told = {"name": pseudonym, **_PERSONAL}
    changed = [{"entry_id": row.id, "told": data} for row in found if (data := _without(row.data, told)) != row.data]
    if changed:
        connection = await session.connection()
        statement = update(EntryRow).where(EntryRow.id == bindparam("entry_id")).values(data=bindparam("told"))
        await connection.execute(statement, changed)


def _without(data: str, told: dict[str, str]) -> str:
    """The facts of an entry with these in the place of what was told of the person."""
    facts: dict[str, Any] = json.loads(data)
    if facts.keys().isdisjoint(told):
        return data
    kept = {name: told.get(name, value) for name, value in facts.items()}
    return json.dumps(kept, separators=(",", ":"))
