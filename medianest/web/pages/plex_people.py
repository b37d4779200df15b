"""Admin: those with whom the Plex server is shared, and who are not here yet."""

from dataclasses import dataclass, replace

from medianest.accounts.plex_types import Candidate
from medianest.core.errors import MediaNestError
from medianest.core.i18n import Message
from medianest.web import forms, htmx
from medianest.web.errors import status_of
from medianest.web.frame import Avatar, Place, avatar_of
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRow:
    """Somebody who could be here."""

    value: str
    name: str
    avatar: Avatar
    home: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidatesView:
    """The list, or why there is none."""

    people: tuple[CandidateRow, ...]
    wrong: Message | None = None


async def show(reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Ask Plex who they are."""
    frame = replace(frame, place=Place.ADMIN)
    try:
        found = await services.by_plex.circle.candidates(reader.asking.actor)
    except MediaNestError as error:
        view = CandidatesView(people=(), wrong=error.message)
        return htmx.page(reader, frame, "admin/plex_people.html", view, status=status_of(error))
    view = CandidatesView(people=tuple(candidate_row(one) for one in found))
    return htmx.page(reader, frame, "admin/plex_people.html", view)


async def bring_in(request: AnyRequest, reader: CurrentReader, services: TheServices) -> Html:
    """Give those who were chosen an account."""
    chosen = (await forms.read(request)).many("plex_id")
    numbers = [int(one) for one in chosen if one.isascii() and one.isdigit() and len(one) < 19]
    await services.by_plex.circle.bring_in(reader.asking.actor, numbers)
    return htmx.go(reader, "/admin/people")


def candidate_row(one: Candidate) -> CandidateRow:
    return CandidateRow(
        value=str(one.plex_id), name=one.name, avatar=avatar_of(str(one.plex_id), one.name), home=one.home
    )
