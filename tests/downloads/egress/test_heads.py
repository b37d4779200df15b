"""What is understood of a request and of an answer, and what goes on to the other side."""

import base64

import pytest

from medianest.downloads.egress.heads import BadHead, Framing, parse_answer, parse_request


def head(first: str, *headers: str) -> bytes:
    return "\r\n".join([first, *headers, "", ""]).encode("latin-1")


@pytest.mark.parametrize(
    ("first", "method", "host", "port", "path"),
    [
        ("GET http://example.org/a?b=c HTTP/1.1", "GET", "example.org", 80, "/a?b=c"),
        ("GET http://example.org HTTP/1.1", "GET", "example.org", 80, "/"),
        ("GET http://example.org?x HTTP/1.1", "GET", "example.org", 80, "/?x"),
        ("POST HTTP://Example.ORG.:8080/ HTTP/1.1", "POST", "example.org", 8080, "/"),
        ("GET http://127.1/@x:y HTTP/1.1", "GET", "127.0.0.1", 80, "/@x:y"),
        ("GET http://[::FFFF:7f00:1]:81/ HTTP/1.1", "GET", "::ffff:7f00:1", 81, "/"),
        ("CONNECT example.org:443 HTTP/1.1", "CONNECT", "example.org", 443, ""),
        ("CONNECT [2606:4700::1111]:443 HTTP/1.1", "CONNECT", "2606:4700::1111", 443, ""),
        ("CONNECT 2130706433:443 HTTP/1.0", "CONNECT", "127.0.0.1", 443, ""),
    ],
)
def test_a_request_names_where_it_wants_to_go(first: str, method: str, host: str, port: int, path: str) -> None:
    request = parse_request(head(first, "Host: somewhere.else"))
    assert (request.method, request.host, request.port, request.path) == (method, host, port, path)
    assert request.is_tunnel == (method == "CONNECT")


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (head(""), 400),
        (head("GET"), 400),
        (head("GET http://example.org/"), 400),
        (head("GET  http://example.org/ HTTP/1.1"), 400),
        (head("GET http://example.org/ HTTP/1.1 x"), 400),
        (head("GET http://example.org/a b HTTP/1.1"), 400),
        (head("GET http://example.org/#x HTTP/1.1"), 400),
        (head("GET http://example.org/\x00 HTTP/1.1"), 400),
        (head("G(T http://example.org/ HTTP/1.1"), 400),
        (head("GET / HTTP/1.1"), 501),
        (head("GET https://example.org/ HTTP/1.1"), 501),
        (head("GET ftp://example.org/ HTTP/1.1"), 501),
        (head("GET http:///x HTTP/1.1"), 400),
        (head("GET http://user@example.org/ HTTP/1.1"), 400),
        (head("GET http://example.org:0/ HTTP/1.1"), 400),
        (head("GET http://a%62c/ HTTP/1.1"), 400),
        (head("GET http://example.org/ HTTP/1.0"), 505),
        (head("GET http://example.org/ HTTP/2"), 505),
        (head("CONNECT example.org HTTP/1.1"), 400),
        (head("CONNECT http://example.org:443/ HTTP/1.1"), 400),
        (head("CONNECT user@example.org:443 HTTP/1.1"), 400),
        (head("CONNECT example.org:443/x HTTP/1.1"), 400),
        (head("GET http://example.org/ HTTP/1.1", "Host: a", "Host: b"), 400),
        (head("GET http://example.org/ HTTP/1.1", "no colon"), 400),
        (head("GET http://example.org/ HTTP/1.1", "Name : x"), 400),
        (head("GET http://example.org/ HTTP/1.1", ": x"), 400),
        (head("GET http://example.org/ HTTP/1.1", "A: b", " folded"), 400),
        (head("GET http://example.org/ HTTP/1.1", "A: b\rC: d"), 400),
        (head("GET http://example.org/ HTTP/1.1", "A: b\x00"), 400),
        (head("GET http://example.org/ HTTP/1.1", *["A: b"] * 101), 431),
        (b"GET http://example.org/ HTTP/1.1\nHost: a\n\n", 400),
        (b"GET http://example.org/ HTTP/1.1\r\nA: b\nC: d\r\n\r\n", 400),
        (b"GET http://example.org/ HTTP/1.1\r\nA: b\n\r\n", 400),
        (b"\r\nGET http://example.org/ HTTP/1.1\r\n\r\n", 400),
        (head("POST http://e.org/ HTTP/1.1", "Content-Length: 5", "Transfer-Encoding: chunked"), 400),
        (head("POST http://e.org/ HTTP/1.1", "Content-Length: 5", "Content-Length: 5"), 400),
        (head("POST http://e.org/ HTTP/1.1", "Content-Length: 5", "Content-Length: 6"), 400),
        (head("POST http://e.org/ HTTP/1.1", "Content-Length: 5, 5"), 400),
        (head("POST http://e.org/ HTTP/1.1", "Content-Length: +5"), 400),
        (head("POST http://e.org/ HTTP/1.1", "Content-Length: 0x5"), 400),
        (head("POST http://e.org/ HTTP/1.1", "Content-Length:"), 400),
        (head("POST http://e.org/ HTTP/1.1", "Content-Length: \xb2"), 400),
        (head("POST http://e.org/ HTTP/1.1", "Transfer-Encoding: gzip, chunked"), 400),
        (head("POST http://e.org/ HTTP/1.1", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), 400),
        (head("POST http://e.org/ HTTP/1.1", "Transfer-Encoding: xchunked"), 400),
        (head("POST http://e.org/ HTTP/1.1", "Transfer-Encoding:"), 400),
    ],
)
def test_a_request_that_two_programs_could_read_differently_is_refused(raw: bytes, status: int) -> None:
    with pytest.raises(BadHead) as caught:
        parse_request(raw)
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([], Framing(length=0)),
        (["Content-Length: 7"], Framing(length=7)),
        (["Transfer-Encoding: Chunked"], Framing(chunked=True)),
    ],
)
def test_the_length_of_a_request_is_known(headers: list[str], body: Framing) -> None:
    assert parse_request(head("POST http://example.org/ HTTP/1.1", *headers)).body == body


def basic(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("headers", "credentials"),
    [
        ([], None),
        ([f"Proxy-Authorization: Basic {basic('me:a:b')}"], ("me", "a:b")),
        ([f"proxy-authorization: bAsIc   {basic('me:secret')}"], ("me", "secret")),
        ([f"Proxy-Authorization: Bearer {basic('me:secret')}"], None),
        ([f"Proxy-Authorization: Basic {basic('nocolon')}"], None),
        (["Proxy-Authorization: Basic !!!"], None),
        (["Proxy-Authorization: Basic /w=="], None),
        ([f"Authorization: Basic {basic('me:secret')}"], None),
        ([f"Proxy-Authorization: Basic {basic('a:b')}", f"Proxy-Authorization: Basic {basic('c:d')}"], None),
    ],
)
def test_credentials_are_read_from_one_header(headers: list[str], credentials: tuple[str, str] | None) -> None:
    assert parse_request(head("GET http://example.org/ HTTP/1.1", *headers)).credentials() == credentials


def test_a_site_gets_no_header_that_was_for_the_proxy() -> None:
    request = parse_request(
        head(
            "POST http://example.org:8080/a HTTP/1.1",
            "Host: other.example",
            f"Proxy-Authorization: Basic {basic('me:secret')}",
            "Proxy-Connection: keep-alive",
            "Connection: keep-alive, X-Secret",
            "X-Secret: 1",
            "Keep-Alive: 5",
            "TE: trailers",
            "Upgrade: h2c",
            "Expect: 100-continue",
            "Content-Length: 3",
            "Range: bytes=0-",
            "Cookie: a=b",
        )
    )
    assert request.to_site() == head(
        "POST /a HTTP/1.1",
        "Host: example.org:8080",
        "Range: bytes=0-",
        "Cookie: a=b",
        "Content-Length: 3",
        "Connection: close",
    )
    assert request.expects_continue


def test_the_host_header_is_of_the_address_that_was_checked() -> None:
    for url, host in (("http://127.1/", "127.0.0.1"), ("http://[::1]/", "[::1]"), ("http://[::1]:81/", "[::1]:81")):
        assert f"Host: {host}\r\n".encode() in parse_request(head(f"GET {url} HTTP/1.1", "Host: x")).to_site()


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], True),
        (["Connection: close"], False),
        (["Proxy-Connection: Close"], False),
        (["Connection: a, close"], False),
    ],
)
def test_a_connection_is_kept_unless_the_client_closes_it(headers: list[str], expected: bool) -> None:
    assert parse_request(head("GET http://example.org/ HTTP/1.1", *headers)).keep_alive is expected


@pytest.mark.parametrize(
    ("to", "first", "headers", "body"),
    [
        ("GET", "HTTP/1.1 200 OK", ["Content-Length: 5"], Framing(length=5)),
        ("GET", "HTTP/1.1 200 OK", ["Content-Length: 5", "content-length: 5"], Framing(length=5)),
        ("GET", "HTTP/1.0 200", [], Framing()),
        ("GET", "HTTP/1.1 200 OK", ["Transfer-Encoding: chunked"], Framing(chunked=True)),
        ("GET", "HTTP/1.1 200 OK", ["Transfer-Encoding: chunked", "Content-Length: 5"], Framing(chunked=True)),
        ("HEAD", "HTTP/1.1 200 OK", ["Content-Length: 5"], Framing(length=0)),
        ("GET", "HTTP/1.1 204 No Content", [], Framing(length=0)),
        ("GET", "HTTP/1.1 304 Not Modified", ["Content-Length: 5"], Framing(length=0)),
        ("GET", "HTTP/1.1 103 Early Hints", [], Framing(length=0)),
    ],
)
def test_the_length_of_an_answer_is_known(to: str, first: str, headers: list[str], body: Framing) -> None:
    assert parse_answer(head(first, *headers), to=to).body == body


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        head("ICY 200 OK"),
        head("HTTP/1.1 2000 OK"),
        head("HTTP/1.1 099 OK"),
        head("HTTP/2 200"),
        head("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket"),
        head("HTTP/1.1 200 OK", "Content-Length: 5", "Content-Length: 6"),
        head("HTTP/1.1 200 OK", "Content-Length: five"),
        head("HTTP/1.1 200 OK", "Transfer-Encoding: gzip, chunked"),
        head("HTTP/1.1 200 OK", *["A: b"] * 101),
        head("HTTP/1.1 200 O\x00K"),
    ],
)
def test_an_answer_that_cannot_be_read_is_refused(raw: bytes) -> None:
    with pytest.raises(BadHead):
        parse_answer(raw, to="GET")


def test_a_client_gets_an_answer_that_can_be_read_in_one_way_only() -> None:
    raw = (
        b"HTTP/1.0 200 Fine\nContent-Length: 9\r\nTransfer-Encoding: chunked\nBad Name: x\nX: a\rb\n folded\n"
        b"Connection: keep-alive, X-Hop\nX-Hop: 1\nProxy-Authenticate: Basic\nX-MediaNest-Blocked: 1\n"
        b"Set-Cookie: a\nSet-Cookie: b\n\n"
    )
    assert parse_answer(raw, to="GET").to_client(keep_alive=False) == head(
        "HTTP/1.1 200 Fine", "Set-Cookie: a", "Set-Cookie: b", "Transfer-Encoding: chunked", "Connection: close"
    )


def test_an_answer_to_head_keeps_the_length_it_speaks_of() -> None:
    answer = parse_answer(head("HTTP/1.1 200 OK", "Content-Length: 5"), to="HEAD")
    assert answer.to_client(keep_alive=True) == head("HTTP/1.1 200 OK", "Content-Length: 5", "Connection: keep-alive")
