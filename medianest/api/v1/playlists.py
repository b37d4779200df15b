"""Lists: all of them, the newest or some of their videos into the queue, and no further."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from litestar.params import FromPath
from msgspec import UNSET, Meta, UnsetType

from medianest.api import answers
from medianest.api.answers import Answer
from medianest.api.given import CurrentReader, Given, Served
from medianest.api.reader import Reader
from medianest.api.v1.download_shapes import DownloadCounts, Failure, counts, failure, person
from medianest.api.v1.people import Person
from medianest.api.v1.previews import Url
from medianest.api.wire import Input, List, Output, Paged, Query, Word
from medianest.core.errors import FieldError, Invalid
from medianest.core.i18n import msg
from medianest.core.paging import decode_cursor, encode_cursor
from medianest.downloads.lists import queries as playlist_queries
from medianest.downloads.lists import types
from medianest.downloads.lists.choice import CHOSEN_MOST, NEWEST_MOST
from medianest.downloads.lists.rights import controls_list
from medianest.downloads.lists.types import Choice, EntryFate, Leftovers, ListState, ListWait
from medianest.downloads.types import ErrorCode, State

Number = Annotated[int, Meta(ge=1, le=100_000)]
Numbers = Annotated[list[Number], Meta(min_length=1, max_length=CHOSEN_MOST, description="By their place in the list.")]
Newest = Annotated[int, Meta(ge=1, le=NEWEST_MOST, description="So many, those that came out last.")]


class NewPlaylist(Input, frozen=True, kw_only=True):
    """A list for the queue: all of it, or some of its `entries` by their numbers, or the `newest`.

    With the id of a preview it begins with what that learnt.
    """

    url: Url
    preset: Word | None = None
    entries: Numbers | None = None
    newest: Newest | None = None
    preview_id: Word | None = None


class Stopping(Query, frozen=True, kw_only=True):
    """What becomes of its downloads that are in line; what runs goes on."""

    waiting: Leftovers = Leftovers.KEEP


class Playlist(Output, frozen=True, kw_only=True):
    """A list; `url` is there for its owner and administrators only.

    Of its `total` chosen entries (null as long as nobody knows) `queued` became downloads, `skipped` did not:
    `already_here` have a download, `unavailable` are not to be had. `is_cut` says that it is longer than lists may be.
    """

    id: str
    url: str | UnsetType
    title: str
    site: str
    preset: str
    state: ListState
    waits_for: ListWait | None
    next_attempt_at: datetime | None
    total: int | None
    queued: int
    skipped: int
    already_here: int
    unavailable: int
    is_cut: bool
    downloads: DownloadCounts
    error: Failure | None
    owner: Person
    created_at: datetime
    finished_at: datetime | None


class PlaylistEntry(Output, frozen=True, kw_only=True):
    """A chosen entry and what became of it; `error` says why it is not to be had."""

    number: int
    title: str
    duration_s: float | None
    state: EntryFate
    error: ErrorCode | None
    download_id: str | None
    download_state: State | None


async def create(services: Served, reader: CurrentReader, given: Given[NewPlaylist]) -> Answer:
    """Queue a list in the background; of a link that names a video and its list, the list."""
    if given.entries is not None and given.newest is not None:
        wrong = FieldError(field="newest", message=msg("api.field.entries_or_newest"))
        raise Invalid(msg("api.invalid", n=1), fields=(wrong,))
    choice = Choice(entries=tuple(sorted(set(given.entries or ()))), newest=given.newest)
    known = await services.downloads.playlists.ask(
        reader.actor, given.url, preset=given.preset, choice=choice, preview_id=given.preview_id
    )
    location = reader.href(f"/playlists/{known.id}")
    return answers.json(playlist(reader, known), status=HTTPStatus.ACCEPTED, location=location)


async def listing(services: Served, reader: CurrentReader, asked: Given[Paged]) -> Answer:
    """The lists that you may see, the latest first."""
    page = await services.db.read(playlist_queries.listing, reader.actor, cursor=asked.cursor, limit=asked.limit)
    return answers.json(List(items=[playlist(reader, known) for known in page.items], next_cursor=page.next_cursor))


async def show(services: Served, reader: CurrentReader, id: FromPath[str]) -> Answer:
    """One list."""
    return answers.json(playlist(reader, await services.db.read(playlist_queries.one, reader.actor, id)))


async def entries(services: Served, reader: CurrentReader, id: FromPath[str], asked: Given[Paged]) -> Answer:
    """What became of the chosen entries of a list, in its order."""
    await services.db.read(playlist_queries.one, reader.actor, id)
    after = decode_cursor(asked.cursor, int)[0] if asked.cursor else 0
    found = await services.db.read(playlist_queries.entries, id, after=after, limit=asked.limit + 1)
    shown = found[: asked.limit]
    cursor = encode_cursor(shown[-1].number) if len(found) > asked.limit else None
    return answers.json(List(items=[_entry(one) for one in shown], next_cursor=cursor))


async def stop(services: Served, reader: CurrentReader, id: FromPath[str], asked: Given[Stopping]) -> Answer:
    """Queue nothing more of a list; its downloads in line are kept, or cancelled if that is asked for."""
    known = await services.downloads.playlists.stop(reader.actor, id, leftovers=asked.waiting)
    return answers.json(playlist(reader, known))


def playlist(reader: Reader, known: types.Playlist) -> Playlist:
    """What this reader may know of a list that they may see."""
    return Playlist(
        id=known.id,
        url=known.url if controls_list(reader.actor, known) else UNSET,
        title=known.title,
        site=known.site,
        preset=known.preset,
        state=known.state,
        waits_for=known.waits_for,
        next_attempt_at=known.next_attempt_at,
        total=known.total,
        queued=known.queued,
        skipped=known.skipped,
        already_here=known.here,
        unavailable=known.unavailable,
        is_cut=known.is_cut,
        downloads=counts(known.downloads),
        error=failure(reader, known.failure),
        owner=person(known.owner),
        created_at=known.created_at,
        finished_at=known.finished_at,
    )


def _entry(known: types.ListEntry) -> PlaylistEntry:
    return PlaylistEntry(
        number=known.number,
        title=known.title,
        duration_s=known.duration_s,
        state=known.fate,
        error=known.error,
        download_id=known.download_id,
        download_state=known.download_state,
    )
