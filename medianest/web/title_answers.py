"""What is called like what somebody types: what Plex has, and what can be asked for."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from medianest.core.actor import Actor
from medianest.core.errors import Unavailable
from medianest.core.i18n import Message, msg
from medianest.http.services import Services
from medianest.media_requests.errors import NoServer
from medianest.media_requests.recollection import Told
from medianest.media_requests.types import Hits
from medianest.plex.titles.service import SEARCHED_MOST
from medianest.plex.titles.types import Item, Kind
from medianest.web.plex_works import Work, works_of
from medianest.web.title_cards import HERE, Card, Mark, cards

_IN_PLEX_MOST = 6
_IN_PLEX = (Kind.MOVIE, Kind.SHOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """`told` says how many there are, for who listens; `note` what is the matter, `as_of` how old they are, if old.

    What Plex has is not among what can be asked for, unless only a part of it is there.
    """

    told: Message
    in_plex: tuple[Work, ...]
    cards: tuple[Card, ...]
    note: Message | None = None
    as_of: datetime | None = None
    newer: str | None = None
    older: str | None = None

    @property
    def here(self) -> Mark:
        """What is to be said of all that Plex has."""
        return HERE

    @property
    def is_empty(self) -> bool:
        return not self.in_plex and not self.cards


async def answers(services: Services, actor: Actor, text: str, *, page: int = 1) -> Answers:
    """Both are asked at the same time; one that is away does not keep the other from answering."""
    items, found = await asyncio.gather(_in_plex(services, actor, text), _found(services, text, page))
    works = works_of(services.pictures, items) if page == 1 else ()
    if isinstance(found, Unavailable):
        note = None if isinstance(found, NoServer) else found.message
        return Answers(told=_told(len(works), 0), in_plex=works, cards=(), note=note)
    shown = await cards(services, actor, found.value.items)
    works = (*works, *_more_in_plex(works, shown))
    askable = tuple(card for card in shown if card.in_plex is None or card.is_show)
    return Answers(
        told=_told(len(works), len(askable)),
        in_plex=works,
        cards=askable,
        note=found.trouble.message if found.trouble else None,
        as_of=found.as_of if found.trouble else None,
        newer=_address(text, page - 1) if page > 1 else None,
        older=_address(text, page + 1) if page < found.value.pages else None,
    )


async def _in_plex(services: Services, actor: Actor, text: str) -> Sequence[Item]:
    try:
        found = await services.titles.search(actor, text, limit=SEARCHED_MOST)
    except Unavailable:
        return ()
    return [item for item in found if item.kind in _IN_PLEX][:_IN_PLEX_MOST]


def _more_in_plex(works: Sequence[Work], cards: Sequence[Card]) -> tuple[Work, ...]:
    """Films that Plex has under another name, or did not put among the first."""
    known = {work.path for work in works}
    return tuple(
        Work(id=card.id, path=card.in_plex, title=card.title, detail=card.detail, poster=card.poster)
        for card in cards
        if card.in_plex and card.in_plex not in known and not card.is_show
    )


async def _found(services: Services, text: str, page: int) -> Told[Hits] | Unavailable:
    try:
        return await services.discovery.search(text, page=page)
    except Unavailable as error:
        return error


def _told(in_plex: int, askable: int) -> Message:
    if not in_plex and not askable:
        return msg("web.asking.found_none")
    return msg("web.asking.found", n=in_plex + askable, plex=in_plex, ask=askable)


def _address(text: str, page: int) -> str:
    return f"/ask?{urlencode({'q': text, 'page': page})}"
