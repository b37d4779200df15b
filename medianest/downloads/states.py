"""The life of a download as a table; nobody assigns a state elsewhere."""

from enum import StrEnum

from medianest.core.errors import Conflict
from medianest.core.i18n import msg
from medianest.downloads.types import State

FINAL = frozenset({State.COMPLETED, State.FAILED, State.CANCELLED})
ACTIVE = frozenset(State) - FINAL
SETTLED = frozenset({State.FAILED, State.CANCELLED})
IN_LINE = frozenset({State.QUEUED, State.WAITING, State.PAUSED})


class Verb(StrEnum):
    """What can happen to a download, by a person's hand or a worker's."""

    CLAIM = "claim"
    COMPLETE = "complete"
    FAIL = "fail"
    POSTPONE = "postpone"
    WAKE = "wake"
    REQUEUE = "requeue"
    PAUSE = "pause"
    RESUME = "resume"
    RETRY = "retry"
    CANCEL = "cancel"
    FINISH = "finish"


_TABLE: dict[Verb, tuple[frozenset[State], State]] = {
    Verb.CLAIM: (frozenset({State.QUEUED}), State.RUNNING),
    Verb.COMPLETE: (frozenset({State.RUNNING}), State.COMPLETED),
    Verb.FAIL: (frozenset({State.RUNNING}), State.FAILED),
    Verb.POSTPONE: (frozenset({State.RUNNING, State.QUEUED}), State.WAITING),
    Verb.WAKE: (frozenset({State.WAITING}), State.QUEUED),
    Verb.REQUEUE: (frozenset({State.RUNNING}), State.QUEUED),
    Verb.PAUSE: (frozenset({State.QUEUED, State.RUNNING, State.WAITING}), State.PAUSED),
    Verb.RESUME: (frozenset({State.PAUSED}), State.QUEUED),
    Verb.RETRY: (frozenset({State.FAILED, State.CANCELLED, State.WAITING}), State.QUEUED),
    Verb.CANCEL: (ACTIVE, State.CANCELLED),
    Verb.FINISH: (frozenset({State.RUNNING}), State.RUNNING),
}


def allowed(state: State, verb: Verb) -> bool:
    return state in _TABLE[verb][0]


def after(state: State, verb: Verb) -> State:
    """The state after `verb`. Raises Conflict `wrong_state` where it is not allowed."""
    begins, ends = _TABLE[verb]
    if state not in begins:
        raise wrong(state, verb)
    return ends


def wrong(state: State, verb: Verb) -> Conflict:
    """That this cannot happen to a download as it is."""
    return Conflict(msg("downloads.wrong_state"), code="wrong_state", facts={"state": state.value, "verb": verb.value})
