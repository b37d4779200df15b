"""Bringing what was decided about a request to the server; who tries again looks first whether it was heard."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medianest.core import clock
from medianest.core.errors import Unavailable
from medianest.core.i18n import msg
from medianest.media_requests import states
from medianest.media_requests.errors import GoneThere, WrongState
from medianest.media_requests.ledger import Deciding
from medianest.media_requests.types import Request, State, Verdict, Wish
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What somebody decided: `was` is the state that they saw, `instead` what is approved in place of the wish."""

    upstream_id: int
    was: State
    verdict: Verdict
    by: Deciding
    instead: Wish | None = None


class Decisions:
    def __init__(self, current: CurrentAsking, watching: Watching) -> None:
        self._current = current
        self._watching = watching

    async def bring(self, decided: Decided, *, again: bool) -> Request | None:
        """Have it decided there; with `again`, only if it is not. Raises WrongState where somebody else was faster."""
        asking, id = await self._current(), decided.upstream_id
        self._watching.will_decide(id, decided.by)
        if again and await self._is_heard(asking, decided):
            return await self._watching.look_again(id)
        try:
            if decided.instead is not None:
                await asking.change(id, decided.instead)
            await asking.decide(id, decided.verdict)
            return await self._watching.look_again(id)
        except Unavailable:
            raise  # it may have been heard: what is seen next tells
        except BaseException:
            self._watching.did_not_decide(id)
            raise

    async def retry(self, upstream_id: int, *, again: bool) -> Request | None:
        """Have it fetched once more; with `again`, only if it is still failed there."""
        asking = await self._current()
        if not again or await self._state(asking, upstream_id, State.FAILED) is State.FAILED:
            await asking.retry(upstream_id)
        return await self._watching.look_again(upstream_id)

    async def _is_heard(self, asking: "Asking", decided: Decided) -> bool:
        now = await self._state(asking, decided.upstream_id, decided.was)
        if now is decided.was:
            return False
        if now not in _MEANT[decided.verdict]:
            self._watching.did_not_decide(decided.upstream_id)
            await self._watching.look_again(decided.upstream_id)
            raise WrongState(msg("requests.decided_already"))
        return True

    async def _state(self, asking: "Asking", upstream_id: int, was: State) -> State:
        seen = await asking.request(upstream_id)
        if seen is None:
            raise GoneThere(msg("requests.gone_there"))
        return states.next_state(was, None, seen, clock.now())
