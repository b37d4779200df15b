"""Reading lists, and what became of their entries."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from medianest.accounts import queries as accounts
from medianest.core.actor import Actor
from medianest.core.paging import Page, decode_cursor, encode_cursor
from medianest.downloads import queries, rights
from medianest.downloads.errors import NoPlaylist
from medianest.downloads.files.paths import Place
from medianest.downloads.lists.rights import sees_list
from medianest.downloads.lists.states import EXPANDING
from medianest.downloads.lists.types import Choice, EntryFate, ListEntry, ListState, ListWait, Playlist
from medianest.downloads.models import DownloadRow, PlaylistEntryRow, PlaylistRow
from medianest.downloads.states import ACTIVE, SETTLED
from medianest.downloads.types import Counts, ErrorCode, Person, State

TABLES = (PlaylistRow.__tablename__, PlaylistEntryRow.__tablename__, *queries.TABLES)
_row = PlaylistRow
_entry = PlaylistEntryRow
_COLUMNS = tuple(_row.__table__.c)
_SHOWN_MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class There:
    """A download that is there, or on its way, and whose it is."""

    id: str
    owner_id: str


def one(session: Session, actor: Actor, id: str) -> Playlist:
    """The list, if this actor may know of it. Raises NoPlaylist."""
    found = by_id(session, id)
    if found is None or not sees_list(actor, found):
        raise NoPlaylist
    return found


def by_id(session: Session, id: str) -> Playlist | None:
    """The list, whoever asks."""
    found = _playlists(session, select(*_COLUMNS).where(_row.id == id))
    return found[0] if found else None


def expands(session: Session, id: str) -> bool:
    return session.scalar(select(_row.state).where(_row.id == id)) in EXPANDING


def under_way(session: Session, actor: Actor, *, mine: bool = False) -> list[Playlist]:
    """The lists that still expand, or of which something is still to come, the latest first."""
    to_come = exists().where(DownloadRow.playlist_id == _row.id, DownloadRow.state.in_(ACTIVE))
    query = select(*_COLUMNS).where(or_(_row.state.in_(EXPANDING), to_come), *_visible(actor, mine=mine))
    return _playlists(session, query.order_by(_row.created_at.desc()).limit(_SHOWN_MOST))


def listing(session: Session, actor: Actor, *, cursor: str | None = None, limit: int = 50) -> Page[Playlist]:
    """The lists that this actor may see, the latest first."""
    query = select(*_COLUMNS).where(*_visible(actor, mine=False))
    if cursor:
        then, id = decode_cursor(cursor, datetime, str)
        query = query.where(or_(_row.created_at < then, and_(_row.created_at == then, _row.id < id)))
    found = _playlists(session, query.order_by(_row.created_at.desc(), _row.id.desc()).limit(limit + 1))
    last = found[limit - 1] if len(found) > limit else None
    return Page(items=found[:limit], next_cursor=encode_cursor(last.created_at, last.id) if last else None)


def entries(session: Session, id: str, *, after: int = 0, limit: int = 50) -> Sequence[ListEntry]:
    """The chosen entries of a list in its order, from the one behind number `after`."""
    columns = (
        _entry.number,
        _entry.title,
        _entry.duration_s,
        _entry.fate,
        _entry.error_code,
        _entry.download_id,
        DownloadRow.state,
    )
    query = select(*columns).outerjoin(DownloadRow, DownloadRow.id == _entry.download_id)
    query = query.where(_entry.playlist_id == id, _entry.number > after).order_by(_entry.number).limit(limit)
    return [_list_entry(row) for row in session.execute(query)]


def place(session: Session, download_id: str) -> Place | None:
    """Where the download was in the list that it was queued from; None where that was none."""
    query = (
        select(_row.title, _entry.number)
        .join(_entry, _entry.playlist_id == _row.id)
        .join(DownloadRow, (DownloadRow.id == _entry.download_id) & (DownloadRow.playlist_id == _row.id))
        .where(_entry.download_id == download_id)
    )
    found = session.execute(query).first()
    return Place(list_title=found.title, number=found.number) if found else None


def listed(session: Session, id: str, *, limit: int) -> Sequence[Any]:
    """The next entries that are to be queued, in the order in which that is to be done."""
    columns = (_entry.number, _entry.source, _entry.url, _entry.title, _entry.duration_s)
    query = select(*columns).where(_entry.playlist_id == id, _entry.fate == EntryFate.LISTED)
    return session.execute(query.order_by(_entry.rank).limit(limit)).all()


def known_sources(session: Session, id: str, sources: Collection[str]) -> Sequence[str]:
    """Which of these sources the list has among its entries already."""
    return session.scalars(select(_entry.source).where(_entry.playlist_id == id, _entry.source.in_(sources))).all()


def there(session: Session, sources: Collection[str], preset: str) -> dict[str, There]:
    """Of these sources, the downloads with this preset that did not fail and were not cancelled."""
    row = DownloadRow
    query = select(row.source, row.id, row.owner_id).where(
        row.source.in_(sources), row.preset == preset, row.state.not_in(SETTLED)
    )
    return {found.source: There(id=found.id, owner_id=found.owner_id) for found in session.execute(query)}


def here(session: Session, sources: Collection[str]) -> frozenset[str]:
    """Which of these sources there are, or are on their way, in whatever preset."""
    row = DownloadRow.source
    return frozenset(session.scalars(select(row).where(row.in_(sources), DownloadRow.state.not_in(SETTLED))))


def next_one(session: Session, now: datetime, busy: Iterable[str]) -> str | None:
    """The list to go on with: the oldest of somebody of whom none is being expanded."""
    query = select(_row.id).where(_is_due(now), _row.owner_id.not_in(set(busy)))
    return session.scalar(query.order_by(_row.created_at).limit(1))


def next_due(session: Session) -> datetime | None:
    """When the next list that waits may go on."""
    return session.scalar(select(func.min(_row.due_at)).where(_row.state == ListState.WAITING))


def without_room(session: Session) -> Sequence[tuple[str, str]]:
    """The lists that wait for room in a plan, with their owners."""
    query = select(_row.id, _row.owner_id).where(_row.state == ListState.WAITING, _row.waits_for == ListWait.ROOM)
    return [(row.id, row.owner_id) for row in session.execute(query)]


def _is_due(now: datetime) -> ColumnElement[bool]:
    waited = (_row.state == ListState.WAITING) & (_row.due_at <= now)
    return ((_row.state == ListState.EXPANDING) | waited) & _row.lease_owner.is_(None)


def _visible(actor: Actor, *, mine: bool) -> list[ColumnElement[bool]]:
    return [] if rights.sees_all(actor) and not mine else [_row.owner_id == actor.id]


def _playlists(session: Session, query: Select[Any]) -> list[Playlist]:
    rows = session.execute(query).all()
    names = accounts.display_names(session, {row.owner_id for row in rows})
    downloads = _downloads(session, [row.id for row in rows])
    return [_playlist(row, names, downloads.get(row.id, Counts())) for row in rows]


def _downloads(session: Session, ids: Sequence[str]) -> dict[str, Counts]:
    """How the downloads that came from these lists stand."""
    row = DownloadRow
    query = select(row.playlist_id, row.state, func.count()).where(row.playlist_id.in_(ids))
    found: dict[str, dict[str, int]] = {}
    for id, state, number in session.execute(query.group_by(row.playlist_id, row.state)):
        found.setdefault(str(id), {})[state] = number
    return {id: Counts(**numbers) for id, numbers in found.items()}


def _playlist(row: Any, names: dict[str, str], downloads: Counts) -> Playlist:
    chosen = row.choice
    return Playlist(
        id=row.id,
        url=row.url,
        title=row.title,
        site=row.site,
        preset=row.preset,
        choice=Choice(entries=tuple(chosen.get("entries") or ()), newest=chosen.get("newest")),
        state=ListState(row.state),
        waits_for=ListWait(row.waits_for) if row.waits_for else None,
        next_attempt_at=row.due_at if row.state == ListState.WAITING else None,
        entry_count=row.entry_count,
        read=row.read,
        is_read=row.is_read,
        is_cut=row.is_cut,
        chosen=row.chosen,
        queued=row.queued,
        here=row.here,
        unavailable=row.unavailable,
        attempts=row.attempts,
        failure=queries.failure_of(row),
        owner=Person(id=row.owner_id, name=names.get(row.owner_id, "")),
        created_at=row.created_at,
        finished_at=row.finished_at,
        downloads=downloads,
    )


def _list_entry(row: Any) -> ListEntry:
    return ListEntry(
        number=row.number,
        title=row.title,
        duration_s=row.duration_s,
        fate=EntryFate(row.fate),
        error=ErrorCode(row.error_code) if row.error_code else None,
        download_id=row.download_id,
        download_state=State(row.state) if row.state else None,
    )
