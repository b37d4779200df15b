"""What somebody does with a download: its verbs, and deleting it after a question."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from litestar.params import FromPath

from medianest.core.actor import Actor
from medianest.downloads import queries
from medianest.downloads.service import Downloads
from medianest.downloads.states import ACTIVE
from medianest.downloads.types import Download
from medianest.http.redirects import internal_path
from medianest.http.services import Services
from medianest.web import forms, htmx
from medianest.web.acts import relation
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.news import news_view
from medianest.web.rows import tally

Verb: TypeAlias = Callable[[Downloads, Actor, str], Awaitable[Download]]

VERBS: dict[str, Verb] = {
    "pause": Downloads.pause,
    "resume": Downloads.resume,
    "retry": Downloads.retry,
    "cancel": Downloads.cancel,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteView:
    """The question before a download is deleted; `size_bytes` is None where there is no file."""

    title: str
    path: str
    back: str
    size_bytes: int | None


async def act(request: AnyRequest, reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """Do what the last word of the path says; the row comes back as it is then."""
    actor = reader.asking.actor
    verb = VERBS[request.scope["path"].rpartition("/")[2]]
    download = await verb(services.downloads, actor, id)
    return await _done(reader, services, download)


async def move_first(reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """Let it come before all others of its priority."""
    actor = reader.asking.actor
    line = await services.db.read(queries.listing, actor, states=ACTIVE, limit=1)
    position = min((item.position for item in line.items), default=1) - 1
    return await _done(reader, services, await services.downloads.change(actor, id, position=position))


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


async def _done(reader: Reader, services: Services, download: Download) -> Html:
    """The row as it is now, or the way back to where the button was."""
    actor = reader.asking.actor
    if not reader.by_htmx:
        return htmx.go(reader, internal_path(reader.came_from, otherwise="/queue"))
    counts = await services.db.read(queries.counts, actor)
    news = news_view(services.downloads.with_progress(download), relation(actor, download), counts)
    return htmx.fragment(reader, "queue/_news.html", {"news": news})


def delete_view(download: Download) -> DeleteView:
    return DeleteView(
        title=download.title,
        path=f"/downloads/{download.id}/delete",
        back=f"/downloads/{download.id}",
        size_bytes=download.file.size_bytes if download.file else None,
    )
