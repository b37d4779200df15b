"""The table of states is the contract's, and whole."""

import itertools

import pytest

from medianest.core.errors import Conflict
from medianest.downloads import states
from medianest.downloads.states import Verb
from medianest.downloads.types import State

# contract.md, "Verbs": from which states each verb of a person is taken, and where it leads
PERSONAL = {
    Verb.PAUSE: ({State.QUEUED, State.RUNNING, State.WAITING}, State.PAUSED),
    Verb.RESUME: ({State.PAUSED}, State.QUEUED),
    Verb.RETRY: ({State.FAILED, State.CANCELLED, State.WAITING}, State.QUEUED),
    Verb.FINISH: ({State.RUNNING}, State.RUNNING),
    Verb.CANCEL: ({State.QUEUED, State.RUNNING, State.PAUSED, State.WAITING}, State.CANCELLED),
}


@pytest.mark.parametrize(("verb", "state"), list(itertools.product(PERSONAL, State)))
def test_a_verb_is_taken_from_the_states_of_the_contract_alone(verb: Verb, state: State) -> None:
    begins, ends = PERSONAL[verb]
    assert states.allowed(state, verb) == (state in begins)
    if state in begins:
        assert states.after(state, verb) is ends
    else:
        with pytest.raises(Conflict) as caught:
            states.after(state, verb)
        assert caught.value.code == "wrong_state"


def test_nothing_leaves_completed() -> None:
    assert not any(states.allowed(State.COMPLETED, verb) for verb in Verb)


def test_every_state_but_queued_can_be_reached() -> None:
    reached = {states.after(state, verb) for state in State for verb in Verb if states.allowed(state, verb)}
    assert reached == set(State)
