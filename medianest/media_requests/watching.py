"""Seeing what became of requests at the server, and what was asked for there: by a hint, or without any.

A hint (the webhook) only says which request to look at; what is seen decides, and `states` how. So the regular look
alone would suffice.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from medianest.core import clock
from medianest.core.actor import SYSTEM
from medianest.core.db import Database
from medianest.core.errors import Unavailable
from medianest.media_requests import events, ledger, queries, states
from medianest.media_requests.errors import NoTitle
from medianest.media_requests.ledger import Deciding
from medianest.media_requests.types import Request, Seen, State

if TYPE_CHECKING:
    from medianest.media_requests.client import Asking

log = logging.getLogger(__name__)

T = TypeVar("T")
CurrentAsking = Callable[[], Awaitable["Asking"]]
Pair = tuple[Request, Seen | None]
_PAGES_MOST = 50
_AT_ONCE = 50
_NAMED_AT_ONCE = 60
_NEWS = timedelta(days=1)
_DECIDED = timedelta(minutes=10)


class Watching:
    """Looks at the server's requests, and remembers who has just decided about some of them here."""

    def __init__(self, db: Database, current: CurrentAsking) -> None:
        self._db = db
        self._current = current
        self._deciding: dict[int, tuple[datetime, Deciding]] = {}

    def will_decide(self, upstream_id: int, by: Deciding) -> None:
        """If this request is seen to be decided in the next minutes, then by somebody here, for a reason."""
        self._deciding[upstream_id] = (clock.now(), by)

    def did_not_decide(self, upstream_id: int) -> None:
        self._deciding.pop(upstream_id, None)

    async def look_again(self, upstream_id: int) -> Request | None:
        """See what the server has of a request, whatever a hint said; None where there is nothing to know of it."""
        asking, seen_at = await self._current(), clock.now()
        seen = await asking.request(upstream_id)
        request = await self._db.read(queries.by_upstream_id, upstream_id)
        if request is not None:
            return (await self._apply([(request, seen)], seen_at))[0]
        if seen is not None and await self._adopt([seen], seen_at):
            await self._name(asking)
        return await self._db.read(queries.by_upstream_id, upstream_id)

    async def reconcile(self) -> int:
        """See how all open requests stand, and who asked at the server itself; how many have changed."""
        waiting = await self._db.read(queries.waiting)
        asking, seen_at = await self._current(), clock.now()
        seen = await self._walk(asking, waiting)
        strangers = await self._strangers(seen.values())
        for id in waiting.keys() - seen.keys():
            if (found := await asking.request(id)) is not None:
                seen[id] = found
        pairs = [(request, seen.get(id)) for id, request in waiting.items()]
        news = [pair for pair in pairs if _is_news(*pair, seen_at)]
        after = await self._apply(news, seen_at)
        async with self._db.transaction() as session:
            await ledger.note_heard(session, [request.id for request in waiting.values()], seen_at)
        changed = sum(now.state is not before.state for now, (before, _) in zip(after, news, strict=True))
        adopted = await self._adopt(strangers, seen_at)
        await self._name(asking)
        return changed + adopted

    async def _walk(self, asking: "Asking", waiting: Mapping[int, Request]) -> dict[int, Seen]:
        """The server's requests, until all were found that wait and a page had none that is unknown here."""
        found: dict[int, Seen] = {}
        read = 0
        for _ in range(_PAGES_MOST):
            page = await asking.requests(read)
            found |= {one.id: one for one in page.items}
            read += page.read
            is_over = not page.read or read >= page.total
            if is_over or (waiting.keys() <= found.keys() and not await self._strangers(page.items)):
                break
        return found

    async def _strangers(self, seen: Iterable[Seen]) -> Sequence[Seen]:
        """Those that are of no request here; the same number for another title was another server's."""
        all_seen = list(seen)
        known: dict[int, int] = {}
        for some in _in_parts(all_seen):
            known |= await self._db.read(queries.known_there, [one.id for one in some])
        return [one for one in all_seen if known.get(one.id) != one.title.tmdb_id]

    async def _apply(self, pairs: Sequence[Pair], seen_at: datetime) -> list[Request]:
        """What each has become; what was taken back here stays so."""
        after: list[Request] = []
        for some in _in_parts(pairs):
            async with self._db.transaction() as session:
                after += [await self._see(session, request, seen, seen_at) for request, seen in some]
        return after

    async def _see(self, session: AsyncSession, request: Request, seen: Seen | None, seen_at: datetime) -> Request:
        if request.is_unwanted:
            return request
        if seen is not None and request.owner_id is None:
            owner_id = await session.run_sync(queries.owner_of, seen)
            if owner_id:
                await ledger.give(session, request, owner_id)
        now = await ledger.apply(session, request, seen, seen_at, self._decided(request))
        if now.state is not request.state and request.upstream_id:
            self.did_not_decide(request.upstream_id)
        return now

    def _decided(self, request: Request) -> Deciding:
        at, by = self._deciding.get(request.upstream_id or 0, (None, Deciding()))
        return by if at and clock.now() - at < _DECIDED else Deciding()

    async def _adopt(self, seen: Sequence[Seen], seen_at: datetime) -> int:
        """Write down what was asked for at the server itself; what we are just bringing there ourselves is none."""
        adopted = 0
        for some in _in_parts(seen):
            async with self._db.transaction() as session:
                for one in some:
                    state = states.next_state(State.SENDING, None, one, seen_at)
                    if state is State.REMOVED or await session.run_sync(_is_ours, one):
                        continue
                    owner_id = await session.run_sync(queries.owner_of, one)
                    await ledger.adopt(session, one, state, owner_id, seen_at)
                    adopted += 1
        return adopted

    async def _name(self, asking: "Asking") -> None:
        """Learn what those are called that are known by their numbers only; the newest are told of."""
        for request in await self._db.read(queries.nameless, _NAMED_AT_ONCE):
            try:
                title = await asking.title(request.wish.title)
            except NoTitle:
                async with self._db.transaction() as session:
                    await ledger.note_nameless(session, request.id)
                continue
            except Unavailable as error:
                log.info("titles have no names yet", extra={"code": error.code})
                return
            async with self._db.transaction() as session:
                named = await ledger.learn_title(session, request.id, title)
                if clock.now() - named.created_at < _NEWS:
                    await ledger.record(session, SYSTEM, events.RequestFound, named)


def _is_ours(session: Session, seen: Seen) -> bool:
    """Whether it is known here by now, or on its way from here."""
    known = queries.by_upstream_id(session, seen.id)
    return (known is not None and known.wish.title == seen.title) or queries.is_being_sent(session, seen)


def _is_news(request: Request, seen: Seen | None, seen_at: datetime) -> bool:
    """Whether anything but the time is to be written down."""
    if seen is None or request.owner_id is None or seen.title != request.wish.title:
        return True
    state = states.next_state(request.state, request.heard_at, seen, seen_at)
    return (state, seen.seasons, seen.media_id) != (request.state, request.wish.seasons, request.media_id)


def _in_parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """So many that no transaction over them takes long."""
    for begin in range(0, len(items), _AT_ONCE):
        yield items[begin : begin + _AT_ONCE]
