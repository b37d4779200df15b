"""A right that goes takes what is open with it: a page, an event stream and a running transfer, within a second."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.browser import DESK, Visitors
from tests.fakes.media_site import MediaSite
from tests.portal import PASSWORD, Portal, Queue

pytestmark = pytest.mark.slow
SIZE = 60_000_000
WITHIN_S = 1.0
USERS = "/api/v1/users"
Act = Callable[[httpx.Client, str], httpx.Response]


def suspend(admin: httpx.Client, id: str) -> httpx.Response:
    return admin.patch(f"{USERS}/{id}", json={"suspended": True})


def change_role(admin: httpx.Client, id: str) -> httpx.Response:
    return admin.patch(f"{USERS}/{id}", json={"role": "guest"})


def sign_out(admin: httpx.Client, id: str) -> httpx.Response:
    (session,) = admin.get(f"{USERS}/{id}/sessions").json()["items"]
    return admin.delete(f"/api/v1/sessions/{session['id']}")


def sign_out_everywhere(admin: httpx.Client, id: str) -> httpx.Response:
    return admin.delete(f"{USERS}/{id}/sessions")


def remove(admin: httpx.Client, id: str) -> httpx.Response:
    return admin.delete(f"{USERS}/{id}")


def give_another_password(admin: httpx.Client, id: str) -> httpx.Response:
    fields = {"csrf_token": admin.headers["X-CSRF-Token"], "password": "four words in a row"}
    return admin.post(f"/admin/people/{id}/password", data=fields)


def state_of(client: httpx.Client) -> dict[str, Any]:
    """The session of a client, for a browser."""
    host = urlsplit(str(client.base_url)).hostname
    cookies = [
        {"name": cookie.name, "value": cookie.value, "domain": host, "path": cookie.path, "httpOnly": True}
        for cookie in client.cookies.jar
    ]
    return {"cookies": cookies, "origins": []}


async def ended_at(stream: httpx.Response) -> tuple[float, int]:
    """When a stream came to its end, whichever way, and how much came before."""
    received = 0
    with suppress(httpx.RemoteProtocolError, httpx.ReadError):
        async for piece in stream.aiter_raw():
            received += len(piece)
    return time.monotonic(), received


async def open_page(visitors: Visitors, portal: Portal, person: httpx.Client) -> Page:
    page = await visitors.page(DESK, storage_state=state_of(person))
    async with page.expect_response(lambda answer: "/live" in answer.url):
        await page.goto(portal.url("/queue"))
    return page


@pytest.mark.parametrize(
    "act",
    [suspend, change_role, sign_out, sign_out_everywhere, remove, give_another_password],
    ids=lambda act: act.__name__,
)
async def test_what_is_open_ends_within_a_second(
    visitors: Visitors, shared_portal: Portal, media_site: MediaSite, act: Act
) -> None:
    admin, name = shared_portal.admin(), f"Leaving by {act.__name__}"
    made = admin.post(USERS, json={"name": name, "role": "member", "password": PASSWORD})
    id = made.raise_for_status().json()["id"]
    person = shared_portal.enter(shared_portal.url("/sign-in"), name, PASSWORD)
    film = Queue(person).until(Queue(person).add(media_site.url(f"/files/padded-{SIZE}.mp4"))["id"])
    page = await open_page(visitors, shared_portal, person)
    fields = {"cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in person.cookies.jar)}
    async with (
        httpx.AsyncClient(base_url=shared_portal.base, trust_env=False, headers=fields, timeout=30) as theirs,
        theirs.stream("GET", "/api/v1/events") as events,
        theirs.stream("GET", f"/api/v1/downloads/{film['id']}/file") as transfer,
    ):
        assert (events.status_code, transfer.status_code) == (200, 200)
        async with page.expect_request(lambda request: request.is_navigation_request(), timeout=5000) as left:
            answer = await asyncio.to_thread(act, admin, id)
            done = time.monotonic()
            ends = await asyncio.gather(ended_at(events), ended_at(transfer))
            await left.value
            page_left = time.monotonic()
        assert answer.status_code < 400, answer.text
        assert max(page_left, *(end for end, _ in ends)) - done < WITHIN_S
        assert ends[1][1] < SIZE
    if act is change_role:
        await expect(page).to_have_url(shared_portal.url("/queue"))
        await expect(page.get_by_role("searchbox")).to_have_count(0)
    else:
        await expect(page).to_have_url(shared_portal.url("/sign-in?next=/queue"))
    person.close()
