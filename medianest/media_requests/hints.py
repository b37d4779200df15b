"""What the server's webhook hints at: what to look at again, soon and each once, however often it was said.

The values of a webhook are old or may be made up; only what it names is heeded.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec

from medianest.core import clock
from medianest.core.errors import Invalid, MediaNestError
from medianest.core.i18n import msg

log = logging.getLogger(__name__)

Look = Callable[[int], Awaitable[object]]
_LINE_MOST = 1000


class _Request(msgspec.Struct):
    request_id: str | int = ""


class _Issue(msgspec.Struct):
    issue_id: str | int = ""


class _Told(msgspec.Struct):
    notification_type: str = ""
    request: _Request | None = None
    issue: _Issue | None = None


class Hints:
    """A short line in memory: what is lost with it, the regular look sees."""

    def __init__(self, look_at_request: Look, look_at_problem: Look) -> None:
        self._looks = (look_at_request, look_at_problem)
        self._line: dict[tuple[Look, int], None] = {}
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
        named = (told.request.request_id if told.request else "", told.issue.issue_id if told.issue else "")
        for look, said in zip(self._looks, named, strict=True):
            if (id := _number(said)) and len(self._line) < _LINE_MOST:
                self._line[look, id] = None
                self._news.set()

    async def run(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while self._line:
                await self._look(*next(iter(self._line)))

    async def _look(self, look: Look, id: int) -> None:
        del self._line[look, id]
        try:
            await look(id)
        except MediaNestError as error:
            log.info("a hint waits for the regular look", extra={"code": error.code})


def _number(said: str | int) -> int | None:
    """The values of a webhook are texts."""
    digits = str(said)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None
