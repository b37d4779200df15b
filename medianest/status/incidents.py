"""When an incident opens, closes, and is told of: decisions over plain values; pure.

A service that goes up and down is one incident, until it has been up for `flapping`. People are told of what lasts
longer than `alert_after`, and once it has been up for as long again; of one that flaps, only when it has calmed down.
"""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum

from medianest.status.types import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How long something lasts before it counts, and the hours of the night in which only administrators are told."""

    alert_after: timedelta = timedelta(minutes=1)
    flapping: timedelta = timedelta(minutes=10)
    quiet_hours: tuple[time, time] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """A time in which a service was down; `flaps` is how often it came back in between.

    `down_since` is when it went down last. `told_down` and `told_back` are whether people know of it.
    """

    id: str
    monitor: int
    name: str
    cause: str
    opened_at: datetime
    down_since: datetime
    closed_at: datetime | None = None
    flaps: int = 0
    told_down: bool = False
    told_back: bool = False

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def is_over(self, now: datetime, rules: Rules) -> bool:
        """Whether nothing comes of it any more."""
        if self.closed_at is None:
            return False
        return now - self.closed_at >= rules.flapping and (self.told_back or not self.told_down)


class Telling(StrEnum):
    """What people are told."""

    DOWN = "down"
    BACK = "back"


def after(
    incident: Incident | None, state: State, since: datetime, now: datetime, rules: Rules, *, new: Incident
) -> Incident | None:
    """The incident of a service that is in this state since then; `new` is what would be opened."""
    if state is State.DOWN:
        return _down(incident, since, rules, new)
    if incident is None or not incident.is_open or state in (State.PENDING, State.UNKNOWN):
        return incident
    return replace(incident, closed_at=min(now, max(since, incident.down_since)))


def _down(incident: Incident | None, since: datetime, rules: Rules, new: Incident) -> Incident:
    if incident is None:
        return new
    if incident.closed_at is None:
        return incident
    if since - incident.closed_at >= rules.flapping:
        return new
    told = incident.told_down and not incident.told_back
    return replace(
        incident, closed_at=None, down_since=since, flaps=incident.flaps + 1, told_down=told, told_back=False
    )


def telling(incident: Incident, now: datetime, rules: Rules) -> Telling | None:
    """What people are to be told of it now; None where that is nothing."""
    if incident.closed_at is None:
        lasts = now - incident.down_since >= rules.alert_after
        return Telling.DOWN if lasts and not incident.told_down else None
    is_news = incident.told_down and not incident.told_back
    return Telling.BACK if is_news and is_settled(incident, now, rules) else None


def is_settled(incident: Incident, now: datetime, rules: Rules) -> bool:
    """Whether the service has been up for so long that people may rely on it."""
    calm = rules.flapping if incident.flaps else rules.alert_after
    return incident.closed_at is not None and now - incident.closed_at >= calm


def told(incident: Incident, what: Telling) -> Incident:
    return replace(incident, told_down=True, told_back=what is Telling.BACK)
