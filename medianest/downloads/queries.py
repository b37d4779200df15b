"""Reading the queue."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from medianest.accounts import queries as accounts
from medianest.core.actor import Actor
from medianest.core.paging import Page
from medianest.downloads import failures, ordering, rights
from medianest.downloads.errors import NoDownload
from medianest.downloads.models import COUNTS, AliasRow, DownloadRow, FollowerRow
from medianest.downloads.ordering import Sort
from medianest.downloads.states import ACTIVE
from medianest.downloads.types import (
    Broadcast,
    Counts,
    Download,
    ErrorCode,
    Estate,
    Failure,
    Person,
    Progress,
    Stage,
    State,
    StoredFile,
    Wait,
)

TABLES = (DownloadRow.__tablename__, FollowerRow.__tablename__, *accounts.NAME_TABLES)
_COLUMNS = tuple(DownloadRow.__table__.c)
_BY_ID = select(*_COLUMNS).where(DownloadRow.__table__.c.id == bindparam("id"))


def one(session: Session, actor: Actor, id: str) -> Download:
    """The download, if this actor may know of it. Raises NoDownload."""
    download = by_id(session, id) or _under_alias(session, id)
    if download is None or not rights.sees(actor, download):
        raise NoDownload
    return download


def _under_alias(session: Session, id: str) -> Download | None:
    leads_to = session.scalar(select(AliasRow.download_id).where(AliasRow.id == id))
    return by_id(session, leads_to) if leads_to else None


def several(session: Session, actor: Actor, ids: Collection[str]) -> Mapping[str, Download]:
    """Those of these that this actor may know of, by the ids that were asked for."""
    aliases = session.execute(select(AliasRow.id, AliasRow.download_id).where(AliasRow.id.in_(ids)))
    leads_to = {id: id for id in ids} | {row.id: row.download_id for row in aliases}
    rows = _downloads(session, select(*_COLUMNS).where(DownloadRow.id.in_(set(leads_to.values()))))
    known = {download.id: download for download in rows if rights.sees(actor, download)}
    return {id: known[leads_to[id]] for id in ids if leads_to[id] in known}


def by_id(session: Session, id: str) -> Download | None:
    """The download, whoever asks."""
    found = _downloads(session, _BY_ID, id=id)
    return found[0] if found else None


def runs(session: Session, id: str) -> bool:
    return session.scalar(select(DownloadRow.state).where(DownloadRow.id == id)) == State.RUNNING


def listing(
    session: Session,
    actor: Actor,
    *,
    states: frozenset[State] = frozenset(State),
    mine: bool = False,
    sort: Sort = Sort.POSITION,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Download]:
    """Downloads that this actor may see."""
    everything = select(*_COLUMNS)
    query = ordering.first(everything, actor, states=states, mine=mine, sort=sort, cursor=cursor, most=limit + 1)
    found = _downloads(session, query)
    more = len(found) > limit
    return Page(items=found[:limit], next_cursor=ordering.cursor_of(found[limit - 1], sort) if more else None)


def counts(session: Session, actor: Actor) -> Counts:
    """How many downloads this actor sees, by state."""
    kept = select(COUNTS.c.state, func.sum(COUNTS.c.number)).group_by(COUNTS.c.state)
    asked = [kept] if rights.sees_all(actor) else [kept.where(COUNTS.c.owner_id == actor.id), _followed(actor)]
    found: Counter[str] = Counter()
    for query in asked:
        found.update({str(state): int(number) for state, number in session.execute(query)})
    return Counts(**found)


def estate(session: Session, person_id: str) -> Estate:
    """What this person would leave behind."""
    others = select(FollowerRow.download_id).where(FollowerRow.user_id != person_id)
    followed = func.count().filter(DownloadRow.id.in_(others))
    row = session.execute(select(func.count(), followed).where(DownloadRow.owner_id == person_id)).one()
    return Estate(total=row[0], followed=row[1])


def same_source(session: Session, sources: Iterable[str], preset: str) -> str | None:
    """The id of a download of one of these sources with this preset that did not fail and was not cancelled."""
    settled = (State.FAILED, State.CANCELLED)
    return session.scalar(
        select(DownloadRow.id).where(
            DownloadRow.source.in_(sources), DownloadRow.preset == preset, DownloadRow.state.not_in(settled)
        )
    )


def under_way(session: Session, url: str, preset: str) -> str | None:
    """The id of a download of this very link with this preset that is not over yet."""
    asked = (DownloadRow.url == url, DownloadRow.preset == preset, DownloadRow.state.in_(ACTIVE))
    return session.scalar(select(DownloadRow.id).where(*asked).limit(1))


def rival(session: Session, id: str) -> str | None:
    """Another download of the same source and preset that stands in the way of trying this one again."""
    this = select(DownloadRow.source, DownloadRow.preset).where(DownloadRow.id == id)
    source, preset = session.execute(this).one()
    return same_source(session, [source], preset)


def any_of_source(session: Session, sources: Iterable[str]) -> str | None:
    """The id of a finished download of one of these sources, else of one under way, in whatever preset."""
    query = select(DownloadRow.id).where(
        DownloadRow.source.in_(sources), DownloadRow.state.not_in((State.FAILED, State.CANCELLED))
    )
    return session.scalar(query.order_by(DownloadRow.finished_at.desc()).limit(1))


def file_taken(session: Session, path: str) -> bool:
    """Whether a download has, or is about to have, its file at this path of the media folder."""
    return session.scalar(select(DownloadRow.id).where(DownloadRow.file_path == path)) is not None


def place(session: Session, id: str) -> StoredFile | None:
    """Where the file of a download that is being moved goes, and its size."""
    query = select(DownloadRow.file_path, DownloadRow.size_bytes, DownloadRow.side_files).where(
        DownloadRow.id == id, DownloadRow.stage == Stage.MOVING
    )
    row = session.execute(query).first()
    return _stored(row) if row and row.file_path else None


def all_ids(session: Session) -> frozenset[str]:
    return frozenset(session.scalars(select(DownloadRow.id)))


def unfinished_ids(session: Session) -> frozenset[str]:
    """Downloads that still need their work folder."""
    settled = (State.COMPLETED, State.CANCELLED)
    return frozenset(session.scalars(select(DownloadRow.id).where(DownloadRow.state.not_in(settled))))


def _followed(actor: Actor) -> Select[str, int]:
    """How many downloads of others this actor follows, by state."""
    query = select(DownloadRow.state, func.count()).join(FollowerRow, FollowerRow.download_id == DownloadRow.id)
    theirs = query.where(FollowerRow.user_id == actor.id, DownloadRow.owner_id != actor.id)
    return theirs.group_by(DownloadRow.state)


def _downloads(session: Session, query: Select[Any], **values: str) -> list[Download]:
    rows = session.execute(query, values).all()
    followers = _followers(session, [row.id for row in rows])
    everybody = {row.owner_id for row in rows} | {id for ids in followers.values() for id in ids}
    names = accounts.display_names(session, everybody)
    return [_download(row, names, followers.get(row.id, ())) for row in rows]


def _followers(session: Session, ids: Sequence[str]) -> dict[str, list[str]]:
    query = select(FollowerRow.download_id, FollowerRow.user_id).where(FollowerRow.download_id.in_(ids))
    found: dict[str, list[str]] = {}
    for download_id, user_id in session.execute(query.order_by(FollowerRow.user_id)):
        found.setdefault(download_id, []).append(user_id)
    return found


def _download(row: Any, names: dict[str, str], followers: Sequence[str]) -> Download:
    return Download(
        id=row.id,
        url=row.url,
        title=row.title,
        site=row.site,
        has_picture=row.has_picture,
        tone=row.tone,
        duration_s=row.duration_s,
        preset=row.preset,
        priority=row.priority,
        position=row.position,
        state=State(row.state),
        stage=Stage(row.stage) if row.stage else None,
        progress=_progress(row),
        attempts=row.attempts,
        next_attempt_at=row.due_at if row.state == State.WAITING else None,
        waits_for=Wait(row.waits_for) if row.waits_for else None,
        failure=failure_of(row),
        warnings=tuple(row.warnings),
        file=_stored(row) if row.state == State.COMPLETED else None,
        owner=Person(id=row.owner_id, name=names.get(row.owner_id, "")),
        followers=tuple(Person(id=id, name=names.get(id, "")) for id in followers),
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        playlist_id=row.playlist_id,
        broadcast=Broadcast(row.broadcast) if row.broadcast else None,
        begins_at=row.begins_at,
    )


def _stored(row: Any) -> StoredFile:
    return StoredFile(path=row.file_path, size_bytes=row.size_bytes, sides=tuple(row.side_files))


def _progress(row: Any) -> Progress:
    total = row.total_bytes
    percent = 100.0 if row.state == State.COMPLETED else None
    if percent is None and total:
        percent = min(100.0, 100 * row.downloaded_bytes / total)
    return Progress(percent=percent, downloaded_bytes=row.downloaded_bytes, total_bytes=total)


def failure_of(row: Any) -> Failure | None:
    if row.error_code is None:
        return None
    code = ErrorCode(row.error_code)
    remedy = failures.REMEDIES[code]
    return Failure(code=code, retryable=remedy.retryable, action=remedy.action, detail=row.error_detail)
