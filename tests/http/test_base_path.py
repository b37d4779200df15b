"""An installation that stands under a path of its host."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from medianest.core.config import ServerSettings
from medianest.core.db import Database
from medianest.http import links
from medianest.http.asking import Asking
from medianest.http.base_path import without
from tests.http.portal import Portal, run_portal


@pytest.fixture
async def nested(db: Database, tmp_path: Path) -> AsyncIterator[Portal]:
    proxy = {"trusted_proxies": ("127.0.0.1",), "allowed_networks": ("127.0.0.1", "192.168.1.0/24")}
    async with run_portal(db, tmp_path, base_path="/nest", **proxy) as running:
        yield running


@pytest.fixture
async def near(nested: Portal) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=nested.url, trust_env=False) as client:
        yield client


async def test_it_answers_whether_the_proxy_takes_the_path_off_or_not(nested: Portal, near: httpx.AsyncClient) -> None:
    _, bob = await nested.enter(nested.cast.bob)
    for path in ("/nest/me", "/me", "/%6eest/me", "/nest/api/v1/me", "/api/v1/me"):
        assert (await near.get(path, headers=bob)).text == "Bob", path
    for path in ("/nest", "/nest/", "/", "/nest?x=1"):
        assert (await near.get(path)).json()["name"] == "", path


@pytest.mark.parametrize("path", ["/nestling/me", "/NEST/me", "/nest/nest/me", "/nestme", "/x/nest/me", "/nest//me/x"])
async def test_another_path_is_not_ours(nested: Portal, near: httpx.AsyncClient, path: str) -> None:
    _, bob = await nested.enter(nested.cast.bob)
    assert (await near.get(path, headers=bob)).status_code == 404


async def test_what_is_decided_by_the_path_is_decided_by_the_path_below(
    nested: Portal, near: httpx.AsyncClient
) -> None:
    _, bob = await nested.enter(nested.cast.bob)
    assert (await near.get("/nest/api/v1/me")).status_code == 401
    assert (await near.get("/nest", headers=bob)).json()["via"] == "web"
    assert (await near.put("/nest/big", headers=bob, content=b"x" * 290_000)).text == "290000"
    assert (await near.post("/nest/webhooks/news", headers={"authorization": "shared"})).text == "shared"
    afar = {"x-forwarded-for": "203.0.113.9"}
    assert (await near.get("/nest/healthz", headers=afar)).status_code == 403


async def test_cookies_are_for_the_base_path_and_over_https_for_this_host_alone(near: httpx.AsyncClient) -> None:
    plain = (await near.get("/nest/")).headers["set-cookie"]
    secure = (await near.get("/nest/", headers={"x-forwarded-proto": "https"})).headers["set-cookie"]
    assert re.fullmatch(r"medianest-form=[\w-]{43}; HttpOnly; Path=/nest; SameSite=lax", plain)
    assert re.fullmatch(r"__Host-medianest-form=[\w-]{43}; HttpOnly; Path=/; SameSite=lax; Secure", secure)


@pytest.mark.parametrize(
    ("path", "below"),
    [
        ("/nest/queue", "/queue"),
        ("/nest/", "/"),
        ("/nestling", "/nestling"),
        ("/queue", "/queue"),
        ("/nest//evil.example/", "//evil.example/"),
    ],
)
def test_a_path_that_a_browser_names_is_known_without_the_base_path(path: str, below: str) -> None:
    assert without("/nest", path) == below
    assert without("", path) == path


@pytest.mark.parametrize(
    ("public_url", "link"),
    [
        (None, "http://nas:8484/nest/invite/x"),
        ("https://media.example.org", "https://media.example.org/nest/invite/x"),
        ("https://media.example.org/nest", "https://media.example.org/nest/invite/x"),
    ],
)
def test_a_link_that_leaves_the_house_has_the_base_path_once(public_url: str | None, link: str) -> None:
    server = ServerSettings(public_url=public_url, base_path="/nest")
    assert links.absolute(Asking(request_id="x", authority="nas:8484"), "/invite/x", server) == link
