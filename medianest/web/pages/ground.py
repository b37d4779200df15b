"""What every page stands on: its style, script and icons, and the stream of what changes on it."""

from litestar import Response
from litestar.params import FromPath, FromQuery

from medianest.core.errors import NotFound
from medianest.core.i18n import msg
from medianest.http.given import Hub
from medianest.http.streaming import StreamedAnswer
from medianest.web.given import CurrentReader, TheLiveWriter
from medianest.web.htmx import AnyRequest

_KEPT_FOR_GOOD = "public, max-age=31536000, immutable"
_ASKED_AGAIN = "public, no-cache"
_DIGITS = 19


async def static(
    request: AnyRequest, reader: CurrentReader, path: FromPath[str], v: FromQuery[str] = ""
) -> Response[bytes]:
    """A static file; under the address that carries its fingerprint it never changes."""
    found = reader.templates.assets.find(path.lstrip("/"))
    if found is None:
        raise NotFound(msg("web.errors.not_found"))
    headers = {
        "Cache-Control": _KEPT_FOR_GOOD if v == found.fingerprint else _ASKED_AGAIN,
        "ETag": f'"{found.fingerprint}"',
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(b"", status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.gzipped, media_type=found.media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(found.plain, media_type=found.media_type, headers=headers)


async def live(
    request: AnyRequest,
    reader: CurrentReader,
    hub: Hub,
    writer: TheLiveWriter,
    after: FromQuery[str] = "",
    heard: FromQuery[str] = "",
) -> StreamedAnswer:
    """What happens from now on, and what this page missed since it was made or since it last heard of us."""
    last_heard = request.headers.get("last-event-id") or after or None
    signals = int(heard) if heard.isdecimal() and len(heard) < _DIGITS else None
    return hub.answer(reader.asking.actor, writer, last_event_id=last_heard, heard=signals)
