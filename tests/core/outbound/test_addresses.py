"""How far addresses reach, and what odd ways of writing a host mean."""

from ipaddress import ip_address

import pytest

from medianest.core.outbound.addresses import (
    Reach,
    host_in_url,
    is_public,
    known_address,
    normal_host,
    reach,
    split_host_port,
)

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.0",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2606:4700::1111",
    "2001:200::1",
    "2a00:1450:4001::1",
    "2620:4f:8000::1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]
PRIVATE = [
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.10",
    "198.18.0.1",
    "198.19.255.255",
    "::1",
    "fc00::1",
    "fdff::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::7f00:1",
]
NEVER = [
    "0.0.0.0",
    "0.1.2.3",
    "100.100.100.200",
    "168.63.129.16",
    "169.254.0.1",
    "169.254.169.254",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::7f00:1",
    "::a9fe:a9fe",
    "::8.8.8.8",
    "::ffff:169.254.169.254",
    "::ffff:0.0.0.0",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::",
    "64:ff9b:1::808:808",
    "64:ff9b:2::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:808:808::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("text", PUBLIC)
def test_ordinary_addresses_are_public(text: str) -> None:
    assert reach(ip_address(text)) is Reach.PUBLIC
    assert is_public(ip_address(text))


@pytest.mark.parametrize("text", PRIVATE)
def test_addresses_of_the_household_are_private(text: str) -> None:
    assert reach(ip_address(text)) is Reach.PRIVATE
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", NEVER)
def test_addresses_that_nothing_should_speak_to_are_never_reached(text: str) -> None:
    assert reach(ip_address(text)) is Reach.NEVER
    assert not is_public(ip_address(text))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("127.1", "127.0.0.1"),
        ("127.0.1", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0X7F.0.0.0X1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("2852039166", "169.254.169.254"),
        ("0", "0.0.0.0"),
        ("0x", "0.0.0.0"),
        ("127.0.0.1.", "127.0.0.1"),
        ("10.65535", "10.0.255.255"),
        ("１２７.０.０.１", "127.0.0.1"),
        ("①②⑦。⓪。⓪。①", "127.0.0.1"),
        ("[::1]", "::1"),
        ("[0:0:0:0:0:ffff:7f00:1]", "::ffff:7f00:1"),
        ("[::FFFF:127.0.0.1]", "::ffff:7f00:1"),
        ("LocalHost.", "localhost"),
        ("Example.ORG.", "example.org"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("ＥＸＡＭＰＬＥ.org", "example.org"),
        ("my_server.example", "my_server.example"),
        ("a.0x7g", "a.0x7g"),
    ],
)
def test_a_host_is_written_in_one_way(text: str, meant: str) -> None:
    assert normal_host(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "a..b",
        ".example.org",
        "example.org..",
        "-a.example",
        "a-.example",
        "a b",
        "a\x00b",
        "a\nb",
        "a%2eb",
        "127%2e0%2e0%2e1",
        "a/b",
        "a@b",
        "a:b",
        "a\\b",
        "1.2.3.4.5",
        "256.1.1.1",
        "1.2.3.256",
        "1.16777216",
        "4294967296",
        "08.1.1.1",
        "1_0.0.0.1",
        "0x1g.1.1.1",
        "example.1",
        "a℀b.example",
        "é" * 70 + ".example",
        "\ud800.example",
        "a" * 64 + ".example",
        ".".join(["a" * 60] * 5),
        "[::1",
        "::1]",
        "[]",
        "[127.0.0.1]",
        "[fe80::1%25eth0]",
        "[fe80::1%eth0]",
        "[::1]x",
        "[v1.a]",
    ],
)
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        normal_host(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.1:8000", ("127.0.0.1", 8000)),
        ("[::1]:80", ("::1", 80)),
        ("[::1]", ("::1", 443)),
        ("Media.LAN:9000", ("media.lan", 9000)),
        ("example.org", ("example.org", 443)),
        ("example.org:", ("example.org", 443)),
    ],
)
def test_host_and_port_are_split_in_normal_form(text: str, expected: tuple[str, int]) -> None:
    assert split_host_port(text, default_port=443) == expected


@pytest.mark.parametrize(
    "text", ["a", "a:", "a:0", "a:65536", "a:-1", "a:+80", "a:８０", "a:80 ", "a:1:2", "::1", ":80"]
)
def test_an_authority_without_a_right_port_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        split_host_port(text)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("localhost", "127.0.0.1"),
        ("deep.down.localhost", "127.0.0.1"),
        ("metadata.google.internal", "169.254.169.254"),
    ],
)
def test_some_hosts_need_no_looking_up(host: str, address: str) -> None:
    assert known_address(host) == ip_address(address)


def test_other_names_must_be_looked_up() -> None:
    assert known_address("notlocalhost") is None
    assert known_address("example.org") is None


def test_ipv6_addresses_stand_in_brackets_in_a_url() -> None:
    assert host_in_url("::1") == "[::1]"
    assert host_in_url("example.org") == "example.org"
