"""What somebody does with a download: its verbs, and deleting it after a question."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from litestar.params import FromPath

from medianest.core.actor import Actor
from medianest.core.i18n import msg
from medianest.downloads import queries
from medianest.downloads.line.order import Order
from medianest.downloads.service import Downloads
from medianest.downloads.types import Download
from medianest.http.redirects import internal_path
from medianest.http.services import Services
from medianest.web import forms, htmx, inbox_way
from medianest.web.acts import relation
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader, Toast
from medianest.web.news import news_view
from medianest.web.plex_marks import marks
from medianest.web.rows import tally

Verb: TypeAlias = Callable[[Downloads, Actor, str], Awaitable[Download]]

VERBS: dict[str, Verb] = {
    "pause": Downloads.pause,
    "resume": Downloads.resume,
    "retry": Downloads.retry,
    "cancel": Downloads.cancel,
    "finish": Downloads.finish,
}

Move: TypeAlias = Callable[[Order, Actor, str], Awaitable[Download]]

MOVES: dict[str, Move] = {"first": Order.first, "up": Order.up, "down": Order.down}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteView:
    """The question before a download is deleted; `size_bytes` is None where there is no file."""

    title: str
    path: str
    back: str
    size_bytes: int | None


async def act(request: AnyRequest, reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """Do what the last word of the path says; the row comes back as it is then."""
    form = await forms.read(request)
    verb = VERBS[request.scope["path"].rpartition("/")[2]]
    download = await verb(services.downloads, reader.asking.actor, id)
    return await inbox_way.back(reader, services, form) or await _done(reader, services, download)


async def step(request: AnyRequest, reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """Move it as the last word of the path says."""
    name = request.scope["path"].rpartition("/")[2]
    download = await MOVES[name](services.downloads.order, reader.asking.actor, id)
    toast = Toast(sentence=msg("web.toast.first", title=download.title)) if name == "first" else None
    return _moved(reader, toast)


async def move(request: AnyRequest, reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """Put it directly before another one, or behind it."""
    form = await forms.read(request)
    other, behind = form.text("beside"), form.text("side") == "behind"
    await services.downloads.order.beside(reader.asking.actor, id, other, behind=behind)
    return _moved(reader, None)


async def ask(reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]) -> Html:
    """Whether to delete it, with its file or without: a sheet over the page, or a page."""
    view = delete_view(await services.db.read(queries.one, reader.asking.actor, id))
    if reader.by_htmx:
        return htmx.fragment(reader, "download/_delete_sheet.html", {"view": view})
    return htmx.page(reader, replace(frame, place=Place.QUEUE), "download/delete.html", view)


async def delete(request: AnyRequest, reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """Delete it; its own page leads back to the queue."""
    actor = reader.asking.actor
    form = await forms.read(request)
    await services.downloads.delete(actor, id, keep_file=form.text("file") != "delete")
    if not reader.by_htmx or reader.came_from == f"/downloads/{id}":
        return htmx.go(reader, "/queue")
    counts = await services.db.read(queries.counts, actor)
    return htmx.fragment(reader, "queue/_gone.html", {"gone": id, "counts": tally(counts)})


def _moved(reader: Reader, toast: Toast | None) -> Html:
    """Lists that are open read themselves anew; without script, the way back to where the button was."""
    if not reader.by_htmx:
        return htmx.go(reader, internal_path(reader.came_from, otherwise="/queue"))
    return htmx.told(reader, "moved", toast)


async def _done(reader: Reader, services: Services, download: Download) -> Html:
    """The row as it is now, or the way back to where the button was."""
    actor = reader.asking.actor
    if not reader.by_htmx:
        return htmx.go(reader, internal_path(reader.came_from, otherwise="/queue"))
    counts = await services.db.read(queries.counts, actor)
    shown, there = services.downloads.with_progress(download), await marks(services.titles, actor, [download])
    news = news_view(shown, relation(actor, download), counts, in_plex=there.get(download.id))
    return htmx.fragment(reader, "queue/_news.html", {"news": news})


def delete_view(download: Download) -> DeleteView:
    return DeleteView(
        title=download.title,
        path=f"/downloads/{download.id}/delete",
        back=f"/downloads/{download.id}",
        size_bytes=download.file.size_bytes if download.file else None,
    )
