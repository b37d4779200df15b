"""What a client of the egress proxy asks and what a site answers: HTTP/1.1 heads, read strictly (RFC 9112).

A head that two programs could read differently is refused, for that is how requests are smuggled past a filter.
"""

import base64
import re
from dataclasses import dataclass

from medianest.core.outbound.addresses import host_in_url, split_host_port

HEADERS_MOST = 100

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER = re.compile(_TOKEN.pattern + r":[\t\x20-\x7e\x80-\xff]*")
_TARGET = re.compile(r"[\x21-\x22\x24-\x7e\x80-\xff]+")  # no space, no control, no fragment
_LENGTH = re.compile(r"[0-9]{1,15}")
_STATUS = re.compile(r"HTTP/1\.[01] ([1-9][0-9]{2})(?: ([\t\x20-\x7e\x80-\xff]*))?")
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "content-length"})
BLOCKED_HEADER = "X-MediaNest-Blocked"  # for the proxy alone to say


Headers = tuple[tuple[str, str], ...]


class BadHead(Exception):
    """A head that is not understood; `status` is how HTTP calls that."""

    def __init__(self, why: str, *, status: int = 400) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """How long a body is: `length` bytes, or in chunks, or to the end of the connection (both None and False)."""

    length: int | None = None
    chunked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client asks of the proxy; `path` is empty for a tunnel (CONNECT)."""

    method: str
    host: str
    port: int
    path: str
    headers: Headers
    body: Framing
    keep_alive: bool

    @property
    def is_tunnel(self) -> bool:
        return self.method == "CONNECT"

    @property
    def target(self) -> str:
        return f"{host_in_url(self.host)}:{self.port}"

    @property
    def expects_continue(self) -> bool:
        return _only(self.headers, "expect").lower() == "100-continue"

    def credentials(self) -> tuple[str, str] | None:
        """Name and password of Basic proxy authorisation (RFC 7617)."""
        scheme, _, encoded = _only(self.headers, "proxy-authorization").partition(" ")
        try:
            decoded = base64.b64decode(encoded.strip(), validate=True).decode()
        except ValueError:
            return None
        username, colon, password = decoded.partition(":")
        return (username, password) if scheme.lower() == "basic" and colon else None

    def to_site(self) -> bytes:
        """The head as the site gets it: for its origin, without what concerns the proxy, one request a connection."""
        host = host_in_url(self.host) if self.port == 80 else self.target
        kept = [(name, value) for name, value in _end_to_end(self.headers) if name.lower() not in ("host", "expect")]
        headers = [("Host", host), *kept, *_framing_headers(self.headers), ("Connection", "close")]
        return render(f"{self.method} {self.path} HTTP/1.1", headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a site answers."""

    status: int
    reason: str
    headers: Headers
    body: Framing

    @property
    def is_interim(self) -> bool:
        return self.status < 200

    def to_client(self, *, keep_alive: bool) -> bytes:
        """The head as the client gets it, written anew so that it can be read in one way only."""
        connection = [] if self.is_interim else [("Connection", "keep-alive" if keep_alive else "close")]
        headers = [*_end_to_end(self.headers), *_framing_headers(self.headers), *connection]
        return render(f"HTTP/1.1 {self.status} {self.reason}", headers)


def parse_request(raw: bytes) -> Request:
    """The head of a request to a proxy: CONNECT, or an absolute http address; raises `BadHead`."""
    first, lines = _split(raw)
    method, target = _request_line(first)
    headers = tuple(_header(line) for line in lines)
    if len(_values(headers, "host")) > 1:
        raise BadHead("two Host headers")
    host, port, path = _tunnel(target) if method == "CONNECT" else _origin(target)
    return Request(
        method=method,
        host=host,
        port=port,
        path=path,
        headers=headers,
        body=_request_framing(headers),
        keep_alive="close" not in _tokens(headers, "connection") | _tokens(headers, "proxy-connection"),
    )


def parse_answer(raw: bytes, *, to: str) -> Answer:
    """The head of a site's answer to the method `to`, as leniently as is safe; raises `BadHead`.

    Lines may end in LF alone, and what is no header is left out: the client only gets what was understood.
    """
    first, lines = _split(raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    found = _STATUS.fullmatch(first)
    if not found or found[1] == "101":
        raise BadHead("no answer in HTTP/1")
    headers = tuple(_header(line) for line in lines if _HEADER.fullmatch(line))
    status, framing = int(found[1]), _answer_framing(headers)
    if to == "HEAD" or status < 200 or status in (204, 304):
        framing = Framing(length=0)
    return Answer(status=status, reason=found[2] or "", headers=headers, body=framing)


def _request_line(line: str) -> tuple[str, str]:
    parts = line.split(" ")
    if len(parts) != 3 or not _TOKEN.fullmatch(parts[0]) or not _TARGET.fullmatch(parts[1]):
        raise BadHead("no request line")
    # The standard library of Python 3.11 asks for its tunnels in HTTP/1.0.
    if parts[2] != "HTTP/1.1" and (parts[0], parts[2]) != ("CONNECT", "HTTP/1.0"):
        raise BadHead("not HTTP/1.1", status=505)
    return parts[0], parts[1]


def _tunnel(target: str) -> tuple[str, int, str]:
    try:
        return *split_host_port(target), ""
    except ValueError as error:
        raise BadHead("no host and port") from error


def _origin(target: str) -> tuple[str, int, str]:
    scheme, _, after = target.partition("://")
    if scheme.lower() != "http":
        raise BadHead("only http addresses are fetched; others are tunnelled", status=501)
    place = re.search(r"[/?]", after)
    authority, rest = (after[: place.start()], after[place.start() :]) if place else (after, "")
    try:
        host, port = split_host_port(authority, default_port=80)
    except ValueError as error:
        raise BadHead("no host") from error
    return host, port, rest if rest.startswith("/") else f"/{rest}"


def _split(raw: bytes) -> tuple[str, list[str]]:
    first, *lines = raw.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    if len(lines) > HEADERS_MOST:
        raise BadHead("too many headers", status=431)
    return first, lines


def _header(line: str) -> tuple[str, str]:
    if not _HEADER.fullmatch(line):
        raise BadHead("no header")
    name, _, value = line.partition(":")
    return name, value.strip(" \t")


def _request_framing(headers: Headers) -> Framing:
    encodings, lengths = _values(headers, "transfer-encoding"), _values(headers, "content-length")
    if [value.lower() for value in encodings] == ["chunked"] and not lengths:
        return Framing(chunked=True)
    if encodings or len(lengths) > 1 or not all(_LENGTH.fullmatch(length) for length in lengths):
        raise BadHead("a body of unclear length")
    return Framing(length=int(lengths[0]) if lengths else 0)


def _answer_framing(headers: Headers) -> Framing:
    encodings, lengths = _values(headers, "transfer-encoding"), set(_values(headers, "content-length"))
    if [value.lower() for value in encodings] == ["chunked"]:
        return Framing(chunked=True)
    if encodings or len(lengths) > 1 or not all(_LENGTH.fullmatch(length) for length in lengths):
        raise BadHead("a body of unclear length")
    return Framing(length=int(lengths.pop()) if lengths else None)


def _framing_headers(headers: Headers) -> Headers:
    """What says where the body ends: chunks if there are any (then a length beside them is a lie), else the length."""
    if _values(headers, "transfer-encoding"):
        return (("Transfer-Encoding", "chunked"),)
    return tuple(("Content-Length", length) for length in _values(headers, "content-length")[:1])


def _end_to_end(headers: Headers) -> list[tuple[str, str]]:
    """The headers that are meant for the other end (RFC 9110, section 7.6.1)."""
    named = _tokens(headers, "connection") | _HOP_BY_HOP | {BLOCKED_HEADER.lower()}
    return [
        (name, value) for name, value in headers if name.lower() not in named and not name.lower().startswith("proxy-")
    ]


def _values(headers: Headers, wanted: str) -> list[str]:
    return [value for name, value in headers if name.lower() == wanted]


def _only(headers: Headers, wanted: str) -> str:
    values = _values(headers, wanted)
    return values[0] if len(values) == 1 else ""


def _tokens(headers: Headers, wanted: str) -> set[str]:
    return {token.strip().lower() for value in _values(headers, wanted) for token in value.split(",")}


def render(first: str, headers: list[tuple[str, str]]) -> bytes:
    lines = [first, *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1")
