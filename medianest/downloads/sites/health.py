"""How a site is treated: when it may be asked, and what its answers teach; decisions over plain values.

Each site has a circuit of its own (`core.circuit`): a bot check or "too many requests" opens it, for as long as the
site asks for, else for half an hour and twice as long after each probe that is refused, up to a day.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from medianest.core import circuit as circuits
from medianest.core.circuit import Admission, Circuit, Ended, Outcome, State, Thresholds
from medianest.downloads.types import ErrorCode

TROUBLES = frozenset({ErrorCode.RATE_LIMITED, ErrorCode.BOT_CHECK})
"""What a site says of us, not of the one thing that was asked for."""

_SAYS_NOTHING = frozenset(
    {ErrorCode.NETWORK, ErrorCode.INTERRUPTED, ErrorCode.INTERNAL, ErrorCode.DISK_FULL, ErrorCode.PERMISSION}
)
"""What says nothing of whether the site answers us."""

_NEVER = 1_000_000
_PATIENCE = Thresholds(
    consecutive=_NEVER,
    least_calls=_NEVER,
    open_s=1800,
    open_at_most_s=86_400,
    good_probes=1,
    retry_after_at_most_s=86_400,
)
_ASK_AGAIN = timedelta(minutes=5)


class Standing(StrEnum):
    """How it stands with a site."""

    OK = "ok"
    COOLING = "cooling"
    PROBING = "probing"
    HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What is remembered of a site.

    `since` is when its circuit opened first, `rests_until` when it may be asked next while all is well; `per_site`
    (runs at once) and `pause_s` (between two beginnings) are an admin's own words for this site.
    """

    name: str
    circuit: Circuit = field(default_factory=Circuit)
    since: datetime | None = None
    cause: ErrorCode | None = None
    held_at: datetime | None = None
    rests_until: datetime | None = None
    per_site: int | None = None
    pause_s: int | None = None
    last_good_at: datetime | None = None
    last_bad_at: datetime | None = None

    @property
    def standing(self) -> Standing:
        if self.held_at:
            return Standing.HELD
        if self.circuit.state is State.CLOSED:
            return Standing.OK
        return Standing.PROBING if self.circuit.probing else Standing.COOLING

    @property
    def until(self) -> datetime | None:
        """Until when it is left alone; None where that is not so, or nobody knows."""
        if self.standing in (Standing.OK, Standing.HELD):
            return None
        return datetime.fromtimestamp(self.circuit.until, UTC)


def admission(site: Site, now: datetime) -> Admission:
    """Whether something may be asked of it now; while it rests between two beginnings, that is another matter."""
    if site.held_at:
        return Admission.REFUSED
    return circuits.admit(site.circuit, now.timestamp())[1]


def begun(site: Site, now: datetime, *, pause: timedelta) -> Site:
    """Something is being asked of it; what comes next waits for `pause`."""
    circuit, _ = circuits.admit(site.circuit, now.timestamp())
    return replace(site, circuit=circuit, rests_until=now + pause)


def learnt(
    site: Site, now: datetime, *, code: ErrorCode | None, is_probe: bool, retry_after: timedelta | None = None
) -> Site:
    """The site after a run that ended with `code`, None for well."""
    asked = Admission.PROBE if is_probe else Admission.CALL
    if code in _SAYS_NOTHING:
        return given_back(site, now) if is_probe else site
    in_trouble = code in TROUBLES
    wish_s = retry_after.total_seconds() if retry_after else None
    outcome = Outcome(ended=Ended.THROTTLED if in_trouble else Ended.WELL, retry_after_s=wish_s)
    circuit = circuits.learn(site.circuit, asked, outcome, now.timestamp(), jitter=1.0, by=_PATIENCE)
    if circuit.state is State.CLOSED:
        return replace(site, circuit=Circuit(), since=None, cause=None, last_good_at=now)
    if not in_trouble:
        return site
    return replace(site, circuit=circuit, since=site.since or now, cause=code, last_bad_at=now)


def given_back(site: Site, now: datetime) -> Site:
    """A probe taught nothing: another one may go, but not at once."""
    if not site.circuit.probing:
        return site
    later = replace(circuits.release(site.circuit, Admission.PROBE), state=State.OPEN)
    return replace(site, circuit=replace(later, until=(now + _ASK_AGAIN).timestamp()))


def released(site: Site) -> Site:
    """An admin trusts it again."""
    return replace(site, circuit=Circuit(), since=None, cause=None, held_at=None, rests_until=None)
