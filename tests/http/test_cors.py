"""Pages of other sites: those that are named may call the machine face with a token, and nothing else."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from medianest.accounts.types import Scope
from medianest.core.actor import SYSTEM
from medianest.core.buckets import Rate
from medianest.core.config import ServerSettings
from medianest.core.db import Database
from medianest.http.limits import Rates
from tests.http.portal import Portal, run_portal

LISTED = "https://app.example"
ALSO = "http://localhost:5173"
UNLISTED = [
    "https://evil.example",
    "http://app.example",
    "https://app.example:444",
    "https://app.example.evil.example",
    "https://xapp.example",
    "https://sub.app.example",
    "HTTPS://APP.EXAMPLE",
    "https://app.example/",
    "null",
    "*",
    "",
]
ASKS = {"access-control-request-method": "DELETE", "access-control-request-headers": "authorization"}
RATES = Rates(person=Rate(burst=4, every=timedelta(hours=1)))


@pytest.fixture
async def open_portal(db: Database, tmp_path: Path) -> AsyncIterator[Portal]:
    async with run_portal(db, tmp_path, rates=RATES, cors_origins=(LISTED, ALSO)) as running:
        yield running


@pytest.fixture
async def page(open_portal: Portal) -> AsyncIterator[httpx.AsyncClient]:
    """A page of the listed site."""
    async with httpx.AsyncClient(base_url=open_portal.url, headers={"origin": LISTED}) as client:
        yield client


def told(answer: httpx.Response) -> dict[str, str]:
    """What an answer says to pages of other sites."""
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


def varies(answer: httpx.Response) -> set[str]:
    return {name.strip() for name in answer.headers.get("vary", "").split(",")}


async def bearer(portal: Portal) -> dict[str, str]:
    _, secret = await portal.accounts.create_token(SYSTEM, "app", frozenset({Scope.DOWNLOADS}), owner="Bob")
    return {"authorization": f"Bearer {secret}"}


async def test_a_listed_page_asks_first_and_is_told_what_it_may(page: httpx.AsyncClient) -> None:
    answer = await page.options("/api/v1/anything", headers=ASKS)
    assert (answer.status_code, answer.content) == (204, b"")
    assert told(answer) == {
        "access-control-allow-origin": LISTED,
        "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
        "access-control-allow-headers": "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID",
        "access-control-expose-headers": "ETag, Location, Retry-After, X-Request-Id",
        "access-control-max-age": "7200",
    }
    assert "Origin" in varies(answer)
    assert (
        told(await page.options("/api/v1/me", headers=ASKS | {"origin": ALSO}))["access-control-allow-origin"] == ALSO
    )


async def test_a_listed_page_calls_with_a_token_and_reads_the_answer(
    open_portal: Portal, page: httpx.AsyncClient
) -> None:
    fields = await bearer(open_portal) | {"sec-fetch-site": "cross-site"}
    for answer in (
        await page.get("/api/v1/me", headers=fields),
        await page.post("/api/v1/change", headers=fields, content="x"),
    ):
        assert answer.status_code in (200, 201)
        assert told(answer) == {
            "access-control-allow-origin": LISTED,
            "access-control-expose-headers": "ETag, Location, Retry-After, X-Request-Id",
        }
        assert {"Origin", "Authorization"} <= varies(answer)
    assert open_portal.changes == ["Bob x"]


async def test_what_is_refused_can_be_read_too(open_portal: Portal, page: httpx.AsyncClient) -> None:
    fields = await bearer(open_portal)
    refused = [
        await page.get("/api/v1/me"),
        await page.get("/api/v1/me", headers={"authorization": "Bearer mn_nonsense"}),
        await page.get("/api/v1/nowhere", headers=fields),
        await page.delete("/api/v1/me", headers=fields),
        await page.post("/api/v1/change", headers=fields, content=b"x" * 70_000),
        await page.post("/api/v1/change", headers=fields | {"idempotency-key": "a b"}),
        await page.get("/api/v1/me", headers=fields),
        await page.get("/api/v1/me", headers=fields),
        await page.get("/api/v1/me", headers={"host": "evil.example"}),
    ]
    assert [answer.status_code for answer in refused] == [401, 401, 404, 405, 413, 400, 429, 429, 421]
    assert {told(answer).get("access-control-allow-origin") for answer in refused} == {LISTED}
    assert int(refused[-2].headers["retry-after"]) > 0


async def test_a_page_of_another_site_is_told_nothing(open_portal: Portal, page: httpx.AsyncClient) -> None:
    fields = await bearer(open_portal)
    for origin in UNLISTED:
        asked = await page.options("/api/v1/me", headers=ASKS | {"origin": origin})
        assert told(asked) == {}, origin
        assert "Origin" in varies(asked), origin
    answer = await page.get("/api/v1/me", headers=fields | {"origin": UNLISTED[0]})
    assert (answer.status_code, told(answer), "Origin" in varies(answer)) == (200, {}, True)


async def test_the_pages_of_people_are_not_for_other_sites(page: httpx.AsyncClient) -> None:
    for path in ("/", "/me", "/webhooks/news", "/metrics", "/api/v1", "/api/v2/me", "/api/v1x/me"):
        for answer in (await page.get(path), await page.options(path, headers=ASKS)):
            assert told(answer) == {}, path
            assert "Origin" not in varies(answer), path


async def test_a_cookie_is_worth_nothing_from_a_listed_page(open_portal: Portal, page: httpx.AsyncClient) -> None:
    _, fields = await open_portal.enter(open_portal.cast.bob)
    asked = await page.options("/api/v1/change", headers=ASKS | {"access-control-request-headers": "x-csrf-token"})
    assert "x-csrf-token" not in told(asked)["access-control-allow-headers"].lower()
    read = await page.get("/api/v1/me", headers={"cookie": fields["cookie"]})
    written = await page.post("/api/v1/change", headers=fields, content="x")
    assert (written.status_code, written.text.partition(":")[0]) == (403, "csrf")
    assert open_portal.changes == []
    for answer in (asked, read, written):
        assert "access-control-allow-credentials" not in answer.headers


async def test_where_no_site_is_named_no_answer_speaks_of_them(portal: Portal, http: httpx.AsyncClient) -> None:
    for origin in (LISTED, "null"):
        answer = await http.options("/api/v1/me", headers=ASKS | {"origin": origin})
        assert (told(answer), "Origin" in varies(answer)) == ({}, False)


async def test_asking_first_is_counted_too(db: Database, tmp_path: Path) -> None:
    rates = Rates(stranger=Rate(burst=3, every=timedelta(hours=1)))
    async with (
        run_portal(db, tmp_path, rates=rates, cors_origins=(LISTED,)) as portal,
        httpx.AsyncClient(base_url=portal.url, headers={"origin": LISTED, **ASKS}) as page,
    ):
        assert [(await page.options("/api/v1/me")).status_code for _ in range(4)] == [204, 204, 204, 429]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://App.Example", LISTED),
        ("https://app.example/", LISTED),
        ("https://app.example:443", LISTED),
        ("http://app.example:80", "http://app.example"),
        ("http://localhost:5173", ALSO),
        ("http://[FD00::1]:80", "http://[fd00::1]"),
        ("https://münchen.example", "https://xn--mnchen-3ya.example"),
    ],
)
def test_an_origin_is_kept_as_browsers_write_it(written: str, meant: str) -> None:
    assert ServerSettings(cors_origins=[written]).cors_origins == (meant,)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "written",
    ["*", "null", "", "app.example", "https://*", "https://*.app.example", "https://app.example/x", "file:///x", 7],
)
def test_what_is_not_one_origin_is_no_setting(written: object) -> None:
    with pytest.raises(ValidationError, match=r"config\.want_"):
        ServerSettings(cors_origins=[written])  # type: ignore[arg-type]
