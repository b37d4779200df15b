"""A request whose fields can be taken by another text, one at a time."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import quote, urlencode

Place = Literal["path", "query", "header", "body"]
Spot = tuple[Place, tuple[str, ...]]
CSRF = "csrf_token"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A call as it would be right; `{names}` in its path are filled from `values`. A body is a form or JSON."""

    method: str
    path: str
    values: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    is_form: bool = False
    spots: tuple[Spot, ...] = ()

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def attacked(self, spot: Spot, text: str) -> "Request":
        """The same with a text in one of its fields."""
        place, names = spot
        match place:
            case "path":
                return replace(self, values={**self.values, names[0]: text})
            case "query":
                return replace(self, query={**self.query, names[0]: text})
            case "header":
                return replace(self, headers={**self.headers, names[0]: text})
            case "body":
                return replace(self, body=_with(self.body or {}, names, text))

    @property
    def target(self) -> str:
        path = self.path
        for name, value in self.values.items():
            path = path.replace("{" + name + "}", quote(value, safe="", errors="surrogatepass"))
        return f"{path}?{urlencode(self.query, errors='surrogatepass')}" if self.query else path

    @property
    def content(self) -> bytes:
        if self.body is None:
            return b""
        return urlencode(self.body, errors="surrogatepass").encode() if self.is_form else json.dumps(self.body).encode()

    @property
    def lines(self) -> Iterator[tuple[str, bytes]]:
        """The headers, as bytes; what would end a line is left out, for then it were another request."""
        kind = "application/x-www-form-urlencoded" if self.is_form else "application/json"
        for name, value in {"Content-Type": kind, **self.headers}.items():
            yield name, value.encode("utf-8", "surrogatepass").replace(b"\r", b"").replace(b"\n", b"")


def _with(body: Mapping[str, Any], names: tuple[str, ...], text: str) -> dict[str, Any]:
    name, *rest = names
    if not rest:
        return {**body, name: [text] if isinstance(body.get(name), list) else text}
    inner = body.get(name)
    return {**body, name: _with(inner if isinstance(inner, dict) else {}, tuple(rest), text)}
