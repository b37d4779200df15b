"""From where the portal may be opened at all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from medianest.core.config import ServerSettings
from medianest.core.db import Database
from medianest.http.errors import RefusedNetwork
from medianest.http.networks import NetworkRule
from tests.http.portal import run_portal

HOME = ("192.168.1.0/24", "2001:db8:1::/48", "203.0.113.9")


@pytest.mark.parametrize("address", ["192.168.1.20", "2001:db8:1:2::7", "203.0.113.9"])
def test_who_is_in_a_named_network_is_let_in(address: str) -> None:
    NetworkRule(HOME).check(address, "/")


@pytest.mark.parametrize("address", ["192.168.2.20", "2001:db8:2::7", "203.0.113.8", "127.0.0.1", "::1", None])
def test_everybody_else_is_refused_with_the_line_that_would_let_them_in(address: str | None) -> None:
    with pytest.raises(RefusedNetwork) as refused:
        NetworkRule(HOME).check(address, "/")
    assert refused.value.message.values["line"] == f'allowed_networks = ["{address}"]'


@pytest.mark.parametrize("address", ["8.8.8.8", "::1", None])
def test_where_no_network_is_named_everybody_is_let_in(address: str | None) -> None:
    NetworkRule(()).check(address, "/")


def test_this_machine_may_ask_whether_the_portal_is_alive_and_nothing_else() -> None:
    rule = NetworkRule(HOME)
    for here in ("127.0.0.1", "127.8.8.8", "::1"):
        rule.check(here, "/healthz")
        for path in ("/", "/readyz", "/metrics", "/healthz/", "/static/x"):
            with pytest.raises(RefusedNetwork):
                rule.check(here, path)
    with pytest.raises(RefusedNetwork):
        rule.check("192.0.2.1", "/healthz")


def test_a_network_of_ipv4_inside_ipv6_is_that_of_ipv4() -> None:
    written = ["::ffff:192.168.1.77", "::ffff:10.0.0.0/104", "::/0"]
    networks = ServerSettings(allowed_networks=written).allowed_networks  # type: ignore[arg-type]
    assert [str(network) for network in networks] == ["192.168.1.77/32", "10.0.0.0/8", "::/0"]


@asynccontextmanager
async def asked_from_afar(db: Database, folder: Path, *allowed: str) -> AsyncIterator[httpx.AsyncClient]:
    """A portal behind a proxy on this machine, asked without a word of where from."""
    server = {"trusted_proxies": ("127.0.0.1",), "allowed_networks": allowed}
    async with run_portal(db, folder, **server) as portal, httpx.AsyncClient(base_url=portal.url) as http:
        yield http


async def test_behind_a_trusted_proxy_it_is_the_visitor_who_counts(db: Database, tmp_path: Path) -> None:
    async with asked_from_afar(db, tmp_path, *HOME) as http:
        for forwarded, status in {
            "192.168.1.20": 200,
            "::ffff:192.168.1.20": 200,
            "[2001:db8:1::7]:51234": 200,
            "192.168.1.20, 198.51.100.7": 403,
            "127.0.0.1": 403,
            "198.51.100.7": 403,
        }.items():
            answer = await http.get("/", headers={"x-forwarded-for": forwarded})
            assert answer.status_code == status, forwarded
        refused = await http.get("/", headers={"x-forwarded-for": "192.168.1.20, 198.51.100.7"})
        assert 'add this line to [server] in config.toml: allowed_networks = ["198.51.100.7"]' in refused.text


async def test_the_proxys_own_address_does_not_let_its_visitors_in(db: Database, tmp_path: Path) -> None:
    async with asked_from_afar(db, tmp_path, "127.0.0.1") as http:
        assert (await http.get("/")).status_code == 200
        assert (await http.get("/", headers={"x-forwarded-for": "198.51.100.7"})).status_code == 403


async def test_who_is_no_trusted_proxy_is_counted_by_its_own_address(db: Database, tmp_path: Path) -> None:
    allowed = {"allowed_networks": ("192.168.1.0/24",)}
    async with run_portal(db, tmp_path, **allowed) as portal, httpx.AsyncClient(base_url=portal.url) as http:
        _, bob = await portal.enter(portal.cast.bob)
        claims = bob | {"x-forwarded-for": "192.168.1.20", "x-real-ip": "192.168.1.20", "forwarded": "for=192.168.1.20"}
        for method, path in (("GET", "/"), ("GET", "/nowhere"), ("POST", "/change"), ("POST", "/webhooks/news")):
            answer = await http.request(method, path, headers=claims)
            assert (answer.status_code, answer.text.partition(":")[0]) == (403, "refused_network"), path
        assert portal.changes == []
        assert (
            await http.get("/healthz", headers=claims)
        ).status_code == 404  # let in: this small one has no such route
