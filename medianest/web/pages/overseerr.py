"""Admin: the server that fetches films and series: whether it answers, how it tells us news, and as whom people ask."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from medianest.core import journal_pages
from medianest.core.actor import Actor
from medianest.core.errors import Conflict, Invalid, Unavailable
from medianest.core.i18n import Message, msg
from medianest.http import links
from medianest.http.services import Services
from medianest.media_requests.connection import Standing
from medianest.media_requests.discovery import PATIENCE_S
from medianest.media_requests.errors import NoServer
from medianest.media_requests.people import Asker
from medianest.media_requests.reach.types import Found
from medianest.media_requests.types import UpstreamPerson
from medianest.media_requests.webhook import WebhookText
from medianest.web import forms, htmx
from medianest.web.choices import Choice
from medianest.web.errors import sent_back
from medianest.web.frame import Avatar, Place, avatar_of
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.pages.admin import Room, RoomChip, rooms

PATH = "/admin/overseerr"
_NUMBER_MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AskerRow:
    """Somebody who may ask, and as whom they do; without `accounts` nobody can tell which there are."""

    id: str
    name: str
    avatar: Avatar
    accounts: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverseerrView:
    """The page; `tested` is what was just found, `webhook` what to copy to the server.

    Where the server posts elsewhere, only who says so once more `takes_over`.
    """

    places: tuple[RoomChip, ...]
    state: str
    standing: Message
    since: datetime | None
    url: str | None
    is_set_up: bool
    household: int
    webhook: WebhookText
    heard_at: datetime | None
    askers: tuple[AskerRow, ...]
    askers_note: Message | None = None
    tested: Message | None = None
    is_well: bool = True
    takes_over: bool = False


async def show(reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """How it stands with the server."""
    view = await view_of(reader, services)
    return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/overseerr.html", view)


async def test(reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Look at it now."""
    try:
        look = await services.overseerr.look(reader.asking.actor)
        tested, is_well = msg(f"web.overseerr.found_{look.found}", version=look.version), look.found is Found.HERE
    except NoServer as error:
        tested, is_well = error.message, False
    view = replace(await view_of(reader, services), tested=tested, is_well=is_well)
    return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/overseerr.html", view)


async def set_up_webhook(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Have the server post its news to us."""
    form, actor = await forms.read(request), reader.asking.actor
    takes_over = False
    try:
        arrived = await services.overseerr.webhook.set_up(
            actor, links.absolute(reader.asking, "", services.settings().server), replace=bool(form.text("replace"))
        )
        tested, is_well = msg("web.overseerr.hook_arrived" if arrived else "web.overseerr.hook_lost"), arrived
    except Conflict as error:
        tested, is_well, takes_over = error.message, False, True
    except Unavailable as error:
        tested, is_well = error.message, False
    view = replace(await view_of(reader, services), tested=tested, is_well=is_well, takes_over=takes_over)
    return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/overseerr.html", view)


async def map_people(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Keep as whom people ask."""
    form, actor = await forms.read(request), reader.asking.actor
    known = {asker.user.id: asker.mapped_to for asker in await services.overseerr.people.askers(actor)}
    try:
        for user_id in known.keys() & set(form.many("user")):
            number = _number(form.text(f"as-{user_id}"))
            if number != known[user_id]:
                await services.overseerr.people.map(actor, user_id, number)
    except (Invalid, Unavailable) as error:
        view = replace(await view_of(reader, services), tested=error.message, is_well=False)
        page = htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/overseerr.html", view)
        return sent_back(page, error)
    return htmx.go(reader, PATH)


async def view_of(reader: Reader, services: Services) -> OverseerrView:
    actor, settings = reader.asking.actor, services.settings().overseerr
    askers, note = await _askers(services, actor)
    return overseerr_view(
        services.overseerr.standing,
        url=settings.url,
        household=settings.household_user_id,
        webhook=services.overseerr.webhook.text(actor, links.absolute(reader.asking, "", services.settings().server)),
        heard_at=services.overseerr.hints.heard_at,
        askers=askers,
        askers_note=note,
        alarms=await services.db.read(journal_pages.dead_letter_count),
    )


def overseerr_view(
    standing: Standing,
    *,
    url: str | None,
    household: int,
    webhook: WebhookText,
    heard_at: datetime | None,
    askers: tuple[AskerRow, ...],
    askers_note: Message | None = None,
    alarms: int = 0,
) -> OverseerrView:
    state, word = standing_of(standing)
    return OverseerrView(
        places=rooms(Room.OVERSEERR, alarms=alarms),
        state=state,
        standing=word,
        since=standing.away_since,
        url=url,
        is_set_up=standing.is_set_up,
        household=household,
        webhook=webhook,
        heard_at=heard_at,
        askers=askers,
        askers_note=askers_note,
    )


def standing_of(standing: Standing) -> tuple[str, Message]:
    """The shape and the sentence of how it stands."""
    if not standing.is_set_up:
        return "unknown", msg("web.overseerr.off")
    if standing.is_refused:
        return "down", msg("web.overseerr.found_key")
    if standing.is_away:
        return "down", msg("web.overseerr.away")
    return "up", msg("web.overseerr.up")


async def _askers(services: Services, actor: Actor) -> tuple[tuple[AskerRow, ...], Message | None]:
    """Everybody who may ask, with the accounts that there are; why none can be told."""
    people = services.overseerr.people
    askers = await people.askers(actor)
    try:
        async with asyncio.timeout(PATIENCE_S):
            there = await people.there(actor)
    except TimeoutError:
        return (), msg("requests.still_asking")
    except Unavailable as error:
        return (), error.message
    return tuple(asker_row(asker, there) for asker in askers), None


def asker_row(asker: Asker, there: Sequence[UpstreamPerson]) -> AskerRow:
    user, mine = asker.user, asker.mapped_to
    named = [
        Choice(value=str(one.id), label=msg("web.asking.person", name=one.name), chosen=one.id == mine) for one in there
    ]
    if mine is not None and not any(choice.chosen for choice in named):
        named.append(Choice(value=str(mine), label=msg("web.overseerr.account", number=str(mine)), chosen=True))
    unmapped = msg("web.overseerr.by_plex" if asker.is_linked else "web.overseerr.by_household")
    return AskerRow(
        id=user.id,
        name=user.display_name,
        avatar=avatar_of(user.id, user.display_name),
        accounts=(Choice(value="", label=unmapped, chosen=mine is None), *named),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _NUMBER_MOST and int(text) else None
