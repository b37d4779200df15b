"""Bringing requests to the server: each once, however often it was tried; and taking back there what nobody wants."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.core import clock, work
from medianest.core.actor import SYSTEM, Actor
from medianest.core.crew import Crew
from medianest.core.db import Database
from medianest.core.errors import MediaNestError, Unavailable
from medianest.core.i18n import msg
from medianest.media_requests import events, ledger, queries, states
from medianest.media_requests.errors import AskedAlready, NoRequest, NotAllowed, NothingLeft, ThereAlready
from medianest.media_requests.models import RequestRow
from medianest.media_requests.patience import PATIENCE_S, Patience
from medianest.media_requests.types import Availability, MediaType, Request, Seen, State, Title, Wish
from medianest.media_requests.whom import Whom

if TYPE_CHECKING:
    from medianest.media_requests.client import Asking

log = logging.getLogger(__name__)

CurrentAsking = Callable[[], Awaitable["Asking"]]
_LEASE = timedelta(minutes=2)
_PAUSE, _PAUSE_MOST = timedelta(seconds=15), timedelta(minutes=5)
_CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrival:
    """The server's own request, as it was when it was asked for at `seen_at`; `is_new` if we have just made it."""

    seen: Seen
    seen_at: datetime
    is_new: bool = False


class Sending:
    """`owner` names this life of the process, which holds what it is sending; nobody waits long for that."""

    def __init__(
        self, db: Database, current: CurrentAsking, whom: Whom, owner: str, *, patience_s: float = PATIENCE_S
    ) -> None:
        self._db = db
        self._current = current
        self._whom = whom
        self._owner = owner
        self._crew = Crew()
        self._is_back = False
        self._waited_for: Patience[Request] = Patience(patience_s)
        self._taken_back: Patience[None] = Patience(patience_s)

    def start(self) -> None:
        """From now on what is written down is sent as soon as it is due."""
        self._db.after_commit(self._wake)

    async def run(self) -> None:
        """Send what is due until cancelled."""
        while True:
            if self._is_back:
                self._is_back = False
                await self._hurry()
            await self.deliver()
            await self._crew.rest(await self._db.read(queries.next_sending))

    def nudge(self) -> None:
        """The server is back: what waits for it goes now."""
        self._is_back = True
        self._crew.wake()

    async def deliver(self) -> int:
        """Do what is due; how many requests the server has now that it had not before."""
        async with self._db.transaction() as session:
            for id in await work.abandoned(session, RequestRow, owner=self._owner):
                await work.take_back(session, RequestRow, id)
        sent = 0
        for id in await self._db.read(queries.to_send, clock.now()):
            if await self._claimed(id):
                request = await self._known(id)
                sent += await self._do(request)
        return sent

    async def hold(self, session: AsyncSession, id: str) -> None:
        """A request that was just written down is sent by who wrote it down, who calls `send`."""
        await work.claim(session, RequestRow, id, owner=self._owner, lease=_LEASE)

    async def send(self, id: str, by: Actor) -> Request:
        """Send a request that we hold, for who waits for it; what the server has already is taken over instead.

        What the server refuses is raised, and the request is nothing then, unless somebody was told of it. What takes
        longer than anybody waits is kept: it goes on, and has failed where the server refuses it in the end.
        """
        task = await self._waited_for.begin(self._send(id, by))
        if not task.done() and (kept := await self._keep(id, by)):
            return kept
        return await task

    async def withdraw(self, id: str) -> None:
        """Delete at the server what was taken back here, now or as soon as it can be; who sends it now does it then."""
        if await self._claimed(id):
            task = await self._taken_back.begin(self._withdraw(await self._known(id)))
            if task.done():
                await task

    async def stop(self) -> None:
        """Leave what is under way to the next life of the process."""
        await self._waited_for.stop()
        await self._taken_back.stop()

    async def _send(self, id: str, by: Actor | None = None) -> Request:
        request = await self._known(id)
        try:
            arrival = await self._placed(request)
        except Unavailable as error:
            return await self._later(request, error, by or SYSTEM)
        except MediaNestError as error:
            await self._give_up(request, error, is_waited_for=by is not None)
            if by:
                raise
            return await self._known(id)
        return await self._arrived(request, arrival, by or SYSTEM)

    async def _keep(self, id: str, by: Actor) -> Request | None:
        """Say that it is under way; None where the server has refused it meanwhile."""
        async with self._db.transaction() as session:
            if await session.run_sync(queries.by_id, id) is None:
                return None
            await ledger.announce(session, by, events.RequestKept, id)
            return await ledger.known(session, id)

    async def _do(self, request: Request) -> bool:
        if request.is_unwanted:
            await self._withdraw(request)
            return False
        return (await self._send(request.id)).state is not State.SENDING

    async def _claimed(self, id: str) -> bool:
        async with self._db.transaction() as session:
            return await work.claim(session, RequestRow, id, owner=self._owner, lease=_LEASE)

    async def _known(self, id: str) -> Request:
        request = await self._db.read(queries.by_id, id)
        if request is None:
            raise NoRequest
        return request

    async def _placed(self, request: Request) -> _Arrival:
        """Read back, or newly made."""
        asking = await self._current()
        person = await self._whom.asks_as(asking, request.owner_id or "")
        seen_at, title = clock.now(), await asking.title(request.wish.title)
        async with self._db.transaction() as session:
            await ledger.learn_title(session, request.id, title)
        if there := states.arrived(request.wish, None, title.requests):
            return _Arrival(seen=there, seen_at=seen_at)
        _check_absent(request.wish, title)
        try:
            seen_at = clock.now()
            made = await asking.ask(request.wish, person=person)
            return _Arrival(seen=made, seen_at=seen_at, is_new=True)
        except (AskedAlready, NothingLeft):
            return await _read_back(asking, request.wish)
        except NotAllowed:
            self._whom.forget()
            raise

    async def _arrived(self, request: Request, arrival: _Arrival, by: Actor) -> Request:
        async with self._db.transaction() as session:
            await work.release(session, RequestRow, request.id, owner=self._owner)
            now = await ledger.known(session, request.id)
            if not now.is_unwanted:
                await ledger.announce(session, by, events.RequestMade, request.id)
                return await ledger.apply(session, request, arrival.seen, arrival.seen_at)
            values: dict[str, Any] = {"upstream_id": arrival.seen.id} if arrival.is_new else {"is_unwanted": False}
            now = await ledger.become(session, SYSTEM, now, now.state, **values)
        if now.is_unwanted:
            await self.withdraw(now.id)
        return now

    async def _later(self, request: Request, error: Unavailable, by: Actor = SYSTEM) -> Request:
        attempts = await self._db.read(queries.attempts, request.id)
        pause = work.pause_before(min(attempts, 10), base=_PAUSE, most=_PAUSE_MOST)
        due_at = clock.now() + max(pause, min(error.retry_after or timedelta(), _PAUSE_MOST))
        async with self._db.transaction() as session:
            await work.release(session, RequestRow, request.id, owner=self._owner, due_at=due_at)
            if not (await ledger.known(session, request.id)).is_unwanted:
                await ledger.announce(session, by, events.RequestKept, request.id)
            return await ledger.known(session, request.id)

    async def _give_up(self, request: Request, error: MediaNestError, *, is_waited_for: bool) -> None:
        async with self._db.transaction() as session:
            await work.release(session, RequestRow, request.id, owner=self._owner)
            if is_waited_for and await ledger.forget(session, request.id):
                return
            now = await ledger.known(session, request.id)
            if now.state is State.SENDING:
                await ledger.become(session, SYSTEM, now, State.FAILED, error_code=error.code)
            else:
                await ledger.become(session, SYSTEM, now, now.state, is_unwanted=False)

    async def _withdraw(self, request: Request) -> None:
        """Delete it there, if it is there; the request is held by us."""
        try:
            asking = await self._current()
            if upstream_id := request.upstream_id or await self._left_there(asking, request):
                await asking.withdraw(upstream_id)
        except Unavailable as error:
            await self._later(request, error)
            return
        except MediaNestError as error:
            log.warning("a request that was taken back may be at the server yet", extra={"code": error.code})
        async with self._db.transaction() as session:
            await work.release(session, RequestRow, request.id, owner=self._owner, is_unwanted=False)

    async def _left_there(self, asking: "Asking", request: Request) -> int | None:
        """The number of what was made there although no answer came; never of what somebody made there themselves."""
        person = await self._whom.asks_as(asking, request.owner_id or "")
        title = await asking.title(request.wish.title)
        since = request.created_at - _CLOCKS_DIFFER
        recent = [one for one in title.requests if one.created_at and one.created_at > since]
        made = states.arrived(request.wish, person, recent)
        if made is None or await self._is_known(made):
            return None
        return made.id

    async def _is_known(self, seen: Seen) -> bool:
        return await self._db.read(queries.by_upstream_id, seen.id) is not None

    async def _hurry(self) -> None:
        waits = or_(RequestRow.state == State.SENDING, RequestRow.is_unwanted) & RequestRow.lease_owner.is_(None)
        async with self._db.transaction() as session:
            await session.execute(update(RequestRow).where(waits).values(due_at=None))

    def _wake(self, tables: frozenset[str]) -> None:
        if RequestRow.__tablename__ in tables:
            self._crew.wake()


def _check_absent(wish: Wish, title: Title) -> None:
    """Raises ThereAlready for a film that is there."""
    there = title.hit.availability_4k if wish.is_4k else title.hit.availability
    if wish.title.media_type is MediaType.MOVIE and there is Availability.AVAILABLE:
        raise ThereAlready(msg("requests.there_already"))


async def _read_back(asking: "Asking", wish: Wish) -> _Arrival:
    """What somebody else asked for at the same moment. Raises AskedAlready where it is not to be seen."""
    seen_at, title = clock.now(), await asking.title(wish.title)
    there = states.arrived(wish, None, title.requests)
    if there is None:
        raise AskedAlready(msg("requests.asked_already"))
    return _Arrival(seen=there, seen_at=seen_at)
