"""Shelves of titles to ask for: what is trending, popular and coming, or why it cannot be told."""

from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import datetime

from medianest.core.actor import Actor
from medianest.core.errors import Unavailable
from medianest.core.i18n import Message, msg
from medianest.http.services import Services
from medianest.media_requests.errors import StillAsking
from medianest.media_requests.recollection import Told
from medianest.media_requests.types import Hits, Listing, MediaType
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


async def listed(
    services: Services, actor: Actor, listing: Listing, kind: MediaType | None, *, most: int = SHOWN
) -> TitleShelf:
    """A shelf, as far as it is known in time."""
    shelf = empty_shelf(listing, kind)
    return await filled(services, actor, shelf, services.discovery.listing(listing, kind), most=most)


async def filled(
    services: Services, actor: Actor, shelf: TitleShelf, told: Awaitable[Told[Hits]], *, most: int = SHOWN
) -> TitleShelf:
    """With what is told; while the server is away, with what it told last and how old that is."""
    try:
        found = await told
    except StillAsking:
        return shelf
    except Unavailable as error:
        return replace(shelf, cards=(), note=error.message)
    known = await cards(services, actor, found.value.items[:most])
    shown = replace(shelf, cards=known, pages=found.value.pages)
    return replace(shown, note=found.trouble.message, as_of=found.as_of) if found.trouble else shown
