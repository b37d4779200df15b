"""Thirty ways in which an answer goes wrong, written onto the socket by hand."""

import gzip
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress

Fault = Callable[[socket.socket, threading.Event], None]
_JSON = "Content-Type: application/json"
_PIECE = b"[" + b"0," * 32_000


def _message(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    head = [f"HTTP/1.1 {status}", *(headers or (_JSON,)), f"Content-Length: {size}", "Connection: close", "", ""]
    return "\r\n".join(head).encode() + body


def _saying(message: bytes) -> Fault:
    def write(connection: socket.socket, _: threading.Event) -> None:
        with suppress(OSError):
            connection.sendall(message)

    return write


def _status(status: str, *headers: str, body: bytes = b"<h1>oh</h1>") -> Fault:
    return _saying(_message(body, "Content-Type: text/html", *headers, status=status))


def _body(body: bytes) -> Fault:
    return _saying(_message(body))


def _silent(connection: socket.socket, ending: threading.Event) -> None:
    ending.wait(60)


def _reset(connection: socket.socket, _: threading.Event) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _dripping(connection: socket.socket, ending: threading.Event) -> None:
    with suppress(OSError):
        connection.sendall(_message(b"", length=10_000))
        while not ending.wait(0.2):
            connection.sendall(b" ")


def _endless(connection: socket.socket, ending: threading.Event) -> None:
    """A hundred megabytes and more, as long as somebody reads."""
    with suppress(OSError):
        connection.sendall(f"HTTP/1.1 200 OK\r\n{_JSON}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        while not ending.is_set():
            connection.sendall(f"{len(_PIECE):x}\r\n".encode() + _PIECE + b"\r\n")


def _endless_head(connection: socket.socket, ending: threading.Event) -> None:
    with suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while not ending.is_set():
            connection.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")


FAULTS: Mapping[str, Fault] = {
    "silence": _silent,
    "reset": _reset,
    "closed at once": _saying(b""),
    "half a head": _saying(b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "half a body": _saying(_message(b'{"results": [', length=5000)),
    "drip": _dripping,
    "endless body": _endless,
    "endless head": _endless_head,
    "announced too large": _saying(_message(b"", length=10**12)),
    "no HTTP": _saying(b"220 mail.example ESMTP\r\n"),
    "garbage": _saying(bytes(range(128, 256)) * 8),
    "status 500": _status("500 Internal Server Error"),
    "status 502": _status("502 Bad Gateway"),
    "status 503 for a while": _status("503 Service Unavailable", "Retry-After: 30"),
    "status 504": _status("504 Gateway Timeout"),
    "status 429": _status("429 Too Many Requests", "Retry-After: 30"),
    "status 418": _status("418 I'm a teapot"),
    "redirect": _status("302 Found", "Location: http://169.254.169.254/latest"),
    "redirect to itself": _status("307 Temporary Redirect", "Location: /"),
    "page of HTML": _status("200 OK", body=b"<!DOCTYPE html><html><body>Sign in</body></html>"),
    "empty body": _body(b""),
    "cut JSON": _body(b'{"results": [{"id": 1'),
    "another type": _body(b'"hello"'),
    "null": _body(b"null"),
    "fields of other types": _body(b'{"id": {}, "results": 5, "pageInfo": [], "media": 3, "version": {}}'),
    "NaN": _body(b'{"id": NaN, "results": [NaN], "page": Infinity}'),
    "numbers beyond measure": _body(b'{"id": 1' + b"0" * 5000 + b', "results": {}}'),
    "deep JSON": _body(b"[" * 100_000),
    "no UTF-8": _body(b'{"version": "\xff\xfe", "results": "\xc3\x28"}'),
    "packed bomb": _saying(_message(gzip.compress(b"0" * 20_000_000), _JSON, "Content-Encoding: gzip")),
}
"""By name; all of them are answers to whatever was asked."""
