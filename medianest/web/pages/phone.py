"""What makes the portal an app of a phone: its manifest, its worker, a page for when there is no network, and sharing.

Manifest and sharing follow the Web Application Manifest and the Web Share Target of the W3C.
"""

import json
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from litestar import Response
from litestar.params import FromQuery

from medianest.core.actor import Permission
from medianest.core.errors import Forbidden
from medianest.core.i18n import Message, msg
from medianest.downloads.links.pasted import links_in
from medianest.http.links import absolute
from medianest.web import htmx
from medianest.web.frame import Frame, Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.presets import REMEMBERED, PresetChoice, preset_choices
from medianest.web.several import without_scheme

_ASKED_AGAIN = {"Cache-Control": "no-cache"}
_ICONS = (("icon-192", 192, "any"), ("icon-512", 512, "any"), ("icon-maskable-512", 512, "maskable"))
_SHORTCUTS = (("queue", "web.queue.title"), ("ask", "web.asking.place"), ("inbox", "web.inbox.title"))
_WORKER = "js/worker.js"
_NIGHT = "#120f0d"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedView:
    """A link that came from another app, and how it may be saved."""

    url: str
    address: str
    presets: tuple[PresetChoice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneView:
    """How to have the portal on a phone; `api` is where programs queue, `bookmarklet` what a bookmark does."""

    is_safe: bool
    may_download: bool
    api: str
    bookmarklet: str


async def manifest(reader: CurrentReader) -> Response[bytes]:
    """What a phone must know to install it, in its language."""
    content = json.dumps(_manifest(reader), ensure_ascii=False).encode()
    return Response(content, media_type="application/manifest+json")


async def worker(reader: CurrentReader) -> Response[bytes]:
    """The script that answers where there is no network; another one with each build, so that it takes over."""
    found = reader.templates.assets.find(_WORKER)
    assert found
    content = f"// {reader.templates.build}\n".encode() + found.plain
    return Response(content, media_type=found.media_type, headers=_ASKED_AGAIN)


async def offline(reader: CurrentReader) -> Html:
    """What is shown where there is no network; a browser keeps it, so that it is the same for all of a language."""
    full = reader.frame()
    return htmx.page(reader, Frame(language=full.language, direction=full.direction), "phone/offline.html", None)


async def share(
    request: AnyRequest,
    reader: CurrentReader,
    services: TheServices,
    frame: PageFrame,
    url: FromQuery[str] = "",
    text: FromQuery[str] = "",
    title: FromQuery[str] = "",
) -> Html:
    """Ask whether to download what another app shared; nothing is fetched before somebody says so.

    Apps put the link where they like; what holds none is looked for as a title.
    """
    actor = reader.asking.actor
    link = next((found for said in (url, text, title) for found in links_in(said)), None)
    if link is None or not actor.may(Permission.DOWNLOAD):
        return _looked_for(reader, title or text)
    offers = services.downloads.presets(actor)
    presets = preset_choices(offers, {}, remembered=request.cookies.get(REMEMBERED))
    view = SharedView(url=link, address=without_scheme(link), presets=presets)
    return htmx.page(reader, replace(frame, place=Place.QUEUE), "phone/share.html", view)


async def show(reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """How to have it on a phone, and how to send links to it."""
    home = absolute(reader.asking, "", services.settings().server)
    view = PhoneView(
        is_safe=home.startswith("https://"),
        may_download=reader.asking.actor.may(Permission.DOWNLOAD),
        api=f"{home}/api/v1/downloads",
        bookmarklet=f"javascript:location.href={json.dumps(f'{home}/share?url=')}+encodeURIComponent(location.href)",
    )
    return htmx.page(reader, replace(frame, place=Place.ACCOUNT), "phone/page.html", view)


def _looked_for(reader: Reader, text: str) -> Html:
    if not reader.asking.actor.may(Permission.REQUEST):
        raise Forbidden(msg("web.phone.may_not_share"))
    return htmx.go(reader, f"/ask?{urlencode({'q': text})}" if text else "/ask")


def _manifest(reader: Reader) -> dict[str, Any]:
    href = reader.templates.href

    def say(id: str) -> str:
        return reader.tell(Message(id))

    return {
        "id": href("/"),
        "name": say("web.app.name"),
        "short_name": say("web.app.name"),
        "description": say("web.app.description"),
        "lang": reader.frame().language,
        "dir": reader.frame().direction,
        "start_url": href("/"),
        "scope": href("/"),
        "display": "standalone",
        "background_color": _NIGHT,
        "theme_color": _NIGHT,
        "icons": [
            {"src": reader.templates.assets.address(f"icons/{name}.png"), "sizes": f"{size}x{size}",
             "type": "image/png", "purpose": purpose}
            for name, size, purpose in _ICONS
        ],
        "shortcuts": [{"name": say(id), "url": href(f"/{path}")} for path, id in _SHORTCUTS],
        "share_target": {
            "action": href("/share"),
            "method": "GET",
            "enctype": "application/x-www-form-urlencoded",
            "params": {"title": "title", "text": "text", "url": "url"},
        },
    }  # fmt: skip
