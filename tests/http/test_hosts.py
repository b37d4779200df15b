"""Under which names the installation answers, and whom it believes about them."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from medianest.core.db import Database
from medianest.http.errors import Malformed, RefusedHost
from medianest.http.hosts import HostRule
from medianest.http.proxies import Networks, origin_of
from tests.http.portal import Portal, run_portal

RULE = HostRule(public_url="https://Media.Example.org:444/base", allowed_hosts=("films.example.net", "TV.example.com"))


@pytest.mark.parametrize(
    "authority",
    [
        "127.0.0.1",
        "192.168.1.20:8484",
        "8.8.8.8",
        "[::1]",
        "[fd00::20]:8484",
        "localhost",
        "localhost:8484",
        "nas",
        "media_nest:80",
        "nas.local",
        "a.b.lan:8484",
        "x.home.arpa",
        "x.internal",
        "media.example.org",
        "media.example.org:444",
        "films.example.net:8484",
        "tv.example.com",
    ],
)
def test_hosts_of_ours_are_taken_always(authority: str) -> None:
    RULE.check(authority)


@pytest.mark.parametrize(
    "authority",
    [
        "evil.example",
        "mediaxexample.org",
        "media.example.org.evil.example",
        "xmedia.example.org",
        "example.org",
        "evil.local.example",
        "nas.local.",
        "127.0.0.1.nip.io",
        "0x7f.0.0.1",
        "127.1",
        "256.1.1.1",
        ".local",
        "..local",
    ],
)
def test_other_hosts_are_refused_with_the_line_that_would_take_them(authority: str) -> None:
    with pytest.raises(RefusedHost) as refused:
        RULE.check(authority)
    assert refused.value.message.values["line"] == f'allowed_hosts = ["{authority}"]'


@pytest.mark.parametrize(
    "authority",
    [
        "",
        " ",
        "a b",
        "nas/",
        "nas@evil",
        "nas:port",
        "nas:999999",
        "nas\x00",
        "[::1",
        "näs",
        "nas#x",
        "x" * 300,
        "[zz]",
    ],
)
def test_what_is_no_host_is_malformed(authority: str) -> None:
    with pytest.raises(Malformed):
        RULE.check(authority)


ON_THE_WIRE = [
    (b"Host: nas\r\n", 200),
    (b"Host: NAS.LOCAL:8484\r\n", 200),
    (b"Host: evil.example\r\n", 421),
    (b"", 400),
    (b"X-Forwarded-Host: nas\r\n", 400),
    (b"Host:\r\n", 400),
    (b"Host: nas\r\nHost: nas\r\n", 400),
    (b"Host: nas\r\nHost: evil.example\r\n", 400),
    (b"Host: evil.example\r\nX-Forwarded-Host: nas\r\n", 421),
    (b"Host: evil.example\r\nX-Original-Host: nas\r\nForwarded: host=nas\r\n", 421),
]


async def test_hosts_on_the_wire(portal: Portal) -> None:
    for head, status in ON_THE_WIRE:
        answer = await portal.say(b"GET / HTTP/1.1\r\nConnection: close\r\n" + head + b"\r\n")
        assert answer.startswith(f"HTTP/1.1 {status} ".encode()), head
        assert b"\nlocation:" not in answer.lower()


async def test_only_the_path_of_a_target_is_taken(portal: Portal) -> None:
    for target in (b"http://evil.example/", b"http://nas/", b"nas:80", b"*", b"//evil.example", b"/\\evil.example"):
        answer = await portal.say(b"GET " + target + b" HTTP/1.1\r\nHost: nas\r\nConnection: close\r\n\r\n")
        assert answer[9:12] in (b"400", b"404"), target
        assert b"evil" not in answer


@pytest.fixture
async def proxied(db: Database, tmp_path: Path) -> AsyncIterator[Portal]:
    """Behind a proxy on 127.0.0.1, which stands behind another one on 10.0.0.0/8."""
    async with run_portal(
        db, tmp_path, trusted_proxies=("127.0.0.1", "10.0.0.0/8"), metrics_allow=("127.0.0.1",)
    ) as on:
        yield on


async def test_a_trusted_proxy_tells_scheme_host_and_client(proxied: Portal) -> None:
    headers = {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https", "x-forwarded-host": "nas.lan"}
    async with httpx.AsyncClient(base_url=proxied.url, trust_env=False) as http:
        answer = await http.get("/", headers=headers)
        seen = answer.json()
        assert (seen["address"], seen["secure"]) == ("203.0.113.9", True)
        assert answer.headers["set-cookie"].startswith("__Host-medianest-form=")
        assert (await http.get("/", headers=headers | {"x-forwarded-host": "evil.example"})).status_code == 421


async def test_a_claimed_address_grants_nothing(proxied: Portal) -> None:
    async with httpx.AsyncClient(base_url=proxied.url, trust_env=False) as http:
        assert (await http.get("/metrics")).status_code == 200
        spoofed = await http.get("/metrics", headers={"x-forwarded-for": "127.0.0.1, 203.0.113.9"})
        assert spoofed.status_code == 401


async def test_a_stranger_that_is_no_proxy_is_not_believed(portal: Portal) -> None:
    headers = {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https", "x-forwarded-host": "evil.example"}
    async with httpx.AsyncClient(base_url=portal.url, trust_env=False) as http:
        seen = (await http.get("/", headers=headers)).json()
    assert (seen["address"], seen["secure"]) == ("127.0.0.1", False)


TRUSTED = Networks(["127.0.0.1", "10.0.0.0/8", "fd00::/8"])


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "client"),
    [
        ("203.0.113.1", ["192.0.2.7"], "203.0.113.1"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["192.0.2.7"], "192.0.2.7"),
        ("127.0.0.1", ["1.1.1.1, 192.0.2.7"], "192.0.2.7"),
        ("127.0.0.1", ["1.1.1.1", "192.0.2.7, 10.0.0.3"], "192.0.2.7"),
        ("127.0.0.1", ["127.0.0.1, 192.0.2.7"], "192.0.2.7"),
        ("127.0.0.1", ["10.0.0.4, 10.0.0.3"], "10.0.0.4"),
        ("127.0.0.1", ["unknown, 10.0.0.3"], "10.0.0.3"),
        ("127.0.0.1", ["192.0.2.7:51234"], "192.0.2.7"),
        ("127.0.0.1", ['"[2001:db8::7]:51234"'], "2001:db8::7"),
        ("127.0.0.1", ["::ffff:192.0.2.7"], "192.0.2.7"),
        ("::ffff:127.0.0.1", ["192.0.2.7"], "192.0.2.7"),
        ("fd00::1", ["2001:db8::7"], "2001:db8::7"),
        ("127.0.0.1", [", ".join(["1.1.1.1"] * 1000 + ["192.0.2.7"])], "192.0.2.7"),
        ("127.0.0.1", [", ".join(["192.0.2.7"] + ["10.0.0.1"] * 1000)], "10.0.0.1"),
        ("127.0.0.1", ["<script>"], "127.0.0.1"),
        (None, ["192.0.2.7"], None),
    ],
)
def test_the_rightmost_address_that_is_no_proxy_of_ours_is_the_client(
    peer: str | None, forwarded_for: list[str], client: str | None
) -> None:
    origin = origin_of(
        peer=peer,
        scheme="http",
        authority="nas",
        trusted=TRUSTED,
        forwarded_for=forwarded_for,
        forwarded_proto=[],
        forwarded_host=[],
    )
    assert origin.address == client


@pytest.mark.parametrize(
    ("proto", "scheme"),
    [
        (["https"], "https"),
        (["HTTPS"], "https"),
        (["http, https"], "https"),
        (["wss"], "http"),
        (["javascript:"], "http"),
    ],
)
def test_the_scheme_is_one_of_two(proto: list[str], scheme: str) -> None:
    origin = origin_of(
        peer="127.0.0.1",
        scheme="http",
        authority="nas",
        trusted=TRUSTED,
        forwarded_for=[],
        forwarded_proto=proto,
        forwarded_host=[],
    )
    assert origin.scheme == scheme
