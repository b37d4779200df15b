"""Admin: Plex: which server is the household's, whether it answers, and who did not come in by it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from medianest.accounts import plex_events
from medianest.core import journal_pages
from medianest.core.errors import MediaNestError, Unavailable
from medianest.core.i18n import Message, msg
from medianest.core.journal import Entry
from medianest.core.journal_pages import Sought
from medianest.http.services import Services
from medianest.plex.errors import NotConnected
from medianest.plex.reach.types import Found
from medianest.plex.types import Connected
from medianest.web import htmx
from medianest.web.devices import device, place
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import Html
from medianest.web.pages.admin import Room, RoomChip, rooms
from medianest.web.pages.plex_door import forward, refused, set_out
from medianest.web.pages.question import QuestionView, ask

_DISCONNECT = "/admin/plex/disconnect"
_REFUSED_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """Somebody who did not come in."""

    id: int
    name: Message
    why: Message
    at: datetime
    place: Message
    device: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class PlexView:
    """The page of Plex; `state` is the shape before `standing`, `tested` what a look at the server just found.

    `is_usable` is whether all is there that it takes to ask the server.
    """

    places: tuple[RoomChip, ...]
    is_on: bool
    state: str
    standing: Message
    server_name: str
    url: str | None
    in_toml: bool
    owner_name: str
    connected_at: datetime | None
    checked_at: datetime | None
    connect: Message | None
    may_disconnect: bool
    may_import: bool
    refused: tuple[RefusedRow, ...]
    is_usable: bool
    tested: Message | None = None
    is_well: bool = True


async def show(reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """How the portal stands with Plex, without asking anybody."""
    return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/plex.html", await view_of(services))


async def test(reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Look at the server now."""
    try:
        found = (await services.by_plex.plex.connecting.test(reader.asking.actor)).found
        told, is_well = msg(f"plex_sign_in.found_{found}"), found is Found.HERE
    except (Unavailable, NotConnected) as error:
        told, is_well = error.message, False
    view = tested_view(await view_of(services), told, is_well=is_well)
    return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/plex.html", view)


async def connect(reader: CurrentReader, services: TheServices) -> Html:
    """Set out to connect a server, or to get another token for the one that is."""
    asking = reader.asking
    try:
        begun = await services.by_plex.door.begin_connecting(
            asking.actor, asking.client(), forward=forward(reader, services), return_path="/admin/plex"
        )
    except MediaNestError as error:
        return refused(reader, error)
    return set_out(reader, begun)


async def ask_disconnect(reader: CurrentReader, frame: PageFrame) -> Html:
    """Whether the server should be let go of."""
    view = QuestionView(
        title=msg("web.plex.disconnect_title"),
        lines=(msg("web.plex.disconnect_line"),),
        path=_DISCONNECT,
        button=msg("web.plex.disconnect"),
        back="/admin/plex",
    )
    return ask(reader, replace(frame, place=Place.ADMIN), Place.ADMIN, view)


async def disconnect(reader: CurrentReader, services: TheServices) -> Html:
    """Let go of it."""
    await services.by_plex.plex.connecting.disconnect(reader.asking.actor)
    return htmx.go(reader, "/admin/plex")


async def view_of(services: Services) -> PlexView:
    plex = services.by_plex.plex
    known, settings = await plex.installation.state(), plex.installation.settings
    theirs = Sought(kinds=frozenset({plex_events.PlexRefused.kind}))
    entries = (await services.db.read(journal_pages.page, theirs, limit=_REFUSED_SHOWN)).items
    alarms = await services.db.read(journal_pages.dead_letter_count)
    return plex_view(known, entries, is_on=settings.enabled, alarms=alarms)


def plex_view(known: Connected, entries: Sequence[Entry], *, is_on: bool, alarms: int = 0) -> PlexView:
    state, standing = standing_of(known)
    return PlexView(
        places=rooms(Room.PLEX, alarms=alarms),
        is_on=is_on,
        state=state,
        standing=standing,
        server_name=known.server_name,
        url=known.url,
        in_toml=known.is_in_toml,
        owner_name=known.owner_name,
        connected_at=known.connected_at,
        checked_at=known.checked_at,
        connect=_verb(known),
        is_usable=known.url is not None and known.has_token and known.refused_at is None,
        may_disconnect=not known.is_in_toml and (known.url is not None or known.has_token),
        may_import=known.url is not None and known.has_token,
        refused=tuple(refused_row(entry) for entry in entries),
    )


def tested_view(view: PlexView, told: Message, *, is_well: bool) -> PlexView:
    """The same after a look at the server, which may not be as it is known."""
    if is_well:
        return replace(view, tested=told)
    return replace(view, tested=told, is_well=False, state="down", standing=msg("web.plex.unreached"))


def standing_of(known: Connected) -> tuple[str, Message]:
    """The shape and the sentence of how it stands."""
    if known.url is None:
        return "unknown", msg("web.plex.none")
    if known.refused_at is not None:
        return "down", msg("web.plex.token_lost")
    if not known.has_token:
        return "pending", msg("web.plex.no_token")
    return "up", msg("web.plex.connected")


def refused_row(entry: Entry) -> RefusedRow:
    name = str(entry.data.get("name") or "")
    return RefusedRow(
        id=entry.id,
        name=msg("web.journal.person", name=name) if name else msg("web.journal.nobody"),
        why=Message(str(entry.data["reason"]), entry.data.get("values", {})),
        at=entry.at,
        place=place(entry.address),
        device=device(str(entry.data.get("user_agent", ""))).name,
    )


def _verb(known: Connected) -> Message | None:
    """What signing in at Plex would do; nothing where the settings hold the token."""
    if known.token_is_in_toml:
        return None
    return msg("web.plex.relink" if known.has_token else "web.plex.connect")
