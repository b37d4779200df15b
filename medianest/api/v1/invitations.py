"""Invitations: links by which people make themselves an account."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any

from litestar.params import FromPath
from msgspec import Meta

from medianest.accounts import types
from medianest.accounts.invitations import LASTS_MOST, USES_MOST
from medianest.accounts.types import NewInvitation
from medianest.api import answers
from medianest.api.answers import Answer
from medianest.api.given import Given, Served
from medianest.api.v1.people import Person
from medianest.api.windows import window
from medianest.api.wire import Input, List, Output, Paged
from medianest.core.actor import Role
from medianest.http import links
from medianest.http.given import CurrentActor, CurrentAsking

_WEEK_S = 7 * 24 * 3600
_LASTS_MOST_S = int(LASTS_MOST.total_seconds())


class InvitationWanted(Input, frozen=True, kw_only=True):
    """An invitation to be; `uses` people may come in by it within `lasts_s`."""

    role: Role = Role.MEMBER
    label: Annotated[str, Meta(max_length=200)] = ""
    uses: Annotated[int, Meta(ge=1, le=USES_MOST)] = 1
    lasts_s: Annotated[int, Meta(ge=300, le=_LASTS_MOST_S)] = _WEEK_S


class Invitation(Output, frozen=True, kw_only=True):
    """An open invitation without its link."""

    id: str
    role: Role
    label: str
    uses: int
    uses_left: int
    made_by: Person
    created_at: datetime
    expires_at: datetime


class ShownInvitation(Invitation, frozen=True, kw_only=True):
    """A new invitation with its link, which is shown this once."""

    link: str


async def listing(services: Served, actor: CurrentActor, asked: Given[Paged]) -> Answer:
    """The open invitations, newest first."""
    page = window(await services.accounts.invitations.listing(actor), asked, lambda invitation: invitation.id)
    return answers.json(List(items=[Invitation(**_facts(known)) for known in page.items], next_cursor=page.next_cursor))


async def create(services: Served, asking: CurrentAsking, given: Given[InvitationWanted]) -> Answer:
    """Invite somebody; the link is in this answer and nowhere else."""
    new = NewInvitation(role=given.role, label=given.label, uses=given.uses, lasts=timedelta(seconds=given.lasts_s))
    made, secret = await services.accounts.invitations.create(asking.actor, new)
    asking.shows_secret = True
    link = links.absolute(asking, f"/invite/{secret}", services.settings().server)
    return answers.json(ShownInvitation(**_facts(made), link=link), status=HTTPStatus.CREATED)


async def delete(services: Served, actor: CurrentActor, id: FromPath[str]) -> Answer:
    """Revoke an invitation; nobody comes in by it from then on."""
    await services.accounts.invitations.revoke(actor, id)
    return answers.nothing()


def _facts(known: types.Invitation) -> dict[str, Any]:
    return {
        "id": known.id,
        "role": known.role,
        "label": known.label,
        "uses": known.uses,
        "uses_left": known.uses_left,
        "made_by": Person(id=known.made_by, name=known.maker),
        "created_at": known.created_at,
        "expires_at": known.expires_at,
    }
