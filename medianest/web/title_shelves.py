"""Shelves of titles to ask for: what is trending, popular and coming, or why it cannot be told."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from medianest.core.actor import Actor
from medianest.core.errors import Unavailable
from medianest.core.i18n import Message, msg
from medianest.http.services import Services
from medianest.media_requests.errors import StillAsking
from medianest.media_requests.recollection import Told
from medianest.media_requests.types import Hit, Hits, Listing, MediaType
from medianest.web.title_cards import Card, cards

SHOWN = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleShelf:
    """Some titles in a row; without `cards` the page asks for them by itself. `as_of` is how old they are, if old."""

    name: str
    path: str
    title: Message
    cards: tuple[Card, ...] | None = None
    pages: int = 1
    note: Message | None = None
    as_of: datetime | None = None


EVERYTHING = (
    (Listing.TRENDING, None),
    (Listing.POPULAR, MediaType.MOVIE),
    (Listing.POPULAR, MediaType.TV),
    (Listing.UPCOMING, MediaType.MOVIE),
    (Listing.UPCOMING, MediaType.TV),
)
"""The shelves of the first page, in their order."""


def of_kind(kind: MediaType | None) -> tuple[tuple[Listing, MediaType | None], ...]:
    """The shelves of films, of series, or of everything."""
    if kind is None:
        return EVERYTHING
    return tuple((listing, kind) for listing in Listing)


def empty_shelf(listing: Listing, kind: MediaType | None) -> TitleShelf:
    of = f"_{kind}" if kind else ""
    path = f"/ask/lists/{listing}?kind={kind}" if kind else f"/ask/lists/{listing}"
    return TitleShelf(name=f"{listing}{of.replace('_', '-')}", path=path, title=msg(f"web.asking.{listing}{of}"))


async def listed(services: Services, actor: Actor, listing: Listing, kind: MediaType | None) -> TitleShelf:
    """A shelf, as far as it is known in time."""
    (shelf,) = await all_listed(services, actor, [(listing, kind)])
    return shelf


async def all_listed(
    services: Services, actor: Actor, lists: Sequence[tuple[Listing, MediaType | None]]
) -> tuple[TitleShelf, ...]:
    """Several at once, so that nobody waits for one after the other."""
    told = [services.discovery.listing(*one) for one in lists]
    heard = await asyncio.gather(*(_heard(empty_shelf(*one), its) for one, its in zip(lists, told, strict=True)))
    return await _with_cards(services, actor, heard, most=SHOWN)


async def filled(
    services: Services, actor: Actor, shelf: TitleShelf, told: Awaitable[Told[Hits]], *, most: int = SHOWN
) -> TitleShelf:
    """With what is told; while the server is away, with what it told last and how old that is."""
    (shown,) = await _with_cards(services, actor, [await _heard(shelf, told)], most=most)
    return shown


async def _heard(shelf: TitleShelf, told: Awaitable[Told[Hits]]) -> tuple[TitleShelf, Sequence[Hit] | None]:
    """The shelf but for its cards, and the titles that belong on it; None where they may yet come."""
    try:
        found = await told
    except StillAsking:
        return shelf, None
    except Unavailable as error:
        return replace(shelf, note=error.message), ()
    shown = replace(shelf, pages=found.value.pages)
    if found.trouble:
        shown = replace(shown, note=found.trouble.message, as_of=found.as_of)
    return shown, found.value.items


async def _with_cards(
    services: Services, actor: Actor, heard: Sequence[tuple[TitleShelf, Sequence[Hit] | None]], *, most: int
) -> tuple[TitleShelf, ...]:
    """What is known here of the titles of all shelves is read at once: most stand on several."""
    every = {hit.key: hit for _, hits in heard for hit in (hits or ())[:most]}
    known = dict(zip(every, await cards(services, actor, list(every.values())), strict=True))
    return tuple(
        shelf if hits is None else replace(shelf, cards=tuple(known[hit.key] for hit in hits[:most]))
        for shelf, hits in heard
    )
