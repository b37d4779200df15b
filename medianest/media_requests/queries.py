"""Reading requests."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from medianest.accounts import queries as accounts
from medianest.core import work
from medianest.core.actor import Actor
from medianest.media_requests import rights, states
from medianest.media_requests.errors import NoRequest
from medianest.media_requests.models import RequestAliasRow, RequestFollowerRow, RequestRow, UpstreamPersonRow
from medianest.media_requests.types import MediaType, Problem, Request, Seen, State, TitleKey, Wish
from medianest.plex import people as plex_people

TABLES = (RequestRow.__tablename__, RequestFollowerRow.__tablename__, *accounts.NAME_TABLES)
DUE_MOST = 100
WAITING_MOST = 2000
NAMING_TRIES = 5
COLUMNS = tuple(RequestRow.__table__.c)
_row = RequestRow


def one(session: Session, actor: Actor, id: str) -> Request:
    """The request, if this actor may know of it. Raises NoRequest."""
    request = by_id(session, id)
    if request is None or not rights.sees(actor, request):
        raise NoRequest
    return request


def several(session: Session, actor: Actor, ids: Collection[str]) -> Mapping[str, Request]:
    """Those of these that this actor may know of, by the ids that were asked for."""
    aliases = select(RequestAliasRow.id, RequestAliasRow.request_id).where(RequestAliasRow.id.in_(ids))
    leads_to = {id: id for id in ids} | {row.id: row.request_id for row in session.execute(aliases)}
    found = requests(session, select(*COLUMNS).where(_row.id.in_(set(leads_to.values()))))
    known = {request.id: request for request in found if rights.sees(actor, request)}
    return {id: known[leads_to[id]] for id in ids if leads_to[id] in known}


def by_id(session: Session, id: str) -> Request | None:
    """The request, whoever asks; also by an id that it had before it turned out to be another one's."""
    found = requests(session, select(*COLUMNS).where(_row.id == id))
    if found:
        return found[0]
    leads_to = session.scalar(select(RequestAliasRow.request_id).where(RequestAliasRow.id == id))
    return by_id(session, leads_to) if leads_to else None


def by_upstream_id(session: Session, upstream_id: int) -> Request | None:
    return next(iter(requests(session, select(*COLUMNS).where(_row.upstream_id == upstream_id))), None)


def of_title(session: Session, title: TitleKey, *, is_4k: bool | None = None) -> Sequence[Request]:
    """The requests for a title that may still be fulfilled, oldest first; of both qualities unless one is named."""
    living = (_row.tmdb_id == title.tmdb_id) & (_row.media_type == title.media_type) & _row.state.in_(states.LIVING)
    query = select(*COLUMNS).where(living).order_by(_row.created_at, _row.id)
    return requests(session, query if is_4k is None else query.where(_row.is_4k == is_4k))


def living(session: Session, wish: Wish) -> Sequence[Request]:
    """Who asked for the same title in the same quality and may still get it, oldest first."""
    return of_title(session, wish.title, is_4k=wish.is_4k)


def to_send(session: Session, now: datetime) -> Sequence[str]:
    """What the server is to be told of, and whose time has come; oldest first."""
    due = or_(_row.state == State.SENDING, _row.is_unwanted) & work.is_due(_row, now)
    return list(session.scalars(select(_row.id).where(due).order_by(_row.created_at).limit(DUE_MOST)))


def next_sending(session: Session) -> datetime | None:
    """When the next of what is to be sent later is due."""
    later = or_(_row.state == State.SENDING, _row.is_unwanted) & _row.due_at.is_not(None)
    return session.scalar(select(_row.due_at).where(later).order_by(_row.due_at).limit(1))


def waiting(session: Session) -> Mapping[int, Request]:
    """What the server is to be asked about, by its own numbers."""
    open_ones = _row.state.in_(states.WAITING) & _row.upstream_id.is_not(None)
    found = requests(session, select(*COLUMNS).where(open_ones).order_by(_row.heard_at).limit(WAITING_MOST))
    return {request.upstream_id: request for request in found if request.upstream_id}


def known_there(session: Session, upstream_ids: Collection[int]) -> Mapping[int, int]:
    """Those of the server's numbers of which requests are known here, with the titles that these are for."""
    query = select(_row.upstream_id, _row.tmdb_id).where(_row.upstream_id.in_(upstream_ids))
    return {id: tmdb_id for id, tmdb_id in session.execute(query) if id is not None}


def is_being_sent(session: Session, seen: Seen) -> bool:
    """Whether a request of ours for this title is on its way to the server, or being taken back there."""
    same = (_row.tmdb_id == seen.title.tmdb_id) & (_row.media_type == seen.title.media_type)
    on_its_way = or_(_row.state == State.SENDING, _row.is_unwanted) & (_row.is_4k == seen.is_4k)
    return session.scalar(select(_row.id).where(same, on_its_way).limit(1)) is not None


def owner_of(session: Session, seen: Seen) -> str | None:
    """Who of the household asked at the server itself: by Plex's number, else by an administrator's word."""
    if seen.asker and seen.asker.plex_id and (own := plex_people.user_of(session, seen.asker.plex_id)):
        return own
    return mapped_user(session, seen.requested_by) if seen.requested_by else None


def reporter_of(session: Session, seen: Problem) -> str | None:
    """Who of the household reported a problem at the server itself."""
    if seen.asker and seen.asker.plex_id and (own := plex_people.user_of(session, seen.asker.plex_id)):
        return own
    return mapped_user(session, seen.reported_by) if seen.reported_by else None


def nameless(session: Session, limit: int) -> Sequence[Request]:
    """What is known by its number only, the newest first."""
    unnamed = (_row.name == "") & _row.upstream_id.is_not(None) & (_row.attempts < NAMING_TRIES)
    query = select(*COLUMNS).where(unnamed).order_by(_row.attempts, _row.created_at.desc()).limit(limit)
    return requests(session, query)


def attempts(session: Session, id: str) -> int:
    """How often it was tried to send it."""
    return session.scalar(select(_row.attempts).where(_row.id == id)) or 0


def first_follower(session: Session, id: str) -> str | None:
    """Who has followed it for longest."""
    followers = select(RequestFollowerRow.user_id).where(RequestFollowerRow.request_id == id)
    return session.scalar(followers.order_by(RequestFollowerRow.followed_at, RequestFollowerRow.user_id).limit(1))


def mapped_person(session: Session, user_id: str) -> int | None:
    return session.scalar(select(UpstreamPersonRow.upstream_id).where(UpstreamPersonRow.user_id == user_id))


def mapped_people(session: Session) -> Mapping[str, int]:
    """As which accounts of the server's people ask by an administrator's word."""
    rows = session.execute(select(UpstreamPersonRow.user_id, UpstreamPersonRow.upstream_id))
    return {row.user_id: row.upstream_id for row in rows}


def mapped_user(session: Session, upstream_id: int) -> str | None:
    """Who asks as this account of the server's by an administrator's word, if that is one person alone."""
    mine = select(UpstreamPersonRow.user_id).where(UpstreamPersonRow.upstream_id == upstream_id)
    people = session.scalars(mine.limit(2)).all()
    return people[0] if len(people) == 1 else None


def open_count(session: Session) -> int:
    """How many wait for a decision."""
    return session.scalar(select(func.count()).where(_row.state == State.PENDING)) or 0


def requests(session: Session, query: Any) -> Sequence[Request]:
    """The rows that a query over `COLUMNS` finds, with who follows them."""
    rows = session.execute(query).all()
    followers = _followers(session, [row.id for row in rows])
    return [_request(row, followers.get(row.id, frozenset())) for row in rows]


def _followers(session: Session, ids: Iterable[str]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    columns = select(RequestFollowerRow.request_id, RequestFollowerRow.user_id)
    for row in session.execute(columns.where(RequestFollowerRow.request_id.in_(ids))):
        found.setdefault(row.request_id, set()).add(row.user_id)
    return {id: frozenset(people) for id, people in found.items()}


def _request(row: Any, followers: frozenset[str]) -> Request:
    wish = Wish(
        title=TitleKey(media_type=MediaType(row.media_type), tmdb_id=row.tmdb_id),
        seasons=tuple(row.seasons),
        is_4k=row.is_4k,
        profile_id=row.profile_id,
        folder=row.folder,
        server_id=row.server_id,
    )
    rest = {name: getattr(row, name) for name in _SAME}
    return Request(wish=wish, followers=followers, state=State(row.state), **rest)


_SAME = (
    "id", "name", "year", "poster", "owner_id", "asked_by_id", "asker", "reason", "error_code", "upstream_id",
    "media_id", "is_unwanted", "heard_at", "created_at", "changed_at",
)  # fmt: skip
