"""A request as a stand-in reads it, and what it answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_REFUSAL = "<html><head><title>{0}</title></head><body><h1>{1} {0}</h1></body></html>"
_PHRASES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client asked for; `path` is decoded, header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    host: str
    target: str = ""
    """The path and query as they were written."""

    def plex(self, name: str) -> str | None:
        """`X-Plex-NAME`, which may be a header or an argument of the query."""
        spoken = f"X-Plex-{name}"
        return self.headers.get(spoken.lower()) or self.query.get(spoken)

    @property
    def token(self) -> str | None:
        return self.plex("Token")

    @property
    def wants_json(self) -> bool:
        """XML is Plex's habit; JSON comes only to who asks for it."""
        return "application/json" in self.headers.get("accept", "")

    @property
    def told(self) -> dict[str, Any]:
        """The JSON of the body."""
        told: dict[str, Any] = json.loads(self.body or b"{}")
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int = 200
    body: bytes = b""
    media_type: str = "text/html"
    headers: Mapping[str, str] = field(default_factory=dict)


def refusal(status: int) -> Reply:
    """A media server refuses in HTML, whatever was asked for."""
    return Reply(status=status, body=_REFUSAL.format(_PHRASES[status], status).encode())
