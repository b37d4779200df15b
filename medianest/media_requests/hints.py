"""What the server's webhook hints at: requests to look at again, soon and each once, however often it was said.

The values of a webhook are old or may be made up; only which request it names is heeded.
"""

import asyncio
import logging
from datetime import datetime

import msgspec

from medianest.core import clock
from medianest.core.errors import Invalid, MediaNestError
from medianest.core.i18n import msg
from medianest.media_requests.watching import Watching

log = logging.getLogger(__name__)

_LINE_MOST = 1000


class _Request(msgspec.Struct):
    request_id: str | int = ""


class _Told(msgspec.Struct):
    notification_type: str = ""
    request: _Request | None = None


class Hints:
    """A short line in memory: what is lost with it, the regular look sees."""

    def __init__(self, watching: Watching) -> None:
        self._watching = watching
        self._line: dict[int, None] = {}
        self._news = asyncio.Event()
        self.heard_at: datetime | None = None
        self.heard = asyncio.Event()

    def take(self, body: bytes) -> None:
        """Heed what the webhook posted. Raises Invalid for what it never posts."""
        try:
            told = msgspec.json.decode(body, type=_Told)
        except (msgspec.DecodeError, RecursionError):
            raise Invalid(msg("requests.no_hint"), code="no_hint") from None
        self.heard_at = clock.now()
        self.heard.set()
        id = _number(told.request)
        if id and len(self._line) < _LINE_MOST:
            self._line[id] = None
            self._news.set()

    async def run(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while self._line:
                await self._look(next(iter(self._line)))

    async def _look(self, id: int) -> None:
        del self._line[id]
        try:
            await self._watching.look_again(id)
        except MediaNestError as error:
            log.info("a hint waits for the regular look", extra={"code": error.code})


def _number(named: _Request | None) -> int | None:
    """The values of a webhook are texts."""
    said = str(named.request_id) if named else ""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else None
