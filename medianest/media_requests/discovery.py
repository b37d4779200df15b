"""Finding what to ask for: search, lists, genres, the pages of titles, and what somebody may still ask for."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from medianest.core.actor import Actor
from medianest.media_requests import rights
from medianest.media_requests.people import People
from medianest.media_requests.permits import Permits
from medianest.media_requests.recollection import Recollection, Told
from medianest.media_requests.types import (
    Allowance,
    Allowances,
    Fetcher,
    Genre,
    Hits,
    Listing,
    MediaType,
    Title,
    TitleKey,
)

if TYPE_CHECKING:
    from medianest.media_requests.client import Asking

CurrentAsking = Callable[[], Awaitable["Asking"]]
PATIENCE_S = 2.5
HITS_MOST = 40
PAGES_MOST = 500
_QUERY_MOST = 200
_NONE = Hits(items=(), page=1, pages=1, total=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """How somebody may ask for a film or a series; `fetchers` are none where there is nothing to choose."""

    allowance: Allowance
    is_4k_allowed: bool
    fetchers: tuple[Fetcher, ...]


class Discovery:
    """Titles are the same for everybody, and asked for once for all; what somebody may is their own.

    Nobody waits longer than `patience_s`: what comes later is there for who asks next.
    """

    def __init__(self, current: CurrentAsking, people: People, *, patience_s: float = PATIENCE_S) -> None:
        self._current = current
        self._people = people
        self._patience_s = patience_s
        self._found: Recollection[Hits] = Recollection(fresh_s=60, most=200)
        self._lists: Recollection[Hits] = Recollection(fresh_s=900, most=200)
        self._titles: Recollection[Title] = Recollection(fresh_s=20, most=400)
        self._genres: Recollection[tuple[Genre, ...]] = Recollection(fresh_s=86400, most=2)
        self._fetchers: Recollection[tuple[Fetcher, ...]] = Recollection(fresh_s=300, most=2)
        self._permits: Recollection[Permits] = Recollection(fresh_s=60, most=200)
        self._allowances: Recollection[Allowances] = Recollection(fresh_s=10, most=200)

    async def search(self, text: str, *, page: int = 1) -> Told[Hits]:
        """Films and series that are called so. Raises Unavailable."""
        wanted = " ".join(text.split())[:_QUERY_MOST]

        async def ask() -> Hits:
            return _few(await (await self._current()).search(wanted, page)) if wanted else _NONE

        return await self._found.get((wanted.casefold(), page), ask, patience_s=self._patience_s)

    async def listing(self, listing: Listing, kind: MediaType | None, *, page: int = 1) -> Told[Hits]:
        """What is trending, popular or coming. Raises Unavailable."""

        async def ask() -> Hits:
            return _few(await (await self._current()).discover(listing, kind, page))

        return await self._lists.get((listing, kind, page), ask, patience_s=self._patience_s)

    async def by_genre(self, kind: MediaType, genre: int, *, page: int = 1) -> Told[Hits]:
        """Films or series of a genre. Raises Unavailable."""

        async def ask() -> Hits:
            return _few(await (await self._current()).by_genre(kind, genre, page))

        return await self._lists.get((kind, genre, page), ask, patience_s=self._patience_s)

    async def similar(self, key: TitleKey) -> Told[Hits]:
        """What somebody may like who likes this. Raises Unavailable."""

        async def ask() -> Hits:
            return _few(await (await self._current()).similar(key, 1))

        return await self._lists.get(key, ask, patience_s=self._patience_s)

    async def genres(self, kind: MediaType) -> Told[tuple[Genre, ...]]:
        """Raises Unavailable."""

        async def ask() -> tuple[Genre, ...]:
            return await (await self._current()).genres(kind)

        return await self._genres.get(kind, ask, patience_s=self._patience_s)

    async def title(self, key: TitleKey) -> Told[Title]:
        """All that is told of a film or series. Raises NoTitle and Unavailable."""

        async def ask() -> Title:
            return await (await self._current()).title(key)

        return await self._titles.get(key, ask, patience_s=self._patience_s)

    async def fetchers(self, kind: MediaType) -> tuple[Fetcher, ...]:
        """The servers that fetch, with the profiles and folders that may be chosen there. Raises Unavailable."""

        async def ask() -> tuple[Fetcher, ...]:
            asking = await self._current()
            named = await asking.fetchers(kind)
            return tuple(await asyncio.gather(*(asking.fetcher(kind, one.id) for one in named)))

        return (await self._fetchers.get(kind, ask, patience_s=self._patience_s)).value

    async def means(self, actor: Actor, kind: MediaType, *, for_user: str | None = None) -> Means:
        """How somebody may ask; with what may be chosen, for who decides. Raises Forbidden, NoAccount, Unavailable."""
        key = (actor.id, for_user)
        people, patience_s = self._people, self._patience_s
        permits, left, fetchers = await asyncio.gather(
            self._permits.get(key, lambda: people.permits(actor, for_user=for_user), patience_s=patience_s),
            self._allowances.get(key, lambda: people.allowances(actor, for_user=for_user), patience_s=patience_s),
            self.fetchers(kind),
        )
        return Means(
            allowance=left.value.movie if kind is MediaType.MOVIE else left.value.tv,
            is_4k_allowed=permits.value.asks_in_4k(kind) and any(one.is_4k for one in fetchers),
            fetchers=fetchers if rights.decides(actor) else (),
        )

    def forget(self, key: TitleKey) -> None:
        """Something happened to a title: ask anew how it stands, and what is left to whoever asks."""
        self._titles.forget(key)
        self._allowances.outdate()

    async def stop(self) -> None:
        of_titles = (self._found.stop, self._lists.stop, self._titles.stop, self._genres.stop)
        for stop in (*of_titles, self._fetchers.stop, self._permits.stop, self._allowances.stop):
            await stop()


def _few(hits: Hits) -> Hits:
    return replace(hits, items=hits.items[:HITS_MOST], pages=min(hits.pages, PAGES_MOST))
