"""What the journal is told of services, for whom, and from when on each of them may hear of it; pure."""

from datetime import UTC, datetime, time

from medianest.core import hours
from medianest.core.actor import SYSTEM, Role
from medianest.core.event import people
from medianest.core.journal import Entry
from medianest.status.arranging import Service
from medianest.status.encounters import Encounter
from medianest.status.events import ServiceBack, ServiceDown, ServiceEvent, WorksAgain
from medianest.status.incidents import Incident, Telling

_EVERYBODY = frozenset(f"role:{role}" for role in Role)


def of_service(
    incident: Incident, what: Telling, service: Service | None, now: datetime, quiet_until: datetime | None
) -> ServiceEvent:
    """That a service is down, or back: for who is shown it."""
    kind = ServiceDown if what is Telling.DOWN else ServiceBack
    lasted = (incident.closed_at or now) - incident.opened_at
    return kind(
        actor=SYSTEM,
        subject_id=incident.id,
        audience=service.audience if service else _EVERYBODY,
        name=incident.name,
        monitor=incident.monitor,
        since=incident.down_since.isoformat(),
        lasted_s=int(lasted.total_seconds()),
        quiet_until=quiet_until.isoformat() if quiet_until else None,
    )


def for_one(one: Encounter, quiet_until: datetime | None) -> WorksAgain:
    """That what somebody ran into is over. Who needs a service for something need not be shown it by name."""
    return WorksAgain(
        actor=SYSTEM,
        subject_id=one.incident_id,
        audience=people([one.user_id]),
        function=one.function,
        reason=f"status.again_{one.function or 'service'}",
        values={} if one.function else {"name": one.name},
        quiet_until=quiet_until.isoformat() if quiet_until else None,
    )


def quiet_until(quiet_hours: tuple[time, time] | None, now: datetime) -> datetime | None:
    """When the quiet hours end that hold now; None where none do."""
    here = now.astimezone()
    if quiet_hours is None or not hours.within(quiet_hours, here.time()):
        return None
    return hours.next_at(quiet_hours[1], here).astimezone(UTC)


def may_hear_from(entry: Entry, role: Role) -> datetime:
    """From when on who has this role may be told of an entry: at once, or once quiet hours are over."""
    until = entry.data.get("quiet_until")
    return entry.at if until is None or role is Role.ADMIN else datetime.fromisoformat(until)
