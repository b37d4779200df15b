"""A picture as an answer of either face: kept by the browser for a year, and never a page of error in its place.

Where there is none to show, a drawing stands in for it, which the browser keeps for a short while only.
"""

from typing import Any

from litestar.response import Response

from medianest.core.errors import Unavailable
from medianest.http.etags import AnyRequest, matches
from medianest.http.ranges import ASKED_AGAIN, FOR_GOOD, POLICY
from medianest.pictures.addresses import ROOM
from medianest.pictures.errors import NoPicture
from medianest.pictures.service import Pictures
from medianest.pictures.types import Asked

_AWAY_S = 30
_NONE_S = 3600
_STAND_IN = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="-40 -40 80 80">'
    '<g fill="none" stroke="#888" stroke-width="1.5" stroke-linejoin="round">'
    '<rect x="-7" y="-6" width="14" height="12" rx="2"/><circle cx="-2.5" cy="-1.5" r="1.5"/>'
    '<path d="M-7 4l4-3 3 2 3-4 4 4"/></g></svg>'
)


async def picture_response(request: AnyRequest, pictures: Pictures, path: str) -> Response[Any]:
    """What stands behind an address of `Pictures.address_of`, here without its beginning. Raises NoPicture."""
    return await drawn_response(request, pictures, pictures.asked(f"/{ROOM}{path}"))


async def drawn_response(
    request: AnyRequest, pictures: Pictures, asked: Asked, *, for_good: bool = True
) -> Response[Any]:
    """A picture; `for_good` where its address would be another one if it were another picture."""
    kept = FOR_GOOD if for_good else ASKED_AGAIN
    headers = {"cache-control": kept, "etag": f'W/"{asked.mark}"', "content-security-policy": POLICY}
    if matches(request.headers.get("if-none-match"), headers["etag"]):
        pictures.unchanged(asked)
        return Response(b"", status_code=304, headers=headers)
    try:
        found = await pictures.get(asked)
    except NoPicture:
        return _stand_in(asked, for_s=_NONE_S)
    except Unavailable:
        return _stand_in(asked, for_s=_AWAY_S)
    return Response(found, media_type="image/webp", headers=headers)


def _stand_in(asked: Asked, *, for_s: int) -> Response[bytes]:
    drawing = _STAND_IN.format(width=asked.size.width, height=asked.size.height).encode()
    headers = {"cache-control": f"private, max-age={for_s}", "content-security-policy": POLICY}
    return Response(drawing, media_type="image/svg+xml", headers=headers)
