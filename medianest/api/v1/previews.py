"""What a link is, before it is queued."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from litestar.params import FromPath
from msgspec import Meta

from medianest.api import answers
from medianest.api.answers import Answer, AnyRequest
from medianest.api.given import CurrentReader, Given, Served
from medianest.api.reader import Reader
from medianest.api.v1.quotas import Quota, quotas
from medianest.api.wire import Input, Output
from medianest.downloads import types
from medianest.downloads.plans.quotas import fits
from medianest.downloads.types import ErrorCode
from medianest.http.media_types import media_type_of
from medianest.http.ranges import file_response

Url = Annotated[str, Meta(min_length=1, max_length=8192, description="An http or https address.")]


class NewPreview(Input, frozen=True, kw_only=True):
    """A link to look at."""

    url: Url


class PreviewEntry(Output, frozen=True, kw_only=True):
    """One of the first entries of a list; `error` says why it is not to be had."""

    number: int
    title: str
    duration_s: float | None
    already_here: bool
    error: ErrorCode | None


class Preview(Output, frozen=True, kw_only=True):
    """What a link leads to; `preview_id` lives ten minutes, and saves the queue the second look.

    Of a list, `entries` are the first, and length and size are guessed from them; `playlist_url` is the list that the
    link of a video names too. `quotas` are yours; `fits` says whether they have room for it, null where that depends on
    a size that nobody knows. `is_live` says that it is being broadcast, `begins_at` when that will begin.
    """

    title: str
    duration_s: float | None
    thumbnail: str | None
    estimated_bytes: int | None
    site: str
    duplicate_of: str | None
    is_playlist: bool
    entry_count: int | None
    entries: Sequence[PreviewEntry]
    playlist_url: str | None
    preview_id: str
    quotas: Mapping[str, Quota]
    fits: bool | None
    is_live: bool
    begins_at: datetime | None


async def create(services: Served, reader: CurrentReader, given: Given[NewPreview]) -> Answer:
    """Look at a link without queueing it."""
    known = await services.downloads.preview(reader.actor, given.url)
    return answers.json(preview(reader, known))


async def thumbnail(request: AnyRequest, services: Served, reader: CurrentReader, id: FromPath[str]) -> Answer:
    """The picture of a preview of yours."""
    path = await services.downloads.preview_picture(reader.actor, id)
    return await file_response(request, path, media_type=media_type_of(path))


def preview(reader: Reader, known: types.Preview) -> Preview:
    return Preview(
        title=known.title,
        duration_s=known.duration_s,
        thumbnail=reader.href(f"/previews/{known.id}/thumbnail") if known.has_picture else None,
        estimated_bytes=known.estimated_bytes,
        site=known.site,
        duplicate_of=known.duplicate_of,
        is_playlist=known.is_playlist,
        entry_count=known.entry_count,
        entries=[_entry(one) for one in known.entries],
        playlist_url=known.playlist_url,
        preview_id=known.id,
        quotas=quotas(known.standings),
        fits=fits(known.standings, known.estimated_bytes),
        is_live=known.is_live,
        begins_at=known.begins_at,
    )


def _entry(known: types.PreviewEntry) -> PreviewEntry:
    return PreviewEntry(
        number=known.number,
        title=known.title,
        duration_s=known.duration_s,
        already_here=known.is_here,
        error=known.trouble,
    )
