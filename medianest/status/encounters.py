"""Who ran into an outage: they are told once when it is over, whatever happens in between; pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from medianest.status.incidents import Incident, Rules, is_settled
from medianest.status.types import Function


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """Somebody wanted something that needs a service which is down; `function` is what, if it is the portal's."""

    monitor: int
    user_id: str
    function: Function | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Encounter:
    """Somebody ran into an incident; `told_at` is when they were told that it is over."""

    incident_id: str
    user_id: str
    monitor: int
    name: str
    function: Function | None
    met_at: datetime
    told_at: datetime | None = None


def encountered(met: Met, incident: Incident | None, now: datetime) -> Encounter | None:
    """What there is to remember; nothing where the service came back before it was an incident.

    The incident may have ended in the moment between.
    """
    if incident is None:
        return None
    return Encounter(
        incident_id=incident.id,
        user_id=met.user_id,
        monitor=met.monitor,
        name=incident.name,
        function=met.function,
        met_at=now,
    )


def is_due(one: Encounter, incident: Incident | None, down: Collection[Function], now: datetime, rules: Rules) -> bool:
    """Whether they are to be told now; `incident` is the present one of the service, if there is any.

    However short it was: who saw that something does not work waits for it. What another service keeps down has not
    come back.
    """
    if one.told_at is not None or one.function in down:
        return False
    return incident is None or incident.id != one.incident_id or is_settled(incident, now, rules)
