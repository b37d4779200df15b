"""Lists over HTTP: asked for, seen, stopped; what each person may know of them."""

import httpx
import pytest

from medianest.api.v1.events import passed
from medianest.core import clock
from medianest.core.event import HOUSEHOLD
from medianest.core.live import Signal
from medianest.downloads.lists.types import ListTick
from tests.api.portal import Portal, link

LISTS = "/api/v1/playlists"


async def ask(client: httpx.AsyncClient, **said: object) -> httpx.Response:
    return await client.post(LISTS, json={"url": link(), **said})


async def test_a_list_is_taken_and_can_be_read_where_location_says(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    answer = await ask(bob, preset="720p", newest=3)
    assert answer.status_code == 202
    made = answer.json()
    assert (made["url"], made["preset"], made["state"]) == (link(), "720p", "expanding")
    assert (made["total"], made["queued"], made["skipped"]) == (3, 0, 0)
    assert made["owner"] == {"id": portal.cast.bob.id, "name": "Bob"}
    assert (await bob.get(answer.headers["location"])).json() == made
    assert (await bob.get(LISTS)).json() == {"items": [made], "next_cursor": None}
    assert (await bob.get(f"{LISTS}/{made['id']}/entries")).json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"entries": []}, "entries"),
        ({"entries": [0]}, "entries[0]"),
        ({"newest": 0}, "newest"),
        ({"newest": 2, "entries": [1]}, "newest"),
        ({"preset": "nonsense"}, "preset"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"url": "https://["}, "url"),
        ({"url": "http://10.0.0.7/playlist?list=x"}, "url"),
    ],
)
async def test_what_is_refused_names_its_field(portal: Portal, said: dict[str, object], field: str) -> None:
    bob = await portal.browser(portal.cast.bob)
    answer = await ask(bob, **said)
    assert answer.status_code == 422, answer.text
    assert [wrong["field"] for wrong in answer.json()["errors"]] == [field]
    assert (await bob.get(LISTS)).json()["items"] == []


async def test_a_list_is_stopped_once_and_by_its_owner(portal: Portal) -> None:
    bob, carol = await portal.browser(portal.cast.bob), await portal.browser(portal.cast.carol)
    id = (await ask(bob)).json()["id"]
    seen = await carol.get(f"{LISTS}/{id}")
    assert (seen.status_code, "url" in seen.json()) == (200, False)
    assert (await carol.post(f"{LISTS}/{id}/stop")).status_code == 403
    stopped = await bob.post(f"{LISTS}/{id}/stop?waiting=cancel")
    assert (stopped.status_code, stopped.json()["state"]) == (200, "stopped")
    again = await bob.post(f"{LISTS}/{id}/stop")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    assert (await bob.post(f"{LISTS}/{id}/stop?waiting=drop")).status_code == 422
    assert (await bob.get(f"{LISTS}/nothing")).status_code == 404


def test_progress_of_a_list_on_the_wire() -> None:
    tick = ListTick(total=412, read=100, queued=90, skipped=10)
    told = passed(Signal(kind="playlist.progress", subject_id="p1", audience=HOUSEHOLD, data=tick), at=clock.now())
    assert told
    assert b"event: playlist.progress" in told
    assert b'"subject":{"type":"playlist","id":"p1"}' in told
    assert b'"data":{"total":412,"read":100,"queued":90,"skipped":10}' in told
