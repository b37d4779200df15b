"""The queue: links in, finished files out."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, ClassVar

from litestar.params import FromPath
from msgspec import UNSET, Meta, UnsetType

from medianest.api import answers
from medianest.api.answers import Answer, AnyRequest
from medianest.api.given import CurrentReader, Given, Served
from medianest.api.reader import Reader
from medianest.api.v1.download_shapes import download
from medianest.api.v1.previews import Url
from medianest.api.wire import Input, List, Paged, Query, Word
from medianest.core.actor import Actor
from medianest.downloads import queries, types
from medianest.downloads.ordering import Sort
from medianest.downloads.types import State
from medianest.http.media_types import media_type_of
from medianest.http.ranges import file_response
from medianest.status.types import Function

Priority = Annotated[int, Meta(ge=-10, le=10, description="Higher goes first.")]
Position = Annotated[
    int,
    Meta(ge=-(2**53), le=2**53, description="Lower goes first; directly before what is there."),
]


class NewDownload(Input, frozen=True, kw_only=True):
    """A link for the queue; with the id of a preview it begins with what that learnt."""

    url: Url
    preset: Word | None = None
    priority: Priority = 0
    preview_id: Word | None = None


class DownloadChange(Input, frozen=True, kw_only=True):
    """What changes; the rest stays."""

    priority: Priority | UnsetType = UNSET
    position: Position | UnsetType = UNSET


class DownloadListing(Paged, frozen=True, kw_only=True):
    """Which downloads, in which order; `state` may name several."""

    many: ClassVar[frozenset[str]] = frozenset({"state"})

    state: tuple[State, ...] = ()
    mine: bool = False
    sort: Sort = Sort.POSITION


class Fate(StrEnum):
    """What becomes of the file."""

    KEEP = "keep"
    DELETE = "delete"


class Deletion(Query, frozen=True, kw_only=True):
    """Whether the file goes too."""

    file: Fate = Fate.KEEP


async def create(services: Served, reader: CurrentReader, given: Given[NewDownload]) -> Answer:
    """Queue a link; 200 with what is there already, which you then follow."""
    services.status.ran_into(reader.actor, Function.DOWNLOADS)
    known, is_new = await services.downloads.enqueue(
        reader.actor, given.url, preset=given.preset, priority=given.priority, preview_id=given.preview_id
    )
    status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
    return answers.json(download(reader, known), status=status, location=reader.href(f"/downloads/{known.id}"))


async def listing(services: Served, reader: CurrentReader, asked: Given[DownloadListing]) -> Answer:
    """The downloads that you may see."""
    page = await services.db.read(
        queries.listing,
        reader.actor,
        states=frozenset(asked.state or State),
        mine=asked.mine,
        sort=asked.sort,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    items = [download(reader, services.downloads.with_progress(known)) for known in page.items]
    return answers.json(List(items=items, next_cursor=page.next_cursor))


async def show(services: Served, reader: CurrentReader, id: FromPath[str]) -> Answer:
    """One download."""
    known = await services.db.read(queries.one, reader.actor, id)
    return answers.json(download(reader, services.downloads.with_progress(known)))


async def log(request: AnyRequest, services: Served, reader: CurrentReader, id: FromPath[str]) -> Answer:
    """The whole log of a download of yours, as text, without secrets."""
    text = await services.downloads.log(reader.actor, id)
    return answers.tagged(request, text.encode(), media_type="text/plain")


async def file(request: AnyRequest, services: Served, reader: CurrentReader, id: FromPath[str]) -> Answer:
    """The finished file, or a range of it."""
    path = await services.downloads.file_path(reader.actor, id)
    return await file_response(request, path, media_type=media_type_of(path), filename=path.name)


async def thumbnail(request: AnyRequest, services: Served, reader: CurrentReader, id: FromPath[str]) -> Answer:
    """The picture of a download."""
    path = await services.downloads.picture_path(reader.actor, id)
    return await file_response(request, path, media_type=media_type_of(path))


async def pause(services: Served, reader: CurrentReader, id: FromPath[str]) -> Answer:
    """Stop it for now; what was fetched is kept."""
    return await _changed(services.downloads.pause, reader, id)


async def resume(services: Served, reader: CurrentReader, id: FromPath[str]) -> Answer:
    """Go on with a paused one."""
    return await _changed(services.downloads.resume, reader, id)


async def cancel(services: Served, reader: CurrentReader, id: FromPath[str]) -> Answer:
    """Stop it for good."""
    return await _changed(services.downloads.cancel, reader, id)


async def finish(services: Served, reader: CurrentReader, id: FromPath[str]) -> Answer:
    """Be content with what is recorded of a broadcast: it becomes a file."""
    return await _changed(services.downloads.finish, reader, id)


async def retry(services: Served, reader: CurrentReader, id: FromPath[str]) -> Answer:
    """Try a failed, cancelled or waiting one again now."""
    return await _changed(services.downloads.retry, reader, id)


async def change(services: Served, reader: CurrentReader, id: FromPath[str], given: Given[DownloadChange]) -> Answer:
    """Give it another priority, or another position among those of its priority; all others keep theirs.

    There is room between positions: to come before another download, give it that one's position.
    """
    known = await services.downloads.order.change(
        reader.actor, id, priority=_given(given.priority), position=_given(given.position)
    )
    return answers.json(download(reader, known))


async def delete(services: Served, reader: CurrentReader, id: FromPath[str], asked: Given[Deletion]) -> Answer:
    """Take it off the list; a follower only stops following, an owner with followers hands it over."""
    await services.downloads.delete(reader.actor, id, keep_file=asked.file is Fate.KEEP)
    return answers.nothing()


async def _changed(verb: Callable[[Actor, str], Awaitable[types.Download]], reader: Reader, id: str) -> Answer:
    return answers.json(download(reader, await verb(reader.actor, id)))


def _given(value: int | UnsetType) -> int | None:
    return None if value is UNSET else value
