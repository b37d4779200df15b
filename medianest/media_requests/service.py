"""Asking for films and series: the one object through which the rest of the house does it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from medianest.accounts import queries as accounts
from medianest.core.actor import Actor
from medianest.core.db import Database
from medianest.core.errors import Forbidden, Invalid
from medianest.core.i18n import msg
from medianest.media_requests import ledger, queries, rights, states
from medianest.media_requests.connection import Connection
from medianest.media_requests.deciding import Decisions
from medianest.media_requests.errand import Details, Errand, What
from medianest.media_requests.errands import Errands
from medianest.media_requests.errors import LinkOver, NoRequest, WrongState
from medianest.media_requests.patience import PATIENCE_S
from medianest.media_requests.sending import Sending
from medianest.media_requests.types import MediaType, Request, State, Verdict, Wish
from medianest.media_requests.watching import Watching
from medianest.media_requests.whom import Whom

SEASONS_MOST = 200
REASON_MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of asking: a new request, or one of somebody else's that is followed now."""

    request: Request
    is_new: bool


class Requests:
    """`connection` leads to the server, `whom` knows as whom people ask there.

    `owner` names this life of the process, which holds what it is sending; `errands` bring what is decided.
    """

    def __init__(
        self,
        db: Database,
        connection: Connection,
        whom: Whom,
        owner: str,
        errands: Errands,
        *,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._db = db
        self.connection = connection
        self.whom = whom
        self._sending = Sending(db, connection.asking, whom, owner, patience_s=patience_s)
        self.errands = errands
        self._watching = Watching(db, connection.asking)
        decisions = Decisions(connection.asking, self._watching)
        bring, retry = decisions.bring, decisions.retry
        errands.carry({What.APPROVE: bring, What.DECLINE: bring, What.RETRY: retry})

    async def ask(self, actor: Actor, wish: Wish, *, for_user: str | None = None) -> Outcome:
        """Ask for a title, or follow who asked for it; kept and sent later while the server is away or slow.

        Raises NoAccount, NotAllowed, UsedUp, NoTitle, ThereAlready and NothingLeft, and then nothing is kept of it.
        """
        me = rights.require_asker(actor)
        rights.require_choice(actor, wish)
        wanted = _checked(wish)
        owner = for_user or me
        async with self._db.transaction() as session:
            await _check_for(session, actor, owner)
            others = await session.run_sync(queries.living, wanted)
            left = states.left_of(wanted, (other.wish.seasons for other in others))
            if others and not left:
                followed = await ledger.follow(session, actor, owner, _nearest(wanted, others))
                return Outcome(request=followed, is_new=False)
            request = await ledger.begin(session, actor, owner, replace(wanted, seasons=left))
            await self._sending.hold(session, request.id)
        return Outcome(request=await self._sending.send(request.id, actor), is_new=True)

    async def follow(self, actor: Actor, id: str) -> Request:
        """Be told, too. Raises NoRequest, and WrongState where there is nothing to be told any more."""
        me = rights.require_asker(actor)
        async with self._db.transaction() as session:
            request = await session.run_sync(queries.one, actor, id)
            if request.state not in states.LIVING:
                raise WrongState(msg("requests.wrong_state"))
            return await ledger.follow(session, actor, me, request)

    async def unfollow(self, actor: Actor, id: str) -> Request:
        """Be told no more; twice is as once."""
        me = rights.require_asker(actor)
        async with self._db.transaction() as session:
            request = await session.run_sync(queries.one, actor, id)
            return await ledger.unfollow(session, me, request)

    async def deliver(self) -> int:
        """Send what could not be sent before; how many the server has now."""
        return await self._sending.deliver()

    async def look_again(self, upstream_id: int) -> Request | None:
        """Somebody hints that a request changed: see what the server has, whatever the hint said."""
        return await self._watching.look_again(upstream_id)

    async def reconcile(self) -> int:
        """See how all open requests stand, without any hint; how many have changed."""
        return await self._watching.reconcile()

    async def decide(
        self,
        actor: Actor,
        id: str,
        verdict: Verdict,
        *,
        reason: str = "",
        instead: Wish | None = None,
        link_id: str | None = None,
    ) -> Request:
        """Approve, as asked or with other seasons, profile or folder; or decline, for a reason that they read.

        What takes longer than anybody waits goes on by itself (`errands`). It uses the decision link `link_id` up,
        unless it comes to nothing. Raises WrongState while another decision is on its way, and LinkOver.
        """
        rights.require_decider(actor)
        request, upstream_id = await self._there(id)
        wanted = _checked(instead) if instead is not None and verdict is Verdict.APPROVE else None
        details = Details(upstream_id=upstream_id, was=request.state, instead=wanted)
        said = reason[:REASON_MOST]
        errand = Errand(
            what=What(verdict), subject_id=request.id, by=actor.id, text=said, details=details, link_id=link_id
        )
        self._check_free(errand)
        done: Request | None = await self.errands.run(errand, actor)
        return done or await self._known(request.id)

    async def retry(self, actor: Actor, id: str) -> Request:
        """Have it fetched once more after it failed; what never reached the server is sent anew."""
        request = await self._db.read(queries.one, actor, id)
        if not rights.controls(actor, request):
            rights.require_decider(actor)
        if request.state is not State.FAILED:
            raise WrongState(msg("requests.wrong_state"))
        if request.upstream_id is None:
            return await self._send_anew(actor, request)
        rights.require_decider(actor)
        details = Details(upstream_id=request.upstream_id)
        errand = Errand(what=What.RETRY, subject_id=request.id, by=actor.id, details=details)
        self._check_free(errand)
        done: Request | None = await self.errands.run(errand, actor)
        return done or await self._known(request.id)

    async def cancel(self, actor: Actor, id: str) -> Request:
        """Take a request back: one's own, or anybody's as an administrator.

        What others follow is theirs from then on; a follower only stops following. Kept for later while the server is
        away, and seen to if it is under way to the server at this moment.
        """
        async with self._db.transaction() as session:
            request = await session.run_sync(queries.one, actor, id)
            if not rights.controls(actor, request):
                return await _leave(session, actor, request)
            if request.state in (State.AVAILABLE, State.REMOVED):
                raise WrongState(msg("requests.wrong_state"))
            heir = await session.run_sync(queries.first_follower, request.id)
            if heir and actor.id in (request.owner_id, request.asked_by_id):
                return await ledger.hand_over(session, actor, request, heir)
            taken_back = await ledger.become(session, actor, request, State.REMOVED, is_unwanted=True, due_at=None)
        await self._sending.withdraw(taken_back.id)
        return taken_back

    def nudge(self) -> None:
        """The server may be back, or another one."""
        self._sending.nudge()
        self.errands.nudge()

    def runs(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """What runs by itself, by its name."""
        return {"requests": self._sending.run}

    async def start(self) -> None:
        """From now on what is asked for or said goes out as soon as it can."""
        self._sending.start()
        await self.errands.start()

    async def stop(self) -> None:
        """Nothing is under way any more."""
        await self.errands.stop()
        await self._sending.stop()

    def _check_free(self, errand: Errand) -> None:
        """Raises WrongState while another decision about the same is on its way, LinkOver while that is this link's."""
        begun = self.errands.begun(errand.subject_id)
        if errand.link_id and any(one.link_id == errand.link_id for one in begun):
            raise LinkOver(msg("requests.link_over"))
        if any(one.what is not errand.what for one in begun):
            raise WrongState(msg("requests.being_decided"))

    async def _send_anew(self, actor: Actor, request: Request) -> Request:
        async with self._db.transaction() as session:
            await self._sending.hold(session, request.id)
            again = await ledger.become(session, actor, request, State.SENDING, error_code=None)
        return await self._sending.send(again.id, actor)

    async def _known(self, id: str) -> Request:
        request = await self._db.read(queries.by_id, id)
        if request is None:
            raise NoRequest
        return request

    async def _there(self, id: str) -> tuple[Request, int]:
        """A request that the server has. Raises NoRequest and WrongState."""
        request = await self._known(id)
        if request.upstream_id is None:
            raise WrongState(msg("requests.not_sent_yet"))
        return request, request.upstream_id


async def _check_for(session: AsyncSession, actor: Actor, owner_id: str) -> None:
    """Raises Forbidden where this person may not ask in the name of that one, or there is none."""
    if owner_id == actor.id:
        return
    person = await session.run_sync(accounts.user, owner_id)
    if person is None or person.suspended_at or not rights.asks_for(actor, person.role):
        raise Forbidden(msg("requests.not_for_them"))


async def _leave(session: AsyncSession, actor: Actor, request: Request) -> Request:
    if actor.id is None or not rights.follows(actor, request):
        raise Forbidden(msg("requests.not_yours"))
    return await ledger.unfollow(session, actor.id, request)


def _nearest(wish: Wish, others: Sequence[Request]) -> Request:
    """Of several, the one that has the most of the seasons."""
    return max(others, key=lambda other: len(set(wish.seasons) & set(other.wish.seasons)))


def _checked(wish: Wish) -> Wish:
    """Raises Invalid for a series without seasons, or a film with some."""
    seasons = tuple(sorted(set(wish.seasons)))
    if bool(seasons) is not (wish.title.media_type is MediaType.TV) or len(seasons) > SEASONS_MOST:
        raise Invalid(msg("requests.which_seasons"), code="which_seasons")
    return replace(wish, seasons=seasons)
