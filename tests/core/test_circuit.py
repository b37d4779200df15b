"""When a circuit opens and closes, as a table of calls."""

from dataclasses import replace

import pytest

from medianest.core.circuit import HOUSEHOLD, Admission, Circuit, Ended, Outcome, State, admit, learn, release, soon

BY = HOUSEHOLD
WELL = Outcome(ended=Ended.WELL)
SLOW = Outcome(ended=Ended.WELL, took_s=5.1)
FAILED = Outcome(ended=Ended.FAILED)
UNAUTHORISED = Outcome(ended=Ended.UNAUTHORISED)


def throttled(seconds: float | None) -> Outcome:
    return Outcome(ended=Ended.THROTTLED, retry_after_s=seconds)


def after(*outcomes: Outcome, every: float = 1.0, circuit: Circuit | None = None) -> Circuit:
    """The circuit after ordinary calls that end one `every` seconds, the last of them at time 0."""
    circuit = circuit or Circuit()
    for place, outcome in enumerate(outcomes):
        now = (place + 1 - len(outcomes)) * every
        circuit = learn(circuit, Admission.CALL, outcome, now, jitter=1.0, by=BY)
    return circuit


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([], State.CLOSED),
        ([FAILED] * 4, State.CLOSED),
        ([FAILED] * 5, State.OPEN),
        ([FAILED] * 4 + [WELL] + [FAILED] * 4, State.CLOSED),
        ([FAILED] * 4 + [UNAUTHORISED] + [FAILED] * 4, State.CLOSED),
        ([UNAUTHORISED] * 20, State.CLOSED),
        ([WELL, FAILED] * 4 + [WELL], State.CLOSED),
        ([WELL, FAILED] * 5, State.OPEN),
        ([WELL, WELL, FAILED] * 6, State.CLOSED),
        ([SLOW] * 9, State.CLOSED),
        ([SLOW] * 10, State.OPEN),
        ([WELL] * 6 + [FAILED, SLOW] * 3, State.OPEN),
        ([WELL] * 20 + [FAILED, SLOW] * 5, State.OPEN),
        ([throttled(7)], State.OPEN),
        ([throttled(None)], State.OPEN),
    ],
)
def test_a_circuit_opens_on_failures_in_a_row_or_on_a_bad_share(outcomes: list[Outcome], state: State) -> None:
    assert after(*outcomes).state is state


def test_calls_older_than_a_minute_do_not_count_for_the_share() -> None:
    assert after(*[WELL, FAILED] * 5, every=6.0).state is State.OPEN
    assert after(*[WELL, FAILED] * 5, every=7.0).state is State.CLOSED


@pytest.mark.parametrize(
    ("opened", "jitter", "seconds"),
    [(0, 1.0, 30), (1, 1.0, 60), (2, 1.0, 120), (3, 1.0, 240), (4, 1.0, 300), (9, 1, 300), (0, 0.8, 24), (4, 1.2, 360)],
)
def test_each_opening_lasts_twice_as_long_up_to_five_minutes(opened: int, jitter: float, seconds: float) -> None:
    waiting = Circuit(state=State.HALF_OPEN, opened=opened, probing=True)
    opened_again = learn(waiting, Admission.PROBE, FAILED, 1000.0, jitter=jitter, by=BY)
    assert opened_again.until == pytest.approx(1000 + seconds)
    assert opened_again.opened == opened + 1


@pytest.mark.parametrize(("asked", "seconds"), [(7.0, 7.0), (0.0, 0.0), (600.0, 600.0), (1e9, 3600.0), (None, 24.0)])
def test_an_upstream_that_asks_for_peace_gets_exactly_that(asked: float | None, seconds: float) -> None:
    circuit = learn(Circuit(), Admission.CALL, throttled(asked), 100.0, jitter=0.8, by=BY)
    assert circuit.until == pytest.approx(100 + seconds)


def test_an_open_circuit_refuses_until_its_time_is_over_then_lets_one_call_through() -> None:
    circuit = after(*[FAILED] * 5)
    assert admit(circuit, 29.9)[1] is Admission.REFUSED
    circuit, first = admit(circuit, 30.0)
    circuit, second = admit(circuit, 30.0)
    assert (first, second) == (Admission.PROBE, Admission.REFUSED)


def test_where_there_is_reason_to_look_the_next_call_is_a_probe_unless_the_upstream_asked_for_peace() -> None:
    opened = after(*[FAILED] * 5)
    assert admit(opened, 4.5)[1] is Admission.REFUSED
    looking, admission = admit(soon(opened, 4.5), 4.5)
    assert admission is Admission.PROBE
    assert admit(soon(looking, 4.6), 4.6)[1] is Admission.REFUSED, "one at a time"
    left_alone = after(throttled(60))
    assert admit(soon(left_alone, 4.5), 4.5)[1] is Admission.REFUSED
    assert admit(soon(Circuit(), 4.5), 4.5)[1] is Admission.CALL


def test_two_good_probes_close_it_and_forget_the_past() -> None:
    circuit = after(*[FAILED] * 5)
    for expected in (State.HALF_OPEN, State.CLOSED):
        circuit, admission = admit(circuit, 31.0)
        assert admission is Admission.PROBE
        circuit = learn(circuit, admission, UNAUTHORISED, 31.0, jitter=1.0, by=BY)
        assert circuit.state is expected
    assert circuit == Circuit()


def test_a_bad_probe_opens_it_again() -> None:
    circuit, admission = admit(after(*[FAILED] * 5), 31.0)
    circuit = learn(circuit, admission, FAILED, 31.0, jitter=1.0, by=BY)
    assert (circuit.state, circuit.until, circuit.probing) == (State.OPEN, 91.0, False)


def test_a_probe_that_was_given_up_makes_room_for_another() -> None:
    circuit, admission = admit(after(*[FAILED] * 5), 31.0)
    circuit = release(circuit, admission)
    assert admit(circuit, 31.0)[1] is Admission.PROBE


def test_giving_up_an_ordinary_call_leaves_the_probe_of_another_alone() -> None:
    circuit, _ = admit(after(*[FAILED] * 5), 31.0)
    assert release(circuit, Admission.CALL).probing


def test_calls_that_began_before_it_opened_teach_nothing_after() -> None:
    circuit = after(*[FAILED] * 5)
    assert learn(circuit, Admission.CALL, WELL, 1.0, jitter=1.0, by=BY) == circuit
    assert learn(circuit, Admission.CALL, FAILED, 1.0, jitter=1.0, by=BY) == circuit
    half_open = replace(circuit, state=State.HALF_OPEN, probing=True)
    assert learn(half_open, Admission.CALL, FAILED, 1.0, jitter=1.0, by=BY) == half_open
