"""HTTP on the wire: uvicorn's protocol with the limits and deadlines that it leaves to a proxy in front.

A household may have none, so a connection has so long to say what it wants, a request head is so long, what is left of
a refused body is read only so far (who sends it would not see the answer otherwise), and a reader that does not read
is left. Everything is checked on each connection's own events; nothing polls.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from medianest.http.deadlines import Deadlines
from medianest.http.headers import FIELDS_MOST, HEAD_BYTES_MOST

REST_BYTES_MOST = 1024 * 1024


class Protocol(HttpToolsProtocol):
    """One connection. The scope's state gets `abort`, which drops it on the spot."""

    def __init__(self, *args: Any, deadlines: Deadlines, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadlines = deadlines
        self.access_log = False
        self._deadline: asyncio.TimerHandle | None = None
        self._reader_deadline: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._in_head = True
        self._in_body = False
        self._rest_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._wait_for(self._deadlines.head_s)

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_for(None)
        self._wait_for_reader(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
            if self._deadline is None:
                self._wait_for(self._deadlines.head_s)
        elif self.cycle.response_complete:
            self._rest_bytes += len(data)
            if self._rest_bytes > REST_BYTES_MOST:
                self.transport.abort()
        super().data_received(data)
        if self._in_head and self._head_bytes > 2 * HEAD_BYTES_MOST and not self.transport.is_closing():
            self.send_400_response("Request head too large.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._deadline is None:
            self._wait_for(self._deadlines.head_s)
        self.scope["state"]["abort"] = self.transport.abort

    def on_headers_complete(self) -> None:
        if not self.url.startswith(b"/"):
            raise ValueError("only the path of a request is taken")
        if len(self.headers) > 2 * FIELDS_MOST:
            raise ValueError("too many header fields")
        self._in_head, self._in_body = False, True
        self._head_bytes = self._rest_bytes = 0
        self._wait_for(None)
        super().on_headers_complete()
        if self.parser.should_upgrade():
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        self._in_head, self._in_body = True, False
        self._wait_for(None)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._in_body:
            self._wait_for(self._deadlines.rest_s)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._wait_for_reader(self._deadlines.reader_s)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._wait_for_reader(None)

    def _unsupported_upgrade_warning(self) -> None:
        """An offer of another protocol is declined by answering in this one (RFC 9110 section 7.8)."""

    def _wait_for(self, patience_s: float | None) -> None:
        """Drop the connection unless what is waited for comes within so many seconds."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None if patience_s is None else self.loop.call_later(patience_s, self.transport.abort)

    def _wait_for_reader(self, patience_s: float | None) -> None:
        if self._reader_deadline is not None:
            self._reader_deadline.cancel()
        self._reader_deadline = None if patience_s is None else self.loop.call_later(patience_s, self.transport.abort)
