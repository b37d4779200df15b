"""The page of one download, with its log, its picture and its file."""

from dataclasses import replace
from typing import Any

from litestar import Response
from litestar.params import FromPath, FromQuery

from medianest.downloads import queries
from medianest.downloads.types import Download
from medianest.http.pictures import drawn_response
from medianest.http.ranges import ASKED_AGAIN, FOR_GOOD, file_response
from medianest.http.services import Services
from medianest.web import htmx
from medianest.web.acts import Relation, relation
from medianest.web.details import LogView, download_view, log_view
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.media_types import media_type
from medianest.web.plex_marks import marks


async def show(reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]) -> Html:
    """The page of a download."""
    download, who = await _known(reader, services, id)
    log = await _log(reader, services, download) if who.decides else None
    there = await marks(services.titles, reader.asking.actor, [download])
    shown = services.downloads.with_progress(download)
    view = download_view(shown, who, log=log, in_plex=there.get(id))
    return htmx.page(reader, replace(frame, place=Place.QUEUE), "download/page.html", view)


async def log(reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """The log, for a page that is open while it grows."""
    download, _ = await _known(reader, services, id)
    return htmx.fragment(reader, "download/_log.html", {"log": await _log(reader, services, download)})


async def file(
    request: AnyRequest, reader: CurrentReader, services: TheServices, id: FromPath[str], save: FromQuery[str] = ""
) -> Response[None]:
    """The finished file, to be played here or, with `save`, to be kept."""
    path = await services.downloads.file_path(reader.asking.actor, id)
    return await file_response(request, path, media_type=media_type(path), filename=path.name if save else None)


async def picture(
    request: AnyRequest,
    reader: CurrentReader,
    services: TheServices,
    id: FromPath[str],
    v: FromQuery[str] = "",
    size: FromQuery[str] = "",
) -> Response[Any]:
    """The picture as it was fetched, or drawn into a size; under its version it never changes."""
    download, _ = await _known(reader, services, id)
    for_good = v == str(download.picture_version)
    if size:
        asked = services.pictures.artwork(download.id, download.picture_version, size)
        return await drawn_response(request, services.pictures, asked, for_good=for_good)
    path = await services.downloads.picture_path(reader.asking.actor, id)
    kept = FOR_GOOD if for_good else ASKED_AGAIN
    return await file_response(request, path, media_type=media_type(path), cache_control=kept)


async def _known(reader: Reader, services: Services, id: str) -> tuple[Download, Relation]:
    download = await services.db.read(queries.one, reader.asking.actor, id)
    return download, relation(reader.asking.actor, download)


async def _log(reader: Reader, services: Services, download: Download) -> LogView:
    whole = await services.downloads.log(reader.asking.actor, download.id)
    return log_view(download, whole)
