"""Reading the index: what is new, what is in a section, what a title consists of, what is found, what is there."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from medianest.core.paging import Page, decode_cursor, encode_cursor
from medianest.plex.titles import words
from medianest.plex.titles.folding import folded
from medianest.plex.titles.models import ItemRow, SectionRow
from medianest.plex.titles.types import Guids, Holding, Item, Kind, Season, Section, Wanted
from medianest.plex.titles.viewing import View

TABLES = (ItemRow.__tablename__, SectionRow.__tablename__)
_ITEMS: Table = ItemRow.__table__  # type: ignore[assignment]  # a mapped class has one
_NEWS = (Kind.MOVIE, Kind.EPISODE)
_TOP = (Kind.MOVIE, Kind.SHOW)
_CANDIDATES = 400
_QUERY_MOST = 200
WANTED_MOST = 200


def sections(session: Session, view: View) -> Sequence[Holding]:
    """The sections that somebody may see, as the server orders them."""
    number = select(func.count()).select_from(ItemRow)
    number = number.where(ItemRow.section_key == SectionRow.key, ItemRow.kind.in_(_TOP))
    rows = select(*SectionRow.__table__.c, number.scalar_subquery().label("items")).order_by(SectionRow.position)
    return [
        Holding(section=_section(row), items=row.items, read_at=row.read_at)
        for row in session.execute(rows)
        if view.covers(row.key)
    ]


def folders(session: Session) -> Mapping[str, Sequence[str]]:
    """The folders of each section, on the server."""
    return {row.key: tuple(row.folders) for row in session.execute(select(SectionRow.key, SectionRow.folders))}


def as_of(session: Session) -> datetime | None:
    """When the index was last compared with the server, as a whole."""
    return session.scalar(select(func.min(SectionRow.looked_at)))


def recent(
    session: Session, view: View, *, section: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[Item]:
    """Films and episodes, the newest first; of sections that are hidden from Plex's home page only when asked for."""
    of = _seen(session, view, hidden=0) if section is None else _one_of(view, section)
    query = _items().where(of, _beside(ItemRow.kind).in_(_NEWS)).order_by(ItemRow.added_at.desc(), ItemRow.id.desc())
    if cursor:
        query = query.where(tuple_(ItemRow.added_at, ItemRow.id) < decode_cursor(cursor, datetime, int))
    rows = list(session.execute(query.limit(limit + 1)))
    last = rows[limit - 1] if len(rows) > limit else None
    next_cursor = encode_cursor(last.added_at, last.id) if last else None
    return Page(items=[_item(row) for row in rows[:limit]], next_cursor=next_cursor)


def arrived(session: Session, view: View, since: datetime, until: datetime, *, limit: int) -> Sequence[str]:
    """The titles of films, and of shows with their episodes, that came in that time; what came last is first."""
    seen = _seen(session, view, hidden=0)
    came = (ItemRow.added_at > since, ItemRow.added_at <= until, _beside(ItemRow.kind).in_(_NEWS), seen)
    work, title = func.coalesce(ItemRow.show_key, ItemRow.key), func.coalesce(ItemRow.show_title, ItemRow.title)
    query = select(func.max(title)).where(*came).group_by(work).order_by(func.max(ItemRow.added_at).desc(), work)
    return [str(row[0]) for row in session.execute(query.limit(limit))]


def listing(session: Session, view: View, section: str, *, cursor: str | None = None, limit: int = 50) -> Page[Item]:
    """The films or shows of a section, by title."""
    order = (ItemRow.folded, ItemRow.id)
    query = _items().where(_one_of(view, section), ItemRow.kind.in_(_TOP)).order_by(*order)
    if cursor:
        query = query.where(tuple_(*order) > decode_cursor(cursor, str, int))
    rows = list(session.execute(query.limit(limit + 1)))
    last = rows[limit - 1] if len(rows) > limit else None
    next_cursor = encode_cursor(last.folded, last.id) if last else None
    return Page(items=[_item(row) for row in rows[:limit]], next_cursor=next_cursor)


def by_key(session: Session, view: View, key: str) -> Item | None:
    """One item, if it may be seen."""
    row = session.execute(_items().where(ItemRow.key == key)).first()
    return _item(row) if row and view.covers(row.section_key) else None


def seasons(session: Session, show_key: str) -> Sequence[Season]:
    """The seasons of a show with their episodes; specials, season 0, come last."""
    rows = [_item(row) for row in session.execute(_items().where(ItemRow.show_key == show_key))]
    found = [row for row in rows if row.kind is Kind.SEASON]
    episodes = sorted((row for row in rows if row.kind is Kind.EPISODE), key=_by_number)
    found.sort(key=lambda season: (season.number == 0, _by_number(season)))
    return [
        Season(item=season, episodes=tuple(one for one in episodes if one.parent_key == season.key)) for season in found
    ]


def search(session: Session, view: View, text: str, *, limit: int = 20) -> Sequence[Item]:
    """What is called so: films and shows before episodes, the same title before one that begins so, then the others."""
    wanted = folded(text[:_QUERY_MOST])
    if not wanted:
        return []
    seen = _seen(session, view, hidden=1)
    rows = {row.id: row for kind in _TOP for row in session.execute(_beginning(wanted, kind, limit).where(seen))}
    for table in (words.TITLES, words.EPISODES):
        hits = table.found(text[:_QUERY_MOST], most=_CANDIDATES)
        if hits is not None and len(rows) < limit:
            rows |= {row.id: row for row in session.execute(_items().where(_ITEMS.c.id.in_(hits), seen))}
    best = sorted(rows.values(), key=lambda row: _fits(row, wanted))
    return [_item(row) for row in best[:limit]]


def present(session: Session, view: View, wanted: Sequence[Wanted]) -> Sequence[Item | None]:
    """For each of these titles, `WANTED_MOST` at most, the film or show that is it: by a number, or by title and year.

    Without a year it is that title only where no other has the same name: a guess is worse than no answer.
    """
    seen = _seen(session, view, hidden=2)
    rows = list(session.execute(_items().where(_any_of(wanted), _beside(ItemRow.kind).in_(_TOP), seen)))
    return [next((_item(row) for row in _matching(rows, one)), None) for one in wanted]


def _any_of(wanted: Iterable[Wanted]) -> ColumnElement[bool]:
    every = list(wanted)
    numbers = (
        getattr(ItemRow, source).in_({number for one in every if (number := getattr(one.guids, source))})
        for source in ("imdb", "tmdb", "tvdb")
    )
    names = {folded(one.title) for one in every if one.title}
    named = ((ItemRow.kind == kind) & ItemRow.folded.in_(names) for kind in _TOP)
    return or_(*numbers, *named)


def _matching(rows: Sequence[Any], wanted: Wanted) -> Sequence[Any]:
    of_kind = [row for row in rows if wanted.kind in (None, row.kind)]
    known = wanted.guids
    same = [row for row in of_kind if known.imdb and row.imdb == known.imdb]
    same += [row for row in of_kind if known.tvdb and row.tvdb == known.tvdb]
    same += [row for row in of_kind if known.tmdb and wanted.kind and row.tmdb == known.tmdb]
    if same or not wanted.title:
        return same
    named = [row for row in of_kind if row.folded == folded(wanted.title)]
    if wanted.year is None:
        return named if len(named) == 1 else []
    return [row for row in named if row.year == wanted.year]


def _items() -> Select[Any]:
    return select(*_ITEMS.c)


def _beginning(wanted: str, kind: Kind, limit: int) -> Select[Any]:
    """What is called so, or begins so; `kind` for itself, so that the index has it in order."""
    query = _items().where(ItemRow.kind == kind, ItemRow.folded >= wanted, ItemRow.folded < f"{wanted}\U0010ffff")
    return query.order_by(ItemRow.folded).limit(limit)


def _seen(session: Session, view: View, *, hidden: int) -> ColumnElement[bool]:
    """Items of those sections that may be seen, and are hidden at most so."""
    rows = session.execute(select(SectionRow.key).where(SectionRow.hidden <= hidden))
    return _beside(ItemRow.section_key).in_([row.key for row in rows if view.covers(row.key)])


def _beside(column: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """A column to compare by the way: SQLite must not choose its index over that of what is sought."""
    return column.concat("")


def _one_of(view: View, section: str) -> ColumnElement[bool]:
    return ItemRow.section_key == (section if view.covers(section) else None)


def _fits(row: Any, wanted: str) -> tuple[object, ...]:
    """What comes first: a smaller one."""
    is_same, begins = row.folded == wanted, row.folded.startswith(wanted)
    return (row.kind not in _TOP, not is_same, not begins, len(row.folded), -(row.year or 0), row.folded, row.id)


def _by_number(item: Item) -> tuple[int, str]:
    return (item.number if item.number is not None else 10**9, item.title)


def _section(row: Any) -> Section:
    return Section(key=row.key, kind=Kind(row.kind), title=row.title, hidden=row.hidden, folders=tuple(row.folders))


def _item(row: Any) -> Item:
    return Item(
        key=row.key,
        section_key=row.section_key,
        kind=Kind(row.kind),
        title=row.title,
        original_title=row.original_title,
        year=row.year,
        guids=Guids(imdb=row.imdb, tmdb=row.tmdb, tvdb=row.tvdb),
        parent_key=row.parent_key,
        show_key=row.show_key,
        show_title=row.show_title,
        number=row.number,
        season_number=row.season_number,
        duration_s=row.duration_s,
        summary=row.summary,
        content_rating=row.content_rating,
        poster=row.poster,
        still=row.still,
        added_at=row.added_at,
        updated_at=row.updated_at,
    )
