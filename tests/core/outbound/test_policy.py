"""Which links are taken at the door, and which addresses are connected to."""

import asyncio
import socket
import threading
from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from medianest.core import outbound
from medianest.core.i18n import Catalogues
from medianest.core.outbound import AddressPolicy, Blocked, Refused, Unresolved, UnsupportedUrl, check_url


def names(**known: Sequence[str]) -> outbound.Resolve:
    """A resolver that knows these names, first label only, and no others."""

    async def ask(host: str, port: int) -> Sequence[str]:
        label = host.partition(".")[0]
        if label not in known:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return known[label]

    return ask


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("https://example.org/watch?v=1", "https://example.org/watch?v=1"),
        ("HTTPS://Example.ORG.:443/A", "https://example.org/A"),
        ("http://example.org", "http://example.org/"),
        ("http://example.org?x=1", "http://example.org/?x=1"),
        ("http://example.org:8080/a#t=10", "http://example.org:8080/a"),
        ("http://example.org/#a@b", "http://example.org/"),
        ("http://example.org/a@b:c//d", "http://example.org/a@b:c//d"),
        ("https://bücher.example/ä?ö=ü", "https://xn--bcher-kva.example/ä?ö=ü"),
        ("http://[2606:4700:0::1111]:81/", "http://[2606:4700::1111]:81/"),
        ("http://134744072/", "http://8.8.8.8/"),
        ("http://example.org/--exec=x;$(id)", "http://example.org/--exec=x;$(id)"),
    ],
)
def test_a_link_is_taken_in_one_normal_form(text: str, normal: str) -> None:
    assert str(check_url(text)) == normal


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.org/watch",
        "dQw4w9WgXcQ",
        "ytsearch999:cats",
        ":ytfav",
        "--exec=id",
        "-o/x",
        "file:///etc/passwd",
        "ftp://example.org/x",
        "data://text/plain;base64,AAAA",
        "data:text/plain,x",
        "gopher://example.org/",
        "jar:http://example.org!/",
        "javascript://example.org/",
        "\\\\host\\x",
        "//example.org/",
        "http:/example.org/",
        "http:example.org",
        "http:///path",
        "http://",
        "http://?x",
        "http://:80/",
        "http://user@example.org/",
        "http://user:pass@example.org/",
        "http://127.0.0.1@example.org/",
        "http://example.org\\@127.0.0.1/",
        "http://example.org:0/",
        "http://example.org:65536/",
        "http://example.org:８０/",
        "http://exa mple.org/",
        " http://example.org/",
        "http://example.org/\n",
        "http://example.org/a b",
        "http://example.org/a\u00a0b",
        "http://example.org/a\u202eb",
        "http://example.org/a\u200bb",
        "http://example.org/\x00",
        "http://example.org/\r\nHost: x",
        "http://example.org/\ud800",
        "http://ex%61mple.org/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://1.2.3.4.5/",
        "http://example.org/" + "a" * 2048,
        "http://example.org/#__youtubedl_smuggle=%7B%7D",
        "http://example.org/?u=%23__youtubedl%5Fsmuggle",
    ],
)
def test_what_is_no_link_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedUrl) as caught:
        check_url(text)
    assert caught.value.code == "unsupported_url"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0",
        "0x7f.1",
        "2130706433",
        "017700000001",
        "2852039166",
        "169.254.169.254",
        "10.0.0.5",
        "192.168.1.1",
        "100.64.0.1",
        "１２７.０.０.１",
        "[::1]",
        "[::]",
        "[::ffff:7f00:1]",
        "[::ffff:169.254.169.254]",
        "[::a9fe:a9fe]",
        "[64:ff9b::a9fe:a9fe]",
        "[64:ff9b:1::1]",
        "[2002:7f00:1::]",
        "[2001::1]",
        "[fe80::1]",
        "[fec0::1]",
        "[fd00::1]",
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "metadata.google.internal",
    ],
)
def test_a_link_into_a_private_network_is_blocked_in_every_written_form(host: str) -> None:
    for text in (f"http://{host}/", f"https://{host}:8443/x"):
        with pytest.raises(Blocked) as caught:
            check_url(text)
        assert caught.value.code == "blocked_address"


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("x", "outbound.not_http"),
        ("http://a b/", "outbound.bad_characters"),
        ("http://user@example.org/", "outbound.credentials"),
        ("http://example.org:0/", "outbound.bad_host"),
        ("http://example.org/" + "a" * 3000, "outbound.too_long"),
        ("http://example.org/#__youtubedl_smuggle", "outbound.smuggling"),
        ("http://10.1/", "outbound.blocked"),
    ],
)
def test_every_refusal_says_what_is_wrong_with_which_field(text: str, id: str) -> None:
    with pytest.raises(Refused) as caught:
        check_url(text)
    (field,) = caught.value.fields
    sentence = Catalogues().of("en").say(field.message)
    assert (field.field, field.message.id) == ("url", id)
    assert sentence.endswith(".")
    assert "{" not in sentence
    assert "outbound." not in sentence


def test_an_allowed_pair_is_taken_at_its_exact_host_and_port() -> None:
    allow = {("127.0.0.1", 8000)}
    assert str(check_url("http://127.1:8000/v.mp4", allow)) == "http://127.0.0.1:8000/v.mp4"
    for text in ("http://127.0.0.1:8001/", "http://127.0.0.2:8000/", "http://localhost:8000/", "http://127.0.0.1/"):
        with pytest.raises(Blocked):
            check_url(text, allow)


def test_an_allowed_pair_is_never_a_metadata_address() -> None:
    with pytest.raises(Blocked):
        check_url("http://169.254.169.254/", {("169.254.169.254", 80)})
    with pytest.raises(Blocked):
        check_url("http://0:8000/", {("0.0.0.0", 8000)})


async def test_a_public_name_resolves_to_all_its_addresses() -> None:
    found = await outbound.resolve_public("www.example", 443, ask=names(www=["93.184.216.34", "2606:2800::1"]))
    assert [str(address) for address in found] == ["93.184.216.34", "2606:2800::1"]


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["93.184.216.34", "127.0.0.1"],
        ["10.0.0.1", "93.184.216.34"],
        ["93.184.216.34", "::ffff:169.254.169.254"],
        ["fe80::1%eth0"],
        ["64:ff9b::a9fe:a9fe"],
    ],
)
async def test_one_private_answer_blocks_the_whole_name(answers: list[str]) -> None:
    with pytest.raises(Blocked):
        await outbound.resolve_public("www.example", 443, ask=names(www=answers))


@pytest.mark.parametrize("answers", [[], ["nonsense"]])
async def test_a_name_without_a_right_answer_is_not_connected_to(answers: list[str]) -> None:
    with pytest.raises(Unresolved) as caught:
        await outbound.resolve_public("www.example", 443, ask=names(www=answers))
    assert caught.value.code == "network"
    assert caught.value.retryable


async def test_an_unknown_name_fails_closed() -> None:
    with pytest.raises(Unresolved):
        await outbound.resolve_public("gone.example", 443, ask=names())


async def test_a_resolver_that_takes_too_long_fails_closed() -> None:
    async def ask(host: str, port: int) -> Sequence[str]:
        raise TimeoutError

    with pytest.raises(Unresolved):
        await outbound.resolve_public("slow.example", 443, ask=ask)


async def test_literal_addresses_and_localhost_are_never_looked_up() -> None:
    with pytest.raises(Blocked):
        await outbound.resolve_public("localhost", 80, ask=names(localhost=["8.8.8.8"]))
    assert await outbound.resolve_public("8.8.8.8", 80, ask=names()) == [ip_address("8.8.8.8")]


async def test_an_allowed_name_may_be_private_but_no_other_name_of_the_same_address() -> None:
    ask = names(nas=["192.168.1.5"], evil=["192.168.1.5"])
    allow = {("nas.lan", 8000)}
    assert len(await outbound.resolve_public("nas.lan", 8000, allow, ask=ask)) == 1
    for host, port in (("nas.lan", 80), ("evil.example", 8000)):
        with pytest.raises(Blocked):
            await outbound.resolve_public(host, port, allow, ask=ask)


async def test_a_configured_upstream_may_be_private_but_is_the_only_one() -> None:
    policy = AddressPolicy.upstream("Plex.LAN", 32400)
    ask = names(plex=["192.168.1.9"], www=["93.184.216.34"])
    assert len(await outbound.resolve("plex.lan", 32400, policy, ask=ask)) == 1
    for host, port in (("plex.lan", 80), ("www.example", 443), ("www.example", 32400)):
        with pytest.raises(Blocked):
            await outbound.resolve(host, port, policy, ask=ask)


async def test_a_configured_upstream_is_never_link_local() -> None:
    policy = AddressPolicy.upstream("plex.lan", 32400)
    with pytest.raises(Blocked):
        await outbound.resolve("plex.lan", 32400, policy, ask=names(plex=["169.254.169.254"]))


async def test_the_system_resolver_knows_this_machine() -> None:
    assert "127.0.0.1" in await outbound.system_resolve("127.0.0.1", 80)


async def test_names_whose_server_is_away_keep_no_other_from_being_found(monkeypatch: pytest.MonkeyPatch) -> None:
    back, asked = threading.Event(), socket.getaddrinfo

    def slow(host: str, port: int, *, type: int) -> object:
        if host.startswith("away"):
            back.wait()
        return asked("127.0.0.1", port, type=type)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    away = [asyncio.create_task(outbound.system_resolve(f"away-{n}.example", 80)) for n in range(12)]
    await asyncio.sleep(0)  # they have asked
    try:
        async with asyncio.timeout(2):
            assert await outbound.system_resolve("here.example", 80) == ["127.0.0.1"]
    finally:
        back.set()
        await asyncio.gather(*away)
