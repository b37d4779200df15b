"""Admin: whether everything that MediaNest stands on is sound."""

from dataclasses import dataclass

from medianest.core.i18n import Message
from medianest.web.pages.admin import RoomChip


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorFact:
    """One thing that was looked at; `state` is the name of its shape: up, pending or down."""

    title: Message
    text: Message
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorGroup:
    """Things of one kind."""

    name: str
    title: Message
    facts: tuple[DoctorFact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorView:
    """The page of the doctor; `alarms` are the facts that need somebody now."""

    places: tuple[RoomChip, ...]
    groups: tuple[DoctorGroup, ...]

    @property
    def alarms(self) -> tuple[DoctorFact, ...]:
        return tuple(fact for group in self.groups for fact in group.facts if fact.state == "down")
