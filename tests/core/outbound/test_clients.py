"""HTTP clients for upstreams, against real servers that behave badly."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from medianest.core.circuit import Ended, Outcome
from medianest.core.outbound import AddressPolicy, Blocked
from medianest.core.outbound.clients import AnswerRefused, CallLimits, client, outcome

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Serve = Callable[..., Awaitable["Server"]]


class Server:
    """A server that reads a request and does what it was told; counts who came."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self.requests: list[bytes] = []
        self.connections = 0

    async def start(self, *, tls: ssl.SSLContext | None = None) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        self.port: int = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            self.requests.append(await reader.readuntil(b"\r\n\r\n"))
            await self._talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def stop(self) -> None:
        self._server.close()
        await self._server.wait_closed()


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    servers: list[Server] = []

    async def start(talk: Talk, *, tls: ssl.SSLContext | None = None) -> Server:
        server = Server(talk)
        await server.start(tls=tls)
        servers.append(server)
        return server

    yield start
    for server in servers:
        await server.stop()


def says(answer: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    return talk


def sized(body: bytes, *headers: str) -> bytes:
    head = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


def self_signed(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for a name, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


def upstream(port: int) -> AddressPolicy:
    return AddressPolicy.upstream("127.0.0.1", port)


async def test_a_configured_upstream_on_this_machine_answers(serve: Serve) -> None:
    server = await serve(says(sized(b'{"ok": true}')))
    async with client(upstream(server.port), base_url=f"http://127.0.0.1:{server.port}/api") as http:
        assert (await http.get("/status", params={"a": "1"})).json() == {"ok": True}
    assert server.requests[0].startswith(b"GET /api/status?a=1 HTTP/1.1\r\n")


async def test_another_address_than_the_configured_one_is_never_connected_to(serve: Serve) -> None:
    canary = await serve(says(sized(b"")))
    async with client(upstream(canary.port + 1 if canary.port < 65535 else 1)) as http:
        for host in ("127.0.0.1", "127.1", "2130706433", "localhost", "[::ffff:127.0.0.1]"):
            with pytest.raises(Blocked):
                await http.get(f"http://{host}:{canary.port}/")
    async with client(AddressPolicy.typed()) as http:
        with pytest.raises(Blocked):
            await http.get(f"http://127.0.0.1:{canary.port}/")
    assert canary.connections == 0


async def test_a_name_that_becomes_private_is_not_connected_to(serve: Serve) -> None:
    canary = await serve(says(sized(b"")))
    answers = iter([["93.184.216.34", "127.0.0.1"], ["127.0.0.1"]])

    async def ask(host: str, port: int) -> Sequence[str]:
        return next(answers)

    async with client(AddressPolicy.typed(), ask=ask) as http:
        for _ in range(2):
            with pytest.raises(Blocked):
                await http.get(f"http://rebind.example:{canary.port}/")
    assert canary.connections == 0


async def test_the_next_answer_is_tried_when_one_does_not_listen(serve: Serve) -> None:
    server = await serve(says(sized(b"here")))

    async def ask(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.2", "127.0.0.1"]

    async with client(AddressPolicy.upstream("nas.lan", server.port), ask=ask) as http:
        assert (await http.get(f"http://nas.lan:{server.port}/")).text == "here"
    assert f"Host: nas.lan:{server.port}".encode() in server.requests[0]


async def test_redirects_are_not_followed(serve: Serve) -> None:
    canary = await serve(says(sized(b"")))
    server = await serve(
        says(f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{canary.port}/\r\nContent-Length: 0\r\n\r\n".encode())
    )
    async with client(upstream(server.port)) as http:
        assert (await http.get(f"http://127.0.0.1:{server.port}/")).status_code == 302
    assert canary.connections == 0


async def test_a_proxy_of_the_environment_is_not_heeded(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    canary = await serve(says(sized(b"proxied")))
    server = await serve(says(sized(b"direct")))
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
    async with client(upstream(server.port)) as http:
        assert (await http.get(f"http://127.0.0.1:{server.port}/")).text == "direct"
    assert canary.connections == 0


@pytest.mark.parametrize("declared", [True, False])
async def test_an_answer_that_is_too_large_is_given_up(serve: Serve, declared: bool) -> None:
    body = b"x" * 5000
    server = await serve(says(sized(body) if declared else b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body))
    async with client(upstream(server.port), limits=CallLimits(body_bytes=4999)) as http:
        with pytest.raises(AnswerRefused):
            await http.get(f"http://127.0.0.1:{server.port}/")
    async with client(upstream(server.port), limits=CallLimits(body_bytes=5000)) as http:
        assert len((await http.get(f"http://127.0.0.1:{server.port}/")).content) == 5000


async def test_a_packed_answer_is_refused_before_it_can_grow(serve: Serve) -> None:
    server = await serve(says(sized(gzip.compress(b"0" * 10_000_000), "Content-Encoding: gzip")))
    async with client(upstream(server.port), headers={"Accept-Encoding": "gzip"}) as http:
        with pytest.raises(AnswerRefused):
            await http.get(f"http://127.0.0.1:{server.port}/")
    assert b"Accept-Encoding: identity\r\n" in server.requests[0]


async def test_an_upstream_that_never_answers_is_given_up(serve: Serve) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    server = await serve(silent)
    async with client(upstream(server.port), limits=CallLimits(first_byte_s=0.05)) as http:
        with pytest.raises(httpx.ReadTimeout):
            await http.get(f"http://127.0.0.1:{server.port}/")


@pytest.mark.parametrize("opening", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"])
async def test_an_answer_that_drips_is_given_up_in_the_end(serve: Serve, opening: bytes) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(opening)
        gone = asyncio.create_task(reader.read())
        while not gone.done():
            writer.write(b"x")
            await asyncio.wait([gone], timeout=0.01)

    server = await serve(drip)
    limits = CallLimits(first_byte_s=0.2, total_s=0.3)
    async with client(upstream(server.port), limits=limits) as http:
        with pytest.raises(httpx.ReadTimeout):
            await http.get(f"http://127.0.0.1:{server.port}/")


async def test_a_resolver_that_hangs_counts_against_the_connection(serve: Serve) -> None:
    async def ask(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        raise AssertionError

    async with client(AddressPolicy.upstream("nas.lan", 80), limits=CallLimits(connect_s=0.05), ask=ask) as http:
        with pytest.raises(httpx.ConnectTimeout):
            await http.get("http://nas.lan/")


async def test_tls_is_verified_against_the_name_although_the_address_is_connected_to(
    serve: Serve, tmp_path: Path
) -> None:
    certificate, key = self_signed(tmp_path, "nas.lan")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = await serve(says(sized(b"secret")), tls=context)
    trust = ssl.create_default_context(cafile=str(certificate))

    async def ask(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async def fetch(host: str) -> str:
        policy = AddressPolicy.upstream(host, server.port)
        async with client(policy, verify=trust, ask=ask) as http:
            return (await http.get(f"https://{host}:{server.port}/")).text

    assert await fetch("nas.lan") == "secret"
    with pytest.raises(httpx.ConnectError, match="certificate"):
        await fetch("other.lan")


@pytest.mark.parametrize(
    ("status", "retry_after", "expected"),
    [
        (200, None, Outcome(ended=Ended.WELL)),
        (302, None, Outcome(ended=Ended.WELL)),
        (404, None, Outcome(ended=Ended.WELL)),
        (401, None, Outcome(ended=Ended.UNAUTHORISED)),
        (403, None, Outcome(ended=Ended.UNAUTHORISED)),
        (429, None, Outcome(ended=Ended.THROTTLED)),
        (429, "120", Outcome(ended=Ended.THROTTLED, retry_after_s=120.0)),
        (429, "soon", Outcome(ended=Ended.THROTTLED)),
        (503, "7", Outcome(ended=Ended.THROTTLED, retry_after_s=7.0)),
        (503, None, Outcome(ended=Ended.FAILED)),
        (500, "7", Outcome(ended=Ended.FAILED)),
    ],
)
def test_an_answer_teaches_the_circuit(status: int, retry_after: str | None, expected: Outcome) -> None:
    headers = {"Retry-After": retry_after} if retry_after else {}
    assert outcome(httpx.Response(status, headers=headers)) == expected


def test_retry_after_may_be_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    past = format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)
    answers = [outcome(httpx.Response(429, headers={"Retry-After": moment})) for moment in (later, past)]
    assert answers[0].retry_after_s == pytest.approx(90, abs=5)
    assert answers[1].retry_after_s == 0.0


def test_no_answer_is_a_failure() -> None:
    assert outcome(httpx.ConnectTimeout("")).ended is Ended.FAILED
    assert outcome(AnswerRefused("")).ended is Ended.FAILED
