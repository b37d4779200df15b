"""One's own Plex account: saying which it is, and giving it back."""

from dataclasses import dataclass, replace
from datetime import datetime

from medianest.core.errors import MediaNestError
from medianest.core.i18n import msg
from medianest.http.services import Services
from medianest.web import htmx
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import Html
from medianest.web.pages.plex_door import forward, refused, set_out
from medianest.web.pages.question import QuestionView, ask

_UNLINK = "/account/plex/unlink"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlexLink:
    """What the account page says of Plex; without a `name` there is no link yet."""

    name: str | None = None
    linked_at: datetime | None = None
    unlink_path: str = _UNLINK


async def link(reader: CurrentReader, services: TheServices) -> Html:
    """Set out to say which Plex account is one's own."""
    asking = reader.asking
    try:
        begun = await services.by_plex.door.begin_link(
            asking.actor, asking.client(), forward=forward(reader, services), return_path="/account"
        )
    except MediaNestError as error:
        return refused(reader, error)
    return set_out(reader, begun)


async def ask_unlink(reader: CurrentReader, frame: PageFrame) -> Html:
    """Whether the link should go."""
    view = QuestionView(
        title=msg("web.plex.unlink_title"),
        lines=(msg("web.plex.unlink_line"),),
        path=_UNLINK,
        button=msg("web.plex.unlink"),
        back="/account",
    )
    return ask(reader, replace(frame, place=Place.ACCOUNT), Place.ACCOUNT, view)


async def unlink(reader: CurrentReader, services: TheServices) -> Html:
    """Give it back."""
    await services.by_plex.door.unlink(reader.asking.actor)
    return htmx.go(reader, "/account")


async def link_of(services: Services, user_id: str) -> PlexLink | None:
    """What is to be said; None where there is no Plex server to sign in with."""
    known = await services.by_plex.door.identity(user_id)
    if known is not None:
        return PlexLink(name=known.name, linked_at=known.linked_at)
    return PlexLink() if await services.by_plex.door.is_open() else None
