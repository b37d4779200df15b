"""What is not allowed is refused, in words, before anything is connected to."""

import asyncio
from collections.abc import Sequence

import pytest

from medianest.core import outbound
from medianest.downloads.egress.connection import Limits
from medianest.downloads.egress.passes import Pass
from medianest.downloads.failure_sentences import BLOCKED_REASON
from tests.downloads.egress.conftest import House, Reply, authorisation, connect, get, says, silence, sized
from tests.fakes.canary import Canary

FORMS = [
    "127.0.0.1",
    "127.1",
    "127.0.0.1.",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "2130706433",
    "0",
    "0.0.0.0",
    "localhost",
    "LOCALHOST.",
    "any.localhost",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
]


def is_blocked(reply: Reply) -> bool:
    return (reply.status, reply.reason, reply.headers.get("x-medianest-blocked")) == (403, BLOCKED_REASON, "1")


@pytest.mark.parametrize("form", FORMS)
async def test_a_private_address_is_refused_in_every_written_form(
    house: House, job: Pass, canary: Canary, form: str
) -> None:
    address = f"{form}:{canary.port}"
    for request in (get(job, address), connect(job, address)):
        client = await house.client()
        assert is_blocked(await client.ask(request))
        assert await client.is_closed()
    assert len(job.blocked) == 2
    assert job.blocked[0].endswith(f":{canary.port}")
    assert canary.connections == 0


@pytest.mark.parametrize(
    "answers",
    [["127.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["127.0.0.1", "93.184.216.34"], ["::ffff:127.0.0.1"], ["::1"]],
)
async def test_a_name_with_one_private_address_is_refused(
    house: House, job: Pass, canary: Canary, answers: Sequence[str]
) -> None:
    house.names.known["rebind.example"] = answers
    client = await house.client()
    assert is_blocked(await client.ask(connect(job, f"rebind.example:{canary.port}")))
    assert job.blocked == [f"rebind.example:{canary.port}"]
    assert canary.connections == 0


async def test_a_name_that_changed_since_the_door_is_refused(house: House, job: Pass, canary: Canary) -> None:
    house.names.known["rebind.example"] = ["93.184.216.34"]
    url = outbound.check_url(f"http://rebind.example:{canary.port}/")
    await outbound.resolve_public(url.host, url.port, ask=house.names)
    house.names.known["rebind.example"] = ["127.0.0.1"]
    client = await house.client()
    assert is_blocked(await client.ask(get(job, f"rebind.example:{canary.port}")))
    assert canary.connections == 0


async def test_the_address_that_was_checked_is_the_one_connected_to(house: House, job: Pass, canary: Canary) -> None:
    site = await house.site(says(sized(b"checked")))
    house.allow("flip.example", site.port)

    class Flip(dict[str, Sequence[str] | None]):
        def __getitem__(self, host: str) -> Sequence[str]:
            return ["127.0.0.1"] if len(house.names.asked) == 1 else [canary.host]

    house.names.known = Flip({"flip.example": []})
    client = await house.client()
    assert (await client.ask(get(job, f"flip.example:{site.port}"))).body == b"checked"
    assert house.names.asked == ["flip.example"]


async def test_a_redirect_into_the_house_is_refused_when_it_is_followed(
    house: House, job: Pass, canary: Canary
) -> None:
    site = await house.site(
        says(b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % canary.url().encode())
    )
    client = await house.client()
    location = (await client.ask(get(job, site.address))).headers["location"]
    assert is_blocked(await client.ask(get(job, location.removeprefix("http://").partition("/")[0])))
    assert canary.connections == 0


async def test_an_allowed_pair_does_not_open_its_neighbours(house: House, job: Pass, canary: Canary) -> None:
    site = await house.site(says(sized(b"allowed")))
    house.names.known["evil.example"] = ["127.0.0.1"]
    for address in (f"localhost:{site.port}", f"[::1]:{site.port}", f"evil.example:{site.port}", canary.address):
        client = await house.client()
        assert is_blocked(await client.ask(get(job, address)))
    assert (site.connections, canary.connections) == (0, 0)


async def test_the_proxy_does_not_connect_to_itself(house: House, job: Pass) -> None:
    house.allow("127.0.0.1", house.egress.port)
    house.allow("self.example", house.egress.port)
    house.names.known["self.example"] = ["127.0.0.1"]
    for host in ("127.0.0.1", "self.example"):
        client = await house.client()
        assert is_blocked(await client.ask(connect(job, f"{host}:{house.egress.port}")))


async def test_a_site_cannot_pretend_to_be_a_refusal(house: House, job: Pass) -> None:
    site = await house.site(says(b"HTTP/1.1 403 No\r\nX-MediaNest-Blocked: 1\r\nContent-Length: 0\r\n\r\n"))
    client = await house.client()
    assert "x-medianest-blocked" not in (await client.ask(get(job, site.address))).headers
    assert job.blocked == []


async def test_a_new_policy_holds_from_the_next_request_on(house: House, job: Pass) -> None:
    site = await house.site(says(sized(b"")))
    client = await house.client()
    assert (await client.ask(get(job, site.address))).status == 200
    house.egress.policy = outbound.AddressPolicy.typed()
    assert is_blocked(await client.ask(get(job, site.address)))


def forged(text: str) -> str:
    return authorisation(type("Forged", (), {"username": text.partition(":")[0], "password": text.partition(":")[2]})())


async def test_nobody_passes_without_the_credentials_of_a_job(house: House) -> None:
    site = await house.site(says(sized(b"secret")))
    mine, other = house.egress.open_pass("mine"), house.egress.open_pass("other")
    house.egress.close_pass("other")
    wrong = [
        "X: y",
        forged(f"{mine.username}:wrong"),
        forged(f"{mine.username}:{mine.password}x"),
        forged(f"{mine.username}:{other.password}"),
        forged(f"{other.username}:{mine.password}"),
        forged(f"{other.username}:{other.password}"),
        forged(f"{mine.username}:"),
        forged(":"),
        authorisation(mine).replace("Basic", "Bearer"),
        authorisation(mine).replace("Proxy-", ""),
    ]
    for header in wrong:
        for request in (f"GET http://{site.address}/ HTTP/1.1", f"CONNECT {site.address} HTTP/1.1"):
            client = await house.client()
            reply = await client.ask(f"{request}\r\n{header}\r\n\r\n".encode())
            assert reply.status == 407
            assert reply.headers["proxy-authenticate"] == 'Basic realm="MediaNest"'
            assert await client.is_closed()
    assert site.connections == 0
    assert house.metric('medianest_egress_requests_total{result="unauthorised"}') == 2 * len(wrong)


async def test_a_connection_belongs_to_one_job(house: House) -> None:
    site = await house.site(says(sized(b"film")))
    mine, other = house.egress.open_pass("mine"), house.egress.open_pass("other")
    client = await house.client()
    assert (await client.ask(get(mine, site.address))).status == 200
    assert (await client.ask(get(other, site.address))).status == 407
    assert other.bytes == 0


async def test_opening_a_pass_again_ends_the_earlier_one(house: House) -> None:
    site = await house.site(silence)
    earlier = house.egress.open_pass("job")
    client = await house.client()
    await client.tunnel(earlier, site.address)
    later = house.egress.open_pass("job")
    assert await client.is_reset()
    assert (earlier.username, earlier.password) != (later.username, later.password)
    assert (await (await house.client()).ask(get(earlier, site.address))).status == 407


@pytest.mark.parametrize(
    ("framing", "body"),
    [
        (["Content-Length: 4", "Transfer-Encoding: chunked"], b"0\r\n\r\nGET /admin HTTP/1.1\r\n\r\n"),
        (["Content-Length: 0", "Content-Length: 30"], b""),
        (["Transfer-Encoding: xchunked"], b"0\r\n\r\n"),
        (["Transfer-Encoding : chunked"], b"0\r\n\r\n"),
        (["X: a\nTransfer-Encoding: chunked"], b"0\r\n\r\n"),
        ([" Transfer-Encoding: chunked"], b"0\r\n\r\n"),
    ],
)
async def test_a_request_of_unclear_length_reaches_no_site(
    house: House, job: Pass, framing: list[str], body: bytes
) -> None:
    site = await house.site(says(sized(b"smuggled")))
    client = await house.client()
    reply = await client.ask(get(job, site.address, "/", *framing, method="POST") + body)
    assert reply.status == 400
    assert await client.is_closed()
    assert site.connections == 0


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET http://example.org/ HTTP/1.1\nHost: x\n\n", 400),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 501),
        (b"GET https://example.org/ HTTP/1.1\r\n\r\n", 501),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"GET http://example.org/ HTTP/1.1\r\n" + b"A: b\r\n" * 101 + b"\r\n", 431),
        (b"GET http://example.org/ HTTP/1.1\r\nA: " + b"b" * 33_000 + b"\r\n\r\n", 431),
        (b"GET http://example.org/" + b"b" * 33_000, 431),
    ],
)
async def test_a_head_that_is_none_is_refused_in_words(house: House, raw: bytes, status: int) -> None:
    client = await house.client()
    reply = await client.ask(raw)
    assert reply.status == status
    assert reply.body.startswith(b"MediaNest: ")
    assert await client.is_closed()


@pytest.mark.parametrize("limits", [Limits(head_s=0.2, sweep_s=0.02)])
async def test_a_head_that_drips_is_given_up(house: House, job: Pass) -> None:
    client = await house.client()
    answered = asyncio.create_task(client.reply())
    for byte in get(job, "example.org"):
        client.send(bytes([byte]))
        if answered in (await asyncio.wait([answered], timeout=0.01))[0]:
            break
    assert (await answered).status == 408


@pytest.mark.parametrize("limits", [Limits(head_s=0.2, sweep_s=0.02)])
async def test_a_client_with_nothing_to_ask_is_let_go_quietly(house: House, job: Pass) -> None:
    site = await house.site(says(sized(b"film")))
    client = await house.client()
    assert (await client.ask(get(job, site.address))).status == 200
    assert await client.is_closed()
    assert await (await house.client()).is_closed()


@pytest.mark.parametrize("limits", [Limits(connections_of_a_pass=2)])
async def test_a_job_has_so_many_connections_at_once(house: House, job: Pass) -> None:
    site = await house.site(silence)
    clients = [await house.client() for _ in range(3)]
    for client in clients[:2]:
        await client.tunnel(job, site.address)
    assert (await clients[2].ask(connect(job, site.address))).status == 503
    other = await house.client()
    await other.tunnel(house.egress.open_pass("other"), site.address)


@pytest.mark.parametrize("limits", [Limits(connections=2)])
async def test_the_proxy_has_so_many_connections_at_once(house: House) -> None:
    clients = [await house.client() for _ in range(3)]
    assert await clients[2].is_closed()
    assert house.metric("medianest_egress_connections") == 2


@pytest.mark.parametrize("address", ["unknown.example:80", "127.0.0.1:1"])
async def test_a_site_that_is_not_there_is_told_apart_from_a_refusal(house: House, job: Pass, address: str) -> None:
    house.allow("127.0.0.1", 1)
    for request in (get(job, address), connect(job, address)):
        reply = await (await house.client()).ask(request)
        assert reply.status == 502
        assert "x-medianest-blocked" not in reply.headers
    assert job.blocked == []


@pytest.mark.parametrize("limits", [Limits(resolve_s=0.05)])
async def test_a_resolver_that_hangs_is_given_up(house: House, job: Pass) -> None:
    house.names.known["slow.example"] = None
    assert (await (await house.client()).ask(get(job, "slow.example"))).status == 502


async def test_a_refusal_is_heard_although_the_body_was_not(house: House, job: Pass, canary: Canary) -> None:
    body = b"x" * 700_000
    client = await house.client()
    client.send(get(job, canary.address, "/", f"Content-Length: {len(body)}", method="POST") + body)
    client.writer.write_eof()
    await client.writer.drain()
    assert is_blocked(await client.reply())


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\n" + b"A: " + b"b" * 33_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b",
    ],
)
async def test_an_answer_that_is_none_is_said_to_be_none(house: House, job: Pass, answer: bytes) -> None:
    site = await house.site(says(answer))
    assert (await (await house.client()).ask(get(job, site.address))).status == 502


def test_passes_are_shown_without_their_secrets(job: Pass) -> None:
    assert job.password in job.proxy_url
    assert job.password not in repr(job)
