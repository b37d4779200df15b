"""Writing what the server told into the index; each verb belongs into a transaction of its caller's, and is short."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Table, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.plex.titles import words
from medianest.plex.titles.folding import folded
from medianest.plex.titles.models import IndexRow, ItemRow, SectionRow
from medianest.plex.titles.types import Item, Kind, Section

TABLE = ItemRow.__tablename__
_ITEMS: Table = ItemRow.__table__  # type: ignore[assignment]  # a mapped class has one
_OWN = tuple(column for column in _ITEMS.c if column.name not in ("id", "generation"))
_TOP = (Kind.MOVIE, Kind.SHOW)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How many items are new in the index, changed, or gone from it."""

    new: int = 0
    changed: int = 0
    gone: int = 0

    def __add__(self, other: "Written") -> "Written":
        return Written(new=self.new + other.new, changed=self.changed + other.changed, gone=self.gone + other.gone)

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.gone)


async def belongs_to(session: AsyncSession, machine_id: str) -> bool:
    """Whether the index is of this server; an index of nobody's is its from now on."""
    of = await session.scalar(select(IndexRow.machine_id))
    if of is None:
        await session.execute(insert(IndexRow).values(machine_id=machine_id))
    return of in (None, machine_id)


async def forget_server(session: AsyncSession) -> None:
    """The index is nobody's any more; its sections are to be dropped first."""
    await session.execute(delete(IndexRow))


async def put_sections(session: AsyncSession, sections: Sequence[Section]) -> list[str]:
    """Write the sections as they are now; returns the keys of those that are gone, which are to be dropped."""
    known = set(await session.scalars(select(SectionRow.key)))
    for position, section in enumerate(sections):
        values = {
            "kind": section.kind,
            "title": section.title,
            "position": position,
            "hidden": section.hidden,
            "folders": list(section.folders),
        }
        if section.key in known:
            await session.execute(update(SectionRow).where(SectionRow.key == section.key).values(values))
        else:
            await session.execute(insert(SectionRow).values(key=section.key, **values))
    return sorted(known - {section.key for section in sections})


async def drop_some(session: AsyncSession, section_key: str) -> int:
    """Drop some items of a section that is gone, and with the last ones the section; returns how many."""
    ids = list(await session.scalars(select(ItemRow.id).where(ItemRow.section_key == section_key).limit(_AT_ONCE)))
    await _forget(session, ids)
    if len(ids) < _AT_ONCE:
        await session.execute(delete(SectionRow).where(SectionRow.key == section_key))
    return len(ids)


async def put(session: AsyncSession, items: Iterable[Item]) -> Written:
    """Write items as they are now; what is unchanged is only marked as seen. Those of unknown sections are left out."""
    generations = {
        row.key: row.generation for row in await session.execute(select(SectionRow.key, SectionRow.generation))
    }
    told = {item.key: item for item in items if item.section_key in generations}
    known = {row.key: row for row in await session.execute(select(*_ITEMS.c).where(ItemRow.key.in_(list(told))))}
    values = {key: _values(item) for key, item in told.items()}
    same = {key for key, row in known.items() if all(getattr(row, name) == own for name, own in values[key].items())}
    new = [values[key] | {"generation": generations[told[key].section_key]} for key in told if key not in known]
    changed = [values[key] | {"of": known[key].id} for key in known if key not in same]
    await _insert(session, new)
    if changed:
        assigned: dict[str, BindParameter[Any]] = {column.name: bindparam(column.name) for column in _OWN}
        await session.execute(update(_ITEMS).where(_ITEMS.c.id == bindparam("of")).values(assigned), changed)
        await _put_words(session, [(row["of"], row) for row in changed])
    seen = [(row.id, generations[told[key].section_key], row.generation) for key, row in known.items()]
    await _mark(session, [(id, now) for id, now, before in seen if now != before])
    return Written(new=len(new), changed=len(changed))


async def sweep_some(session: AsyncSession, section_key: str, kind: Kind, generation: int) -> int:
    """Remove some of those items that the last reading did not see; returns how many."""
    of_kind = (ItemRow.section_key == section_key) & (ItemRow.kind == kind)
    gone = select(ItemRow.id).where(of_kind, ItemRow.generation != generation).limit(_AT_ONCE)
    ids = list(await session.scalars(gone))
    await _forget(session, ids)
    return len(ids)


async def remove(session: AsyncSession, keys: Iterable[str]) -> int:
    """Remove items, and what belongs to them; returns how many."""
    wanted = list(keys)
    mine = or_(ItemRow.key.in_(wanted), ItemRow.parent_key.in_(wanted), ItemRow.show_key.in_(wanted))
    ids = list(await session.scalars(select(ItemRow.id).where(mine)))
    for start in range(0, len(ids), _AT_ONCE):
        await _forget(session, ids[start : start + _AT_ONCE])
    return len(ids)


def _values(item: Item) -> dict[str, Any]:
    return {
        "key": item.key,
        "section_key": item.section_key,
        "kind": str(item.kind),
        "title": item.title,
        "original_title": item.original_title,
        "folded": folded(item.title),
        "year": item.year,
        "imdb": item.guids.imdb,
        "tmdb": item.guids.tmdb,
        "tvdb": item.guids.tvdb,
        "parent_key": item.parent_key,
        "show_key": item.show_key,
        "show_title": item.show_title,
        "number": item.number,
        "season_number": item.season_number,
        "duration_s": item.duration_s,
        "summary": item.summary,
        "content_rating": item.content_rating,
        "poster": item.poster,
        "still": item.still,
        "added_at": item.added_at,
        "updated_at": item.updated_at,
    }


async def _insert(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    first = ((await session.scalar(select(func.max(ItemRow.id)))) or 0) + 1
    numbered = [{"id": id, **row} for id, row in enumerate(rows, first)]
    await session.execute(insert(_ITEMS), numbered)
    await _put_words(session, [(row["id"], row) for row in numbered])


async def _put_words(session: AsyncSession, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    top = [
        {
            "rowid": id,
            "title": row["title"],
            "original_title": row["original_title"],
            "year": str(row["year"] or ""),
        }
        for id, row in rows
        if row["kind"] in _TOP
    ]
    episodes = [{"rowid": id, "title": row["title"]} for id, row in rows if row["kind"] == Kind.EPISODE]
    await words.TITLES.put(session, top)
    await words.EPISODES.put(session, episodes)


async def _mark(session: AsyncSession, seen: Sequence[tuple[int, int]]) -> None:
    for generation in {generation for _, generation in seen}:
        ids = [id for id, own in seen if own == generation]
        await session.execute(update(_ITEMS).where(_ITEMS.c.id.in_(ids)).values(generation=generation))


async def _forget(session: AsyncSession, ids: Sequence[int]) -> None:
    if ids:
        await words.TITLES.remove(session, ids)
        await words.EPISODES.remove(session, ids)
        await session.execute(delete(_ITEMS).where(_ITEMS.c.id.in_(ids)))
