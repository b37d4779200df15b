"""A request as a card for who decides: everything that is needed to say yes or no."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from medianest.core.actor import Actor
from medianest.core.errors import NotFound, Unavailable
from medianest.core.i18n import Message, msg
from medianest.http.services import Services
from medianest.media_requests.types import Fetcher, MediaType, Request, Title
from medianest.web.ask_forms import folders, profiles
from medianest.web.choices import Choice
from medianest.web.request_rows import RequestRow, request_rows
from medianest.web.title_cards import in_plex
from medianest.web.title_pages import facts_of

_PLOT_MOST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonBox:
    """A season that may be approved; those that were asked for are chosen."""

    number: int
    name: Message
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionCard:
    """`facts` and `plot` are none where nobody can tell now. `in_plex` leads to what is there of it already."""

    row: RequestRow
    facts: tuple[Message, ...]
    plot: str
    in_plex: str | None
    seasons: tuple[SeasonBox, ...]
    profiles: tuple[Choice, ...]
    folders: tuple[Choice, ...]


async def decision_cards(services: Services, actor: Actor, requests: Sequence[Request]) -> tuple[DecisionCard, ...]:
    """All that the server tells is read at the same time; what is not told in time is left out."""
    rows = await request_rows(services, actor, requests)
    kinds = list({one.wish.title.media_type for one in requests})
    titles, known = await asyncio.gather(
        asyncio.gather(*(_title(services, request) for request in requests)),
        asyncio.gather(*(_fetchers(services, kind) for kind in kinds)),
    )
    fetchers = dict(zip(kinds, known, strict=True))
    return tuple(
        [
            await _card(services, actor, request, row, title, fetchers[request.wish.title.media_type])
            for request, row, title in zip(requests, rows, titles, strict=True)
        ]
    )


async def _card(
    services: Services,
    actor: Actor,
    request: Request,
    row: RequestRow,
    title: Title | None,
    fetchers: Sequence[Fetcher],
) -> DecisionCard:
    fitting = [one for one in fetchers if one.is_4k == request.wish.is_4k]
    chosen = f"{request.wish.server_id}:{request.wish.profile_id}"
    return DecisionCard(
        row=row,
        facts=facts_of(title) if title else (),
        plot=title.hit.overview[:_PLOT_MOST] if title else "",
        in_plex=await in_plex(services, actor, title.hit) if title else None,
        seasons=_seasons(request, title),
        profiles=profiles(fitting, chosen),
        folders=folders(fitting, request.wish.folder or ""),
    )


def _seasons(request: Request, title: Title | None) -> tuple[SeasonBox, ...]:
    if request.wish.title.media_type is MediaType.MOVIE:
        return ()
    asked = set(request.wish.seasons)
    known = {season.number: season.name for season in title.seasons} if title else {}
    numbers = sorted(asked | known.keys(), key=lambda number: (number == 0, number))
    return tuple(SeasonBox(number=one, name=_season_name(one, known), chosen=one in asked) for one in numbers)


def _season_name(number: int, known: dict[int, str]) -> Message:
    name = known.get(number)
    return msg("web.asking.title", title=name) if name else msg("web.asking.season", number=number)


async def _title(services: Services, request: Request) -> Title | None:
    try:
        return (await services.discovery.title(request.wish.title)).value
    except (Unavailable, NotFound):
        return None


async def _fetchers(services: Services, kind: MediaType) -> Sequence[Fetcher]:
    try:
        return await services.discovery.fetchers(kind)
    except Unavailable:
        return ()
