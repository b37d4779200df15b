"""How a request moves on, whichever way its news came. Pure.

A webhook and the reconcile job both only give occasion to look at the server's request again; what was seen decides
here. So news that is lost is caught up with, news that comes twice changes nothing, and what was seen earlier never
stands over what was seen later.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from medianest.media_requests.types import Availability, Decision, Seen, State, Wish

LIVING = frozenset(
    {State.SENDING, State.PENDING, State.APPROVED, State.PROCESSING, State.PARTIALLY_AVAILABLE, State.AVAILABLE}
)
"""In these a title counts as asked for: who asks again follows."""

WAITING = LIVING - {State.SENDING, State.AVAILABLE} | {State.FAILED, State.DECLINED}
"""In these the server is asked how it stands, for it may still change its mind."""

_OF_APPROVED: Mapping[Availability, State] = {
    Availability.PROCESSING: State.PROCESSING,
    Availability.PARTIALLY_AVAILABLE: State.PARTIALLY_AVAILABLE,
    Availability.AVAILABLE: State.AVAILABLE,
    Availability.DELETED: State.REMOVED,
}
_OF_COMPLETED: Mapping[Availability, State] = {**_OF_APPROVED, Availability.PROCESSING: State.AVAILABLE}
_ENDED = frozenset({State.AVAILABLE, State.DECLINED, State.FAILED, State.REMOVED})


def next_state(now: State, heard_at: datetime | None, seen: Seen | None, seen_at: datetime) -> State:
    """The state after the server was seen to have `seen` (None: nothing) in an answer asked for at `seen_at`.

    `heard_at` is when the answer was asked for that `now` is from.
    """
    if heard_at is not None and seen_at < heard_at:
        return now
    if seen is None:
        return now if now is State.SENDING or now in _ENDED else State.REMOVED
    return _of(seen, now)


def arrived(wish: Wish, person: int | None, there: Iterable[Seen]) -> Seen | None:
    """The server's request that is this wish of this person's (None: of anybody's); the newest, if several are."""
    same = [one for one in there if one.title == wish.title and one.is_4k == wish.is_4k]
    living = [one for one in same if _may_come(one) and set(wish.seasons) <= set(one.seasons)]
    own = [one for one in living if person is None or one.requested_by == person]
    return max(own, key=lambda one: one.id, default=None)


def left_of(wish: Wish, others: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    """The seasons of a wish that none of the living requests for the same series has."""
    taken = {number for seasons in others for number in seasons}
    return tuple(number for number in sorted(set(wish.seasons)) if number not in taken)


def _may_come(seen: Seen) -> bool:
    return seen.decision is not Decision.DECLINED and seen.availability is not Availability.DELETED


def _of(seen: Seen, now: State) -> State:
    match seen.decision:
        case Decision.DECLINED:
            return State.DECLINED
        case Decision.FAILED:
            return State.FAILED
        case Decision.APPROVED:
            return _OF_APPROVED.get(seen.availability, State.APPROVED)
        case Decision.COMPLETED:
            return _OF_COMPLETED.get(seen.availability, State.AVAILABLE)
        case Decision.PENDING:
            return State.AVAILABLE if seen.availability is Availability.AVAILABLE else State.PENDING
        case Decision.UNKNOWN:
            return State.PENDING if now is State.SENDING else now
