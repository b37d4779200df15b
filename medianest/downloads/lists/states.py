"""The life of a list as a table; nobody assigns a state elsewhere."""

from enum import StrEnum

from medianest.core.errors import Conflict
from medianest.core.i18n import msg
from medianest.downloads.lists.types import ListState

EXPANDING = frozenset({ListState.EXPANDING, ListState.WAITING})


class ListVerb(StrEnum):
    """What can happen to a list, by a person's hand or by itself."""

    GO_ON = "go_on"
    POSTPONE = "postpone"
    COMPLETE = "complete"
    FAIL = "fail"
    STOP = "stop"


_TABLE: dict[ListVerb, tuple[frozenset[ListState], ListState]] = {
    ListVerb.GO_ON: (EXPANDING, ListState.EXPANDING),
    ListVerb.POSTPONE: (frozenset({ListState.EXPANDING}), ListState.WAITING),
    ListVerb.COMPLETE: (frozenset({ListState.EXPANDING}), ListState.COMPLETED),
    ListVerb.FAIL: (frozenset({ListState.EXPANDING}), ListState.FAILED),
    ListVerb.STOP: (frozenset(ListState) - {ListState.STOPPED}, ListState.STOPPED),
}


def after(state: ListState, verb: ListVerb) -> ListState:
    """The state after `verb`. Raises Conflict `wrong_state` where it is not allowed."""
    begins, ends = _TABLE[verb]
    if state not in begins:
        facts = {"state": state.value, "verb": verb.value}
        raise Conflict(msg("downloads.list_over"), code="wrong_state", facts=facts)
    return ends
