"""The parts of the admin place, which all its pages lead with."""

from dataclasses import dataclass
from enum import StrEnum

from medianest.core.i18n import Message, msg


class Room(StrEnum):
    """The pages of the admin place, in their order."""

    PEOPLE = "people"
    PLANS = "plans"
    PLEX = "plex"
    OVERSEERR = "overseerr"
    SITES = "sites"
    JOBS = "jobs"
    NAMES = "names"
    DOCTOR = "doctor"
    BACKUPS = "backups"
    JOURNAL = "journal"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomChip:
    """The way to one of them; `alarms` is how many things there need somebody."""

    path: str
    label: Message
    here: bool
    alarms: int = 0


def rooms(here: Room, *, alarms: int = 0) -> tuple[RoomChip, ...]:
    """`alarms` counts the dead letters, which lie with the jobs."""
    return tuple(
        RoomChip(
            path=f"/admin/{room}",
            label=msg(f"web.{room}.title"),
            here=room is here,
            alarms=alarms if room is Room.JOBS else 0,
        )
        for room in Room
    )
