"""What programs are told that decide and report at a server which accepts and says nothing: soon, and how it stands."""

import asyncio
from typing import Any

import httpx
import pytest

from medianest.accounts.types import Scope
from medianest.media_requests.patience import Patience
from tests.api.portal import Portal
from tests.api.test_requests import MATRIX, REQUESTS, asked, client, set_up
from tests.fakes.overseerr import API, May, Overseerr

SOON_S = 10
PROBLEMS = "/api/v1/problems"


@pytest.fixture
async def slow(portal: Portal, overseerr: Overseerr) -> Portal:
    """Nobody waits longer than a tenth of a second there, and in a house never longer than three."""
    await set_up(portal, overseerr)
    errands = portal.services.requests.errands
    assert errands._waited_for._seconds <= 3
    errands._waited_for = Patience(0.1)
    for person in overseerr.users:
        person.permissions |= May.CREATE_ISSUES
    return portal


async def settled(client: httpx.AsyncClient, path: str) -> Any:
    """The subject once nothing is under way there any more, as who has read it before is told."""
    async with asyncio.timeout(SOON_S):
        while (answer := await client.get(path)).json()["under_way"]:
            pass
    return answer.json()


async def test_a_decision_is_under_way_for_who_decides_until_it_is_there(slow: Portal, overseerr: Overseerr) -> None:
    bob, carol = await client(slow, "bob"), await client(slow, "carol")
    film = await asked(bob)
    path = f"{REQUESTS}/{film['id']}"
    before = await carol.get(path)
    overseerr.trouble(f"{API}/request/1/decline", wait=30)
    async with asyncio.timeout(SOON_S):
        answer = await carol.post(f"{path}/decline", json={"reason": "On disc"})
    told = answer.json()
    assert (answer.status_code, told["state"]) == (200, "pending")
    (said,) = told["under_way"]
    assert (said["action"], said["text"], said["error"]) == ("decline", "On disc", None)
    again = await carol.get(path, headers={"if-none-match": before.headers["etag"]})
    assert again.json() == told
    assert (await bob.get(path)).json()["under_way"] == []
    other = await carol.post(f"{path}/approve", json={})
    assert (other.status_code, other.json()["code"]) == (409, "wrong_state")

    overseerr.calm()

    now = await settled(carol, path)
    assert (now["state"], now["reason"]) == ("declined", "On disc")


async def test_what_came_to_nothing_says_why(slow: Portal, overseerr: Overseerr) -> None:
    bob, carol = await client(slow, "bob"), await client(slow, "carol")
    path = f"{REQUESTS}/{(await asked(bob))['id']}"
    overseerr.trouble(f"{API}/request/1/approve", wait=30)
    await carol.post(f"{path}/approve", json={})
    overseerr.wishes.clear()
    overseerr.calm()
    async with asyncio.timeout(SOON_S):
        while (said := (await carol.get(path)).json()["under_way"][0])["error"] is None:
            pass
    assert (said["action"], said["error"]["code"]) == ("approve", "gone_upstream")


async def test_a_report_has_its_address_at_once_and_is_its_reporters_alone(slow: Portal, overseerr: Overseerr) -> None:
    bob, carol = await client(slow, "bob"), await client(slow, "carol", Scope.REQUESTS)
    await asked(bob)
    overseerr.trouble(f"{API}/issue", wait=30)
    async with asyncio.timeout(SOON_S):
        answer = await bob.post(PROBLEMS, json={**MATRIX, "kind": "audio", "text": "No sound"})
    made, path = answer.json(), answer.headers["location"]
    assert (answer.status_code, made["as_of"], made["reporter"]["name"]) == (201, None, "Bob")
    assert [(one["action"], one["text"]) for one in made["under_way"]] == [("report", "No sound")]
    assert (await bob.get(path)).json() == made
    assert (await carol.get(path)).status_code == 404

    overseerr.calm()

    now = await settled(bob, path)
    assert (now["id"], now["title"], [one["text"] for one in now["comments"]]) == (
        made["id"], "The Matrix", ["No sound"],
    )  # fmt: skip
    assert (await carol.get(path)).json()["under_way"] == []
    overseerr.trouble(f"{API}/issue/", wait=30)
    async with asyncio.timeout(SOON_S):
        await carol.post(f"{path}/comments", json={"text": "Looking"})
        solved = (await carol.post(f"{path}/resolve")).json()
    assert [one["action"] for one in solved["under_way"]] == ["comment", "resolve"]
    overseerr.calm()
    now = await settled(carol, path)
    assert (now["resolved"], len(now["comments"]), len(overseerr.issues)) == (True, 2, 1)
