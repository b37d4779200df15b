"""When a circuit opens and closes: decisions over plain values, without a clock, chance or network.

The numbers are made for a household, in which an upstream is asked a few times a minute: breakers that want a
hundred calls in their window would never open (security.md, section 4).
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class Ended(StrEnum):
    """How a call ended, as far as the link to the upstream is concerned."""

    WELL = "well"  # it answered, if only with a 4xx
    UNAUTHORISED = "unauthorised"  # it answered, but does not accept our credentials
    FAILED = "failed"  # no connection, no answer in time, 5xx, or nothing that can be read
    THROTTLED = "throttled"  # it asked to be left alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is to be learnt from one call; `retry_after_s` as the upstream asked for."""

    ended: Ended
    took_s: float = 0.0
    retry_after_s: float | None = None


class State(StrEnum):
    """What a circuit does with a call: lets it through, turns it away, or lets one through to see."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The numbers of a circuit, in calls and seconds."""

    consecutive: int = 5
    window_s: float = 60.0
    window_calls: int = 20
    least_calls: int = 10
    bad_share: float = 0.5
    slow_s: float = 5.0
    open_s: float = 30.0
    open_at_most_s: float = 300.0
    good_probes: int = 2
    retry_after_at_most_s: float = 3600.0


HOUSEHOLD = Thresholds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """What is remembered of an upstream; `recent` holds when a call ended and whether it was bad (failed or slow).

    With `peace` it said itself for how long it is to be left alone.
    """

    state: State = State.CLOSED
    failures: int = 0
    recent: tuple[tuple[float, bool], ...] = ()
    opened: int = 0
    until: float = 0.0
    probing: bool = False
    probes_passed: int = 0
    peace: bool = False


class Admission(StrEnum):
    """Whether a call may begin."""

    CALL = "call"
    PROBE = "probe"
    REFUSED = "refused"


def admit(circuit: Circuit, now: float) -> tuple[Circuit, Admission]:
    """Ask to begin a call; of an open circuit whose time is over, one call at a time goes through as a probe."""
    if circuit.state is State.CLOSED:
        return circuit, Admission.CALL
    if circuit.probing or (circuit.state is State.OPEN and now < circuit.until):
        return circuit, Admission.REFUSED
    return replace(circuit, state=State.HALF_OPEN, probing=True), Admission.PROBE


def soon(circuit: Circuit, now: float) -> Circuit:
    """There is reason to look now: its next call is a probe, unless the upstream asked to be left alone."""
    return circuit if circuit.peace else replace(circuit, until=min(circuit.until, now))


def release(circuit: Circuit, admission: Admission) -> Circuit:
    """Give an admission back unused, for a call that was given up and taught nothing."""
    return replace(circuit, probing=False) if admission is Admission.PROBE else circuit


def learn(
    circuit: Circuit, admission: Admission, outcome: Outcome, now: float, *, jitter: float, by: Thresholds
) -> Circuit:
    """The circuit after a call; `jitter` scales how long it stays open.

    Calls that began before it opened and end after teach nothing any more.
    """
    if admission is Admission.PROBE:
        return _after_probe(circuit, outcome, now, jitter=jitter, by=by)
    if circuit.state is not State.CLOSED:
        return circuit
    circuit = _remember(circuit, outcome, now, by)
    if outcome.ended is Ended.THROTTLED or circuit.failures >= by.consecutive or _mostly_bad(circuit, by):
        return _open(circuit, outcome, now, jitter=jitter, by=by)
    return circuit


def _after_probe(circuit: Circuit, outcome: Outcome, now: float, *, jitter: float, by: Thresholds) -> Circuit:
    circuit = release(circuit, Admission.PROBE)
    if outcome.ended in (Ended.FAILED, Ended.THROTTLED):
        return _open(circuit, outcome, now, jitter=jitter, by=by)
    if circuit.probes_passed + 1 < by.good_probes:
        return replace(circuit, probes_passed=circuit.probes_passed + 1)
    return Circuit()


def _remember(circuit: Circuit, outcome: Outcome, now: float, by: Thresholds) -> Circuit:
    failed = outcome.ended is Ended.FAILED
    bad = failed or outcome.took_s > by.slow_s
    recent = [entry for entry in circuit.recent if entry[0] > now - by.window_s]
    return replace(
        circuit,
        failures=circuit.failures + 1 if failed else 0,
        recent=(*recent, (now, bad))[-by.window_calls :],
    )


def _mostly_bad(circuit: Circuit, by: Thresholds) -> bool:
    bad = sum(bad for _, bad in circuit.recent)
    return len(circuit.recent) >= by.least_calls and bad >= by.bad_share * len(circuit.recent)


def _open(circuit: Circuit, outcome: Outcome, now: float, *, jitter: float, by: Thresholds) -> Circuit:
    """Open it: for exactly as long as the upstream asked for, else twice as long as the last time.

    Who still turns a probe away after the time that it asked for is not asked ever again at that pace.
    """
    pause = min(by.open_s * 2**circuit.opened, by.open_at_most_s) * jitter
    if outcome.retry_after_s is not None:
        wish = min(outcome.retry_after_s, by.retry_after_at_most_s)
        pause = max(pause, wish) if circuit.opened else wish
    peace = outcome.retry_after_s is not None
    return Circuit(state=State.OPEN, opened=circuit.opened + 1, until=now + pause, peace=peace)
