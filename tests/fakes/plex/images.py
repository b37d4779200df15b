"""The pictures of a media server, as they are and resized."""

import re
from typing import TYPE_CHECKING

from tests.fakes.plex import pictures
from tests.fakes.plex.messages import Reply, Request, refusal
from tests.fakes.plex.people import Person

if TYPE_CHECKING:
    from tests.fakes.plex.server import MediaServer

_PICTURE = re.compile(r"/library/metadata/(\d+)/(thumb|art)/(\d+)")
_OWN_ADDRESS = "http://127.0.0.1:32400/"


def thumb(server: "MediaServer", _: Request, person: Person, key: str, kind: str, version: str) -> Reply:
    """A picture as it is, under the version that the lists name."""
    size = _size(server, person, key, kind, version)
    return _picture(size, "jpg", int(key)) if size else refusal(404)


def photo(server: "MediaServer", request: Request, person: Person) -> Reply:
    """A picture of the server, resized. A real server would fetch a foreign address; this one notes it (`lured_to`)."""
    url = request.query.get("url", "")
    path = url.removeprefix(_OWN_ADDRESS.rstrip("/")).partition("?")[0]
    if not path.startswith("/") or path.startswith("//"):
        server.lured_to.append(url)
        return Reply(status=400)
    match = _PICTURE.fullmatch(path)
    size = match and _size(server, person, *match.groups())
    if not match or not size:
        return refusal(404)
    box = int(request.query["width"]), int(request.query["height"])
    flags = {name: request.query.get(name) == "1" for name in ("minSize", "upscale")}
    fitted = pictures.fitted(size, box, fills=flags["minSize"], upscales=flags["upscale"])
    return _picture(fitted, request.query.get("format", "jpg"), int(match[1]))


def _size(server: "MediaServer", person: Person, key: str, kind: str, version: str) -> tuple[int, int] | None:
    item = server.shelves.items.get(key)
    if item is None or item.section not in server.visible(person):
        return None
    if item.picture(kind) is None or str(item.updated_at) != version:
        return None
    return pictures.POSTER if kind == "thumb" else pictures.BACKGROUND


def _picture(size: tuple[int, int], form: str, number: int) -> Reply:
    return Reply(body=pictures.picture(size, form, number), media_type=pictures.TYPES[form])
