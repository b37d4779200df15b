"""What somebody may still ask for, and what who decides may choose from."""

import asyncio
from collections.abc import Sequence

from medianest.api import answers
from medianest.api.answers import Answer
from medianest.api.given import CurrentReader, Given, Served
from medianest.api.wire import List, Output, Query, Word
from medianest.media_requests.discovery import Means
from medianest.media_requests.types import Choice, Fetcher, MediaType


class WhoseAllowance(Query, frozen=True, kw_only=True):
    """Your own, or that of somebody in whose name you may ask."""

    for_user: Word | None = None


class WhichFetchers(Query, frozen=True, kw_only=True):
    """Those of films or those of series."""

    media_type: MediaType


class MediaAllowance(Output, frozen=True, kw_only=True):
    """How many in how many `days`; series count by their seasons. Without a limit the others are null."""

    used: int
    limit: int | None
    remaining: int | None
    days: int | None
    is_4k_allowed: bool


class MediaAllowances(Output, frozen=True, kw_only=True):
    """What is left of each kind."""

    movie: MediaAllowance
    tv: MediaAllowance


class FetcherChoice(Output, frozen=True, kw_only=True):
    """A profile, by its number, or a folder, by its path in `name`."""

    id: int
    name: str


class MediaFetcher(Output, frozen=True, kw_only=True):
    """A server that fetches (Radarr or Sonarr), with what may be chosen there."""

    id: int
    name: str
    is_4k: bool
    is_default: bool
    profiles: Sequence[FetcherChoice]
    folders: Sequence[FetcherChoice]


async def allowances(services: Served, reader: CurrentReader, asked: Given[WhoseAllowance]) -> Answer:
    """How many films and seasons may still be asked for, as the server counts."""
    movie, tv = await asyncio.gather(
        *(services.discovery.means(reader.actor, kind, for_user=asked.for_user) for kind in MediaType)
    )
    return answers.json(MediaAllowances(movie=_allowance(movie), tv=_allowance(tv)))


async def fetchers(services: Served, reader: CurrentReader, asked: Given[WhichFetchers]) -> Answer:
    """The servers that fetch, with the profiles and folders that may be chosen when something is approved."""
    found = await services.overseerr.fetchers(reader.actor, asked.media_type)
    return answers.json(List(items=[_fetcher(one) for one in found]))


def _allowance(means: Means) -> MediaAllowance:
    left = means.allowance
    return MediaAllowance(
        used=left.used,
        limit=left.limit,
        remaining=left.remaining,
        days=left.days,
        is_4k_allowed=means.is_4k_allowed,
    )


def _fetcher(known: Fetcher) -> MediaFetcher:
    return MediaFetcher(
        id=known.id,
        name=known.name,
        is_4k=known.is_4k,
        is_default=known.is_default,
        profiles=_choices(known.profiles),
        folders=_choices(known.folders),
    )


def _choices(known: Sequence[Choice]) -> Sequence[FetcherChoice]:
    return [FetcherChoice(id=one.id, name=one.name) for one in known]
