"""Lists: queueing one, its page with what became of its entries, stopping it after a question."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from litestar.params import FromPath, FromQuery

from medianest.core.errors import Invalid, MediaNestError
from medianest.core.i18n import Message, msg
from medianest.downloads.lists import queries as playlist_queries
from medianest.downloads.lists.choice import NEWEST_MOST, numbers_in
from medianest.downloads.lists.types import Choice as Chosen
from medianest.downloads.lists.types import EntryFate, Leftovers, ListEntry, ListState, Playlist
from medianest.http import cookies
from medianest.web import forms, htmx
from medianest.web.choices import Choice
from medianest.web.forms import Form
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html, Toast
from medianest.web.pages import links, question
from medianest.web.pages.question import Choices, QuestionView
from medianest.web.playlists import ListRow, list_row
from medianest.web.presets import REMEMBERED

_PAGE = 100
_STATES = {EntryFate.LISTED: "waiting", EntryFate.HERE: "up", EntryFate.UNAVAILABLE: "down"}


class Which(StrEnum):
    """What of a list is wanted."""

    ALL = "all"
    NEWEST = "newest"
    SOME = "some"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """An entry and what became of it; `path` leads to its download."""

    number: int
    title: str
    duration_s: float | None
    state: str
    word: Message
    path: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistView:
    """The page of a list; `failure` is why it could not be read."""

    row: ListRow
    entries: tuple[EntryView, ...]
    failure: Message | None
    hint: Message | None
    more: str | None


async def queue(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Queue a list, or what was chosen of it; the quality is the next one's default."""
    form = await forms.read(request)
    link = form.text("url")
    try:
        playlist = await services.downloads.playlists.ask(
            reader.asking.actor,
            link,
            preset=form.text("preset") or None,
            choice=choice_in(form),
            preview_id=form.text("preview_id") or None,
        )
    except MediaNestError as error:
        return links.refused(reader, frame, link, error)
    path = f"/playlists/{playlist.id}"
    sentence = msg("web.playlist.asked", title=playlist.title)
    toast = Toast(sentence=sentence, link=path, label=msg("web.toast.look"))
    shown = htmx.fragment(reader, "queue/_queued.html", {"toast": toast}) if reader.by_htmx else htmx.go(reader, path)
    shown.set_cookie(cookies.preference(REMEMBERED, playlist.preset, reader.asking))
    return shown


async def show(
    reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str], after: FromQuery[int] = 0
) -> Html:
    """The page of a list, with what became of its entries."""
    actor = reader.asking.actor
    playlist = await services.db.read(playlist_queries.one, actor, id)
    found = await services.db.read(playlist_queries.entries, id, after=after, limit=_PAGE + 1)
    view = playlist_view(playlist, list_row(playlist, actor), found[:_PAGE], has_more=len(found) > _PAGE)
    return htmx.page(reader, replace(frame, place=Place.QUEUE), "playlist/page.html", view)


async def ask_stop(reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]) -> Html:
    """Whether to stop it, and what becomes of what it has in line: a sheet over the page, or a page."""
    playlist = await services.db.read(playlist_queries.one, reader.asking.actor, id)
    return question.ask(reader, frame, Place.QUEUE, stop_view(playlist))


async def stop(request: AnyRequest, reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """Stop it; open pages hear of it by the stream."""
    form = await forms.read(request)
    leftovers = form.choice("waiting", Leftovers) or Leftovers.KEEP
    playlist = await services.downloads.playlists.stop(reader.asking.actor, id, leftovers=leftovers)
    if not reader.by_htmx:
        return htmx.go(reader, f"/playlists/{id}")
    return htmx.toast(reader, msg("web.playlist.toast_stopped", title=playlist.title))


def choice_in(form: Form) -> Chosen:
    """What a form chooses of a list. Raises Invalid where that is nothing, or nothing that can be read."""
    match form.choice("which", Which):
        case Which.NEWEST:
            number = form.text("newest")
            if not (number.isascii() and number.isdigit() and 1 <= int(number) <= NEWEST_MOST):
                raise Invalid(msg("web.playlist.want_number", most=NEWEST_MOST))
            return Chosen(newest=int(number))
        case Which.SOME:
            written = numbers_in(",".join((*form.many("entry"), form.text("numbers"))))
            if not written:
                raise Invalid(msg("web.playlist.want_numbers"))
            return Chosen(entries=written)
    return Chosen()


def playlist_view(
    playlist: Playlist, row: ListRow, entries: Sequence[ListEntry], *, has_more: bool = False
) -> PlaylistView:
    code = playlist.failure.code if playlist.failure and playlist.state is ListState.FAILED else None
    return PlaylistView(
        row=row,
        entries=tuple(_entry(entry, is_over=playlist.state is ListState.STOPPED) for entry in entries),
        failure=msg(f"downloads.error.{code}") if code else None,
        hint=msg(f"downloads.hint.{code}") if code else None,
        more=f"{row.path}?after={entries[-1].number}" if has_more else None,
    )


def stop_view(playlist: Playlist) -> QuestionView:
    counts = playlist.downloads
    in_line = counts.under_way - counts.running
    keep = Choice(value=Leftovers.KEEP, label=msg("web.playlist.keep"), chosen=True)
    cancel = Choice(value=Leftovers.CANCEL, label=msg("web.playlist.cancel", n=in_line))
    choices = Choices(name="waiting", label=msg("web.playlist.in_line"), options=(keep, cancel)) if in_line else None
    running = (msg("web.playlist.goes_on", n=counts.running),) if counts.running else ()
    return QuestionView(
        title=msg("web.playlist.stop_title"),
        lines=(msg("web.playlist.stop_text", title=playlist.title), *running),
        path=f"/playlists/{playlist.id}/stop",
        button=msg("web.playlist.stop"),
        back=f"/playlists/{playlist.id}",
        choices=choices,
    )


def _entry(entry: ListEntry, *, is_over: bool) -> EntryView:
    return EntryView(
        number=entry.number,
        title=entry.title,
        duration_s=entry.duration_s,
        state="paused" if is_over and entry.fate is EntryFate.LISTED else _shape(entry),
        word=_word(entry, is_over=is_over),
        path=f"/downloads/{entry.download_id}" if entry.download_id else None,
    )


def _shape(entry: ListEntry) -> str:
    if entry.fate is not EntryFate.QUEUED:
        return _STATES[entry.fate]
    return {"completed": "up", "failed": "down", "cancelled": "paused"}.get(entry.download_state or "", "waiting")


def _word(entry: ListEntry, *, is_over: bool) -> Message:
    if entry.fate is EntryFate.UNAVAILABLE:
        return msg(f"downloads.error.{entry.error}")
    if entry.fate is EntryFate.QUEUED:
        return msg(f"web.playlist.download_{entry.download_state or 'gone'}")
    return msg(
        "web.playlist.left_out" if is_over and entry.fate is EntryFate.LISTED else f"web.playlist.entry_{entry.fate}"
    )
