"""Pages that show a medium."""

import asyncio
import json

from tests.fakes.media_site import pages
from tests.fakes.media_site.catalogue import SHOWS, Show
from tests.fakes.media_site.exchange import Exchange
from tests.fakes.media_site.handlers import media
from tests.fakes.media_site.pages import Page, Source

_TRACKS = {"en": "/tracks/en.vtt", "de": "/tracks/de.vtt"}
_FORMATS = (("clip-360.mp4", 360), ("clip-720.mp4", 720), ("clip-1080.mp4", 1080), ("clip-720.webm", 720))


def _title(x: Exchange) -> str:
    return x.request.query.get("title", "Testing signals")


async def watch(x: Exchange, path: str) -> None:
    """A page with a player for whatever lies at `path`, with subtitles in two languages or those that are asked for."""
    sources = (Source(url=f"/{path}"),)
    await x.html(Page(title=_title(x), base=x.request.base, sources=sources, tracks=_tracks(x) or _TRACKS).html())


def _tracks(x: Exchange) -> dict[str, str]:
    """`tracks=de,en&under=@fail=429`: these languages, their addresses under these conditions."""
    under = x.request.query.get("under", "")
    languages = filter(None, x.request.query.get("tracks", "").split(","))
    return {language: f"/{under}/tracks/{language}.vtt".replace("//", "/") for language in languages}


async def watch_by_name(x: Exchange) -> None:
    """The page of the video that `v` names, whether it says also in which `list` it was found."""
    name = x.request.query.get("v", "")
    medium = f"/@key={name}/files/clip.mp4"
    await x.html(Page(title=f"The video {name}", base=x.request.base, content_url=medium).html())


async def premiere(x: Exchange, path: str) -> None:
    """What the extractor of `tests.downloads.premieres` reads: the medium, or when that will be there."""
    known = {"title": "The first night", "begins": x.house.premiere_at, "media": f"{x.request.base}/{path}"}
    await x.text(json.dumps(known), "application/json")


async def listen(x: Exchange, path: str) -> None:
    sources = (Source(url=f"/{path}"),)
    await x.html(Page(title=_title(x), base=x.request.base, element="audio", sources=sources).html())


async def described(x: Exchange, path: str) -> None:
    """A page without a player, whose linked data tell where the medium is; that of a show keeps its picture."""
    show = next((show for show in SHOWS.values() if path.endswith(f"/{show.media}")), SHOWS["harbour"])
    kind = media.media_type(path)
    known = kind if kind.startswith(("video/", "audio/")) or path.endswith((".m3u8", ".mpd")) else None
    page = Page(
        title=_title(x),
        base=x.request.base,
        content_url=f"/{path}",
        media_type=known,
        picture=f"/art/{show.slug}.webp",
        chapters=tuple(filter(None, x.request.query.get("chapters", "").split(","))),
    )
    await x.html(page.html())


async def formats(x: Exchange) -> None:
    sources = tuple(
        Source(url=f"/files/{name}", height=height, media_type=media.media_type(name)) for name, height in _FORMATS
    )
    await x.html(Page(title="Four sizes", base=x.request.base, sources=sources).html())


async def expiring(x: Exchange, seconds: str, uses: str, name: str) -> None:
    """Each visit mints an address of its own for the medium, good for that long and that often."""
    token = x.house.tokens.issue(seconds=float(seconds), uses=int(uses))
    address = f"/token/{token}/{name}"
    await x.html(Page(title=_title(x), base=x.request.base, content_url=address).html())


async def show(x: Exchange, slug: str) -> None:
    if slug in SHOWS:
        found = SHOWS[slug]
        size = await asyncio.to_thread(x.house.library.size, found.media)
        await x.html(_show_page(found, x.request.base, size).html())
    else:
        await x.html(pages.plain("Not found", slug), status=404)


async def front(x: Exchange) -> None:
    """The furnished shows, for people; to an extractor a page without any medium."""
    await x.html(pages.index("The local media site", {show.page: show.title for show in SHOWS.values()}))


def _show_page(show: Show, base: str, size: int) -> Page:
    return Page(
        title=show.title,
        base=base,
        description=show.description,
        uploader=show.uploader,
        date=show.date,
        seconds=show.seconds,
        picture=f"/art/{show.slug}.webp",
        content_url=f"/files/{show.media}",
        content_bytes=size,
    )
