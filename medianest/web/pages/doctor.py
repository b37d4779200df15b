"""Admin: whether everything that MediaNest stands on is sound."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from medianest.admin.types import Fact, Group, Verdict
from medianest.core.i18n import Message, msg
from medianest.downloads.ytdlp.versions import Status
from medianest.web import htmx
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import Html
from medianest.web.pages.admin import Room, RoomChip, rooms
from medianest.web.pages.ytdlp import YtdlpView, ytdlp_view

_STATES = {Verdict.FINE: "up", Verdict.LOOK: "pending", Verdict.WRONG: "down"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorFact:
    """One thing that was looked at; `state` is the name of its shape: up, pending or down."""

    title: Message
    finding: Message
    mend: Message | None
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorGroup:
    """Things of one kind."""

    name: Group
    title: Message
    facts: tuple[DoctorFact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorView:
    """The page of the doctor; `alarms` are the facts that need somebody now."""

    places: tuple[RoomChip, ...]
    groups: tuple[DoctorGroup, ...]
    ytdlp: YtdlpView

    @property
    def alarms(self) -> tuple[DoctorFact, ...]:
        return tuple(fact for group in self.groups for fact in group.facts if fact.state == _STATES[Verdict.WRONG])

    @property
    def verdict(self) -> Message:
        """What all of it comes to, where nothing needs anybody now."""
        notes = sum(fact.state == _STATES[Verdict.LOOK] for group in self.groups for fact in group.facts)
        return msg("web.doctor.notes", n=notes) if notes else msg("web.doctor.fine")


async def show(reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Look at everything, and show it."""
    view = doctor_view(await services.examine(), await services.ytdlp.status())
    return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/doctor.html", view)


def doctor_view(facts: Iterable[Fact], ytdlp: Status) -> DoctorView:
    shown: dict[Group, list[DoctorFact]] = {}
    for fact in facts:
        told = DoctorFact(title=fact.title, finding=fact.finding, mend=fact.mend, state=_STATES[fact.verdict])
        shown.setdefault(fact.group, []).append(told)
    return DoctorView(
        places=rooms(Room.DOCTOR),
        groups=tuple(
            DoctorGroup(name=group, title=msg(f"web.doctor.group_{group}"), facts=tuple(shown[group]))
            for group in Group
            if group in shown
        ),
        ytdlp=ytdlp_view(ytdlp),
    )
