"""A program that is told by webhook, on a real socket: it keeps what came, and has troubles like every stand-in.

with WebhookSink() as sink:
    sink.url("/hook")
    sink.told("/hook")                # the bodies that it took, as JSON
    sink.trouble("/hook", fail=503)   # the fields of `tests.fakes.plex.troubles.Trouble`; `calm()`
"""

import json
from typing import Any

from tests.fakes.plex.messages import Reply, Request
from tests.fakes.plex.wire import Service


class WebhookSink(Service):
    """Takes every POST."""

    def __init__(self) -> None:
        super().__init__("127.0.0.1")
        self.repeats = False
        """Refuses, and says what it was asked for."""

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.doors[0].port

    def url(self, path: str) -> str:
        return self.base + path

    def answer(self, request: Request) -> Reply:
        if self.repeats:
            return Reply(status=422, body=f"no {self.url(request.path)}".encode(), media_type="text/plain")
        return Reply(body=b"thank you", media_type="text/plain") if request.method == "POST" else Reply(status=405)

    def told(self, path: str) -> list[dict[str, Any]]:
        with self.lock:
            taken = [hit.request for hit in self.hits if hit.request.path == path and hit.status == 200]
        return [json.loads(request.body) for request in taken]
