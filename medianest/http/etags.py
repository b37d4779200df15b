"""Pages that did not change are not made again (architecture.md section 6).

A tag is made of the process, the build, who looks and how, and the versions of the tables that are shown, read before
the data is: an answer made while a change is committed carries the older version, and is made again next time.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from litestar import Request
from litestar.response import Response

from medianest.core.db import Versions
from medianest.core.live import Live
from medianest.http.asking import Asking, asking_of

AnyRequest = Request[Any, Any, Any]
_TAG = re.compile(r'(?:W/)?("[^"]*")')


@dataclass(frozen=True, slots=True, kw_only=True)
class Etags:
    """What tags are made from; `made_by` names the process and the build."""

    made_by: tuple[str, ...]
    versions: Versions
    live: Live

    def tag(self, asking: Asking, *, tables: tuple[str, ...], live: bool, variant: str) -> str:
        """The tag of what this person now sees of these tables; `variant` tells forms of one page apart."""
        actor = asking.actor
        parts = (
            self.made_by,
            (actor.id, actor.name, actor.role, actor.token_id, actor.language, asking.secret, asking.secure),
            variant,
            tables,
            self.versions.of(*tables),
            self.live.version if live else None,
        )
        return f'W/"{blake2b(repr(parts).encode(), digest_size=15).hexdigest()}"'


def shows(
    *tables: str, live: bool = False, variant: Callable[[AnyRequest], str] = lambda _request: ""
) -> Callable[[AnyRequest], Awaitable[Response[bytes] | None]]:
    """The `before_request` of a route whose answer shows these tables, and with `live` what was signalled last.

    `variant` names which of its forms (page or fragment, theme) a request gets.
    """

    async def answer_unchanged(request: AnyRequest) -> Response[bytes] | None:
        asking = asking_of(request)
        etags: Etags = request.scope["state"]["etags"]
        asking.etag = etags.tag(asking, tables=tables, live=live, variant=variant(request))
        if matches(request.headers.get("if-none-match"), asking.etag):
            return Response(b"", status_code=304)
        return None

    return answer_unchanged


def matches(if_none_match: str | None, tag: str) -> bool:
    """Whether a browser's copy is this one (the weak comparison of RFC 9110 section 8.8.3.2)."""
    if not if_none_match:
        return False
    own = tag.removeprefix("W/")
    return if_none_match.strip() == "*" or own in _TAG.findall(if_none_match)
