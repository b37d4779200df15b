"""A page of another site in Chromium: a listed one calls the API with a token, any other is kept from reading it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.async_api import Page

from tests.browser import Visitors
from tests.portal import Portal
from tests.portal.fixtures import NewPortal

pytestmark = pytest.mark.slow
CALL = """async ([url, options]) => {
  try {
    const answer = await fetch(url, options);
    const read = (name) => answer.headers.get(name);
    const told = answer.status === 304 ? {} : await answer.json();
    return {status: answer.status, etag: read("etag"), id: read("x-request-id"), code: told.code};
  } catch (error) {
    return {status: error.name};
  }
}"""
LISTEN = """async ([url, headers]) => {
  const answer = await fetch(url, {headers});
  const first = await answer.body.getReader().read();
  return [answer.status, new TextDecoder().decode(first.value)];
}"""


class _EmptyPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>An app</title><link rel=icon href=data:,>")

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a site with an empty page, under the names localhost and 127.0.0.1."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _EmptyPage) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def called(new_portal: NewPortal, port: int) -> Portal:
    portal = new_portal(settings={"server": {"cors_origins": [f"http://localhost:{port}"]}})
    portal.start()
    return portal


async def test_a_listed_site_calls_with_a_token_and_reads_what_it_is_told(
    visitors: Visitors, called: Portal, port: int
) -> None:
    page = await visitors.page(storage_state=called.browser_state())
    await page.goto(f"http://localhost:{port}/")
    token = {"authorization": f"Bearer {called.token('downloads', 'read')}", "content-type": "application/json"}

    async def call(path: str, **options: Any) -> dict[str, Any]:
        found: dict[str, Any] = await page.evaluate(CALL, [called.url(f"/api/v1{path}"), options])
        return found

    me = await call("/me", headers=token)
    assert me["status"] == 200
    again = await call("/me", headers=token | {"if-none-match": me["etag"]})
    assert (again["status"], again["etag"]) == (304, me["etag"])
    refused = await call(
        "/downloads", method="POST", headers=token | {"idempotency-key": "1"}, body='{"url":"file:///x"}'
    )
    assert (refused["status"], refused["code"]) == (422, "unsupported_url")
    assert len(refused["id"]) > 10
    assert (await call("/users/nobody", method="PATCH", headers=token, body="{}"))["status"] in (403, 404)
    assert (await call("/me", headers={"authorization": "Bearer mn_nonsense"}))["code"] == "bad_token"
    assert (await call("/me"))["code"] == "unauthenticated"
    assert (await call("/me", credentials="include"))["status"] == "TypeError"
    assert (await call("/me", headers=token | {"x-csrf-token": "x"}))["status"] == "TypeError"
    stream = await page.evaluate(LISTEN, [called.url("/api/v1/events"), token | {"last-event-id": "1"}])
    assert (stream[0], stream[1][:1]) == (200, ":")
    visitors.forgive("CORS policy", "/api/v1/")


async def test_any_other_site_is_kept_from_reading(visitors: Visitors, called: Portal, port: int) -> None:
    page: Page = await visitors.page(storage_state=called.browser_state())
    await page.goto(f"http://127.0.0.1:{port}/")
    token = {"authorization": f"Bearer {called.token('read')}"}
    for options in ({"headers": token}, {"credentials": "include"}, {}):
        answer = await page.evaluate(CALL, [called.url("/api/v1/me"), options])
        assert answer == {"status": "TypeError"}, options
    visitors.forgive("CORS policy", "/api/v1/")
