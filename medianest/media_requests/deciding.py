"""Bringing what was decided about a request to the server; who tries again looks first whether it was heard."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from medianest.core import clock
from medianest.core.actor import Actor
from medianest.core.errors import Unavailable
from medianest.core.i18n import msg
from medianest.media_requests import states
from medianest.media_requests.errand import Errand
from medianest.media_requests.errors import GoneThere, WrongState
from medianest.media_requests.ledger import Deciding
from medianest.media_requests.types import Request, State, Verdict
from medianest.media_requests.watching import Watching

if TYPE_CHECKING:
    from medianest.media_requests.client import Asking

CurrentAsking = Callable[[], Awaitable["Asking"]]
_MEANT: Mapping[Verdict, frozenset[State]] = {
    Verdict.DECLINE: frozenset({State.DECLINED}),
    Verdict.APPROVE: frozenset(
        {State.APPROVED, State.PROCESSING, State.PARTIALLY_AVAILABLE, State.AVAILABLE, State.FAILED}
    ),
}


class Decisions:
    def __init__(self, current: CurrentAsking, watching: Watching) -> None:
        self._current = current
        self._watching = watching

    async def bring(self, decision: Errand, actor: Actor, again: bool) -> Request | None:
        """Have it decided there; with `again`, only if it is not. Raises WrongState where somebody else was faster."""
        asking, id, instead = await self._current(), decision.details.upstream_id, decision.details.instead
        self._watching.will_decide(id, Deciding(actor=actor, reason=decision.text))
        if again and await self._is_heard(asking, decision):
            return await self._watching.look_again(id)
        try:
            if instead is not None:
                await asking.change(id, instead)
            await asking.decide(id, Verdict(decision.what))
            return await self._watching.look_again(id)
        except Unavailable:
            raise  # it may have been heard: what is seen next tells
        except BaseException:
            self._watching.did_not_decide(id)
            raise

    async def retry(self, errand: Errand, _actor: Actor, again: bool) -> Request | None:
        """Have it fetched once more; with `again`, only if it is still failed there."""
        asking, id = await self._current(), errand.details.upstream_id
        if not again or await self._state(asking, id, State.FAILED) is State.FAILED:
            await asking.retry(id)
        return await self._watching.look_again(id)

    async def _is_heard(self, asking: "Asking", decision: Errand) -> bool:
        id, was = decision.details.upstream_id, decision.details.was or State.PENDING
        now = await self._state(asking, id, was)
        if now is was:
            return False
        if now not in _MEANT[Verdict(decision.what)]:
            self._watching.did_not_decide(id)
            await self._watching.look_again(id)
            raise WrongState(msg("requests.decided_already"))
        return True

    async def _state(self, asking: "Asking", upstream_id: int, was: State) -> State:
        seen = await asking.request(upstream_id)
        if seen is None:
            raise GoneThere(msg("requests.gone_there"))
        return states.next_state(was, None, seen, clock.now())
