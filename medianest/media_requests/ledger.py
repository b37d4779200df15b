"""Writing requests down; each change of a state is announced in the same transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or_leave
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.core import clock, journal
from medianest.core.actor import SYSTEM, Actor
from medianest.core.security import new_id
from medianest.media_requests import events, queries, rights, states
from medianest.media_requests.models import RequestAliasRow, RequestFollowerRow, RequestRow
from medianest.media_requests.types import Request, Seen, State, Title, Wish
from medianest.plex.titles.folding import folded

_ANNOUNCED: Mapping[State, Callable[..., events.RequestEvent]] = {
    State.PENDING: events.RequestSent,
    State.APPROVED: events.RequestApproved,
    State.PROCESSING: events.RequestApproved,
    State.PARTIALLY_AVAILABLE: events.RequestPartlyAvailable,
    State.AVAILABLE: events.RequestAvailable,
    State.DECLINED: events.RequestDeclined,
    State.FAILED: events.RequestFailed,
    State.REMOVED: events.RequestRemoved,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """Who decides here, and why; nobody where the server decided by itself."""

    actor: Actor = SYSTEM
    reason: str = ""


async def begin(session: AsyncSession, actor: Actor, owner_id: str, wish: Wish) -> Request:
    """Write a new request down, which is to be sent."""
    now = clock.now()
    about = {"owner_id": owner_id, "asked_by_id": actor.id, "state": State.SENDING}
    return await known(session, await _insert(session, wish, **about, created_at=now, changed_at=now))


async def announce(session: AsyncSession, actor: Actor, kind: Callable[..., events.RequestEvent], id: str) -> None:
    """Tell of a new request, once."""
    untold = update(RequestRow).where(RequestRow.id == id, RequestRow.is_announced.is_(False))
    told = await session.execute(untold.values(is_announced=True))
    if told.rowcount:  # type: ignore[attr-defined]  # a DML result has it
        await record(session, actor, kind, await known(session, id))


async def forget(session: AsyncSession, id: str) -> bool:
    """Let a request be nothing that nobody was told of yet and nobody follows; whether it was that."""
    followed = select(RequestFollowerRow.request_id)
    untold = (RequestRow.id == id) & RequestRow.is_announced.is_(False) & RequestRow.id.not_in(followed)
    forgotten = await session.execute(delete(RequestRow).where(untold))
    return bool(forgotten.rowcount)  # type: ignore[attr-defined]  # a DML result has it


async def adopt(session: AsyncSession, seen: Seen, state: State, owner_id: str | None, seen_at: datetime) -> Request:
    """Write down what somebody asked for at the server itself."""
    wish = Wish(title=seen.title, seasons=seen.seasons, is_4k=seen.is_4k)
    then = seen.created_at or seen_at
    there = {
        "upstream_id": seen.id,
        "media_id": seen.media_id,
        "heard_at": seen_at,
        "asker": _asker(seen),
        "is_announced": True,
    }
    about = {"owner_id": owner_id, "asked_by_id": owner_id, "state": state}
    await _detach(session, seen.id)
    id = await _insert(session, wish, **about, **there, created_at=then, changed_at=seen.updated_at or then)
    return await known(session, id)


async def give(session: AsyncSession, request: Request, owner_id: str) -> None:
    """Whose it is became known."""
    mine = update(RequestRow).where(RequestRow.id == request.id)
    await session.execute(mine.values(owner_id=owner_id, asked_by_id=owner_id))
    await _unfollow(session, request.id, owner_id)


async def follow(session: AsyncSession, actor: Actor, user_id: str, request: Request) -> Request:
    """Have somebody told, too; following twice, or what is one's own, changes nothing."""
    if user_id == request.owner_id or user_id in request.followers:
        return request
    await _add_follower(session, request.id, user_id)
    followed = await known(session, request.id)
    await record(session, actor, events.RequestFollowed, followed)
    return followed


async def unfollow(session: AsyncSession, user_id: str, request: Request) -> Request:
    """Have somebody told no more; nobody else learns of that."""
    await _unfollow(session, request.id, user_id)
    return await known(session, request.id)


async def hand_over(session: AsyncSession, actor: Actor, request: Request, heir_id: str) -> Request:
    """Who asked wants it no more, but this follower does."""
    mine = update(RequestRow).where(RequestRow.id == request.id)
    await session.execute(mine.values(owner_id=heir_id, asked_by_id=heir_id))
    await _unfollow(session, request.id, heir_id)
    handed = await known(session, request.id)
    await record(session, actor, events.RequestHandedOver, handed)
    return handed


async def learn_title(session: AsyncSession, id: str, title: Title) -> Request:
    """Note what the server calls it."""
    hit = title.hit
    values: dict[str, Any] = {"name": hit.title, "folded": folded(hit.title), "year": hit.year, "poster": hit.poster}
    if title.media_id:
        values["media_id"] = title.media_id
    await session.execute(update(RequestRow).where(RequestRow.id == id).values(**values))
    return await known(session, id)


async def apply(
    session: AsyncSession, request: Request, seen: Seen | None, seen_at: datetime, by: Deciding = Deciding()
) -> Request:
    """What the server was seen to have, asked at `seen_at`; told to whom it concerns if that is news.

    Where that is another request's already, both become one.
    """
    now = await known(session, request.id)
    if seen is not None and (other := await _other(session, now, seen)):
        now = await _merge(session, now, other)
    is_late = now.heard_at is not None and seen_at < now.heard_at
    if seen is not None and (seen.title, seen.is_4k) != (now.wish.title, now.wish.is_4k):
        seen = None
    state = states.next_state(now.state, now.heard_at, seen, seen_at)
    values: dict[str, Any] = {"heard_at": max(seen_at, now.heard_at or seen_at)}
    if seen is None:
        values |= {} if is_late or now.state is State.SENDING else {"upstream_id": None}
    elif not is_late:
        values |= {"upstream_id": seen.id, "media_id": seen.media_id or now.media_id, "error_code": None}
        values["seasons"] = list(seen.seasons or now.wish.seasons)
    if not is_late:
        values["reason"] = (by.reason or now.reason) if state is State.DECLINED else ""
    return await _become(session, by.actor, now, state, values)


async def note_heard(session: AsyncSession, ids: Sequence[str], seen_at: datetime) -> None:
    """What is known of these was seen to hold still."""
    older = or_(RequestRow.heard_at.is_(None), RequestRow.heard_at < seen_at)
    await session.execute(update(RequestRow).where(RequestRow.id.in_(ids), older).values(heard_at=seen_at))


async def note_nameless(session: AsyncSession, id: str) -> None:
    """The server could not tell what it is called."""
    await session.execute(update(RequestRow).where(RequestRow.id == id).values(attempts=RequestRow.attempts + 1))


async def become(session: AsyncSession, actor: Actor, request: Request, state: State, **values: Any) -> Request:
    """What somebody did here, before or without the server's word."""
    return await _become(session, actor, request, state, values)


async def known(session: AsyncSession, id: str) -> Request:
    found = await session.run_sync(queries.by_id, id)
    assert found
    return found


async def record(
    session: AsyncSession, actor: Actor, kind: Callable[..., events.RequestEvent], request: Request
) -> None:
    facts: dict[str, Any] = {"title": request.name, "owner_id": request.owner_id}
    if kind is events.RequestDeclined:
        facts["reason"] = request.reason
    told = kind(actor=actor, subject_id=request.id, audience=rights.audience(request), **facts)
    await journal.record(session, told)


async def _insert(session: AsyncSession, wish: Wish, **values: Any) -> str:
    id = new_id()
    wanted = {
        "media_type": wish.title.media_type,
        "tmdb_id": wish.title.tmdb_id,
        "is_4k": wish.is_4k,
        "seasons": list(wish.seasons),
        "profile_id": wish.profile_id,
        "folder": wish.folder,
        "server_id": wish.server_id,
    }
    await session.execute(insert(RequestRow).values(id=id, **wanted, **values))
    return id


async def _become(
    session: AsyncSession, actor: Actor, request: Request, state: State, values: Mapping[str, Any]
) -> Request:
    is_news = state is not request.state
    if is_news:
        values = {**values, "state": state, "changed_at": clock.now()}
    await session.execute(update(RequestRow).where(RequestRow.id == request.id).values(**values))
    changed = await known(session, request.id)
    if is_news and _ANNOUNCED.get(state) is not _ANNOUNCED.get(request.state) and state in _ANNOUNCED:
        await record(session, actor, _ANNOUNCED[state], changed)
    return changed


async def _other(session: AsyncSession, request: Request, seen: Seen) -> Request | None:
    """Another request here that is the same one at the server; one that another server numbered so is none."""
    other = await session.run_sync(queries.by_upstream_id, seen.id)
    if other is None or other.id == request.id:
        return None
    if other.wish.title == seen.title:
        return other
    await _detach(session, seen.id)
    return None


async def _merge(session: AsyncSession, request: Request, into: Request) -> Request:
    """All who wanted the one want the other; its id leads there from now on."""
    wanted_by = [id for id in (request.owner_id, *sorted(request.followers)) if id]
    if into.owner_id is None and request.owner_id:
        await give(session, into, request.owner_id)
    for user_id in wanted_by:
        if user_id not in (into.owner_id or request.owner_id, *into.followers):
            await _add_follower(session, into.id, user_id)
    await session.execute(
        update(RequestAliasRow).where(RequestAliasRow.request_id == request.id).values(request_id=into.id)
    )
    await session.execute(delete(RequestRow).where(RequestRow.id == request.id))
    await session.execute(insert(RequestAliasRow).values(id=request.id, request_id=into.id))
    return await known(session, into.id)


async def _detach(session: AsyncSession, upstream_id: int) -> None:
    """No request here is known to the server by this number."""
    mine = update(RequestRow).where(RequestRow.upstream_id == upstream_id)
    await session.execute(mine.values(upstream_id=None))


async def _add_follower(session: AsyncSession, id: str, user_id: str) -> None:
    new = insert_or_leave(RequestFollowerRow).values(request_id=id, user_id=user_id, followed_at=clock.now())
    await session.execute(new.on_conflict_do_nothing())


async def _unfollow(session: AsyncSession, id: str, user_id: str) -> None:
    mine = (RequestFollowerRow.request_id == id) & (RequestFollowerRow.user_id == user_id)
    await session.execute(delete(RequestFollowerRow).where(mine))


def _asker(seen: Seen) -> str:
    return seen.asker.name if seen.asker else ""
