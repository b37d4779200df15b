"""What happens, as it happens, over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from medianest.accounts.types import Scope
from medianest.core.event import HOUSEHOLD
from medianest.core.live import Signal
from medianest.downloads.types import Progress, Stage, Tick
from tests.api.portal import Portal

EVENTS = "/api/v1/events"
PATIENCE_S = 10


class Stream:
    """The events of a stream, one by one, as their fields."""

    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.aiter_lines()

    async def next(self) -> dict[str, str]:
        async with asyncio.timeout(PATIENCE_S):
            fields: dict[str, str] = {}
            async for line in self._lines:
                if line and not line.startswith(":"):
                    name, _, value = line.partition(": ")
                    fields[name] = value
                elif fields:
                    return fields
        raise EOFError

    async def data(self) -> Any:
        return json.loads((await self.next())["data"])

    async def rest(self) -> list[str]:
        """The names of what still came until the other side ended it."""
        async with asyncio.timeout(PATIENCE_S):
            return [line async for line in self._lines if line.startswith("event: ")]

    async def first_line(self) -> str:
        async with asyncio.timeout(PATIENCE_S):
            return await anext(self._lines)


@asynccontextmanager
async def listening(client: httpx.AsyncClient, **headers: str) -> AsyncIterator[Stream]:
    async with client.stream("GET", EVENTS, headers=headers) as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        stream = Stream(answer)
        assert await stream.first_line() == ": ping", "it is open"
        yield stream


async def test_what_happens_comes_with_the_id_of_the_journal(portal: Portal) -> None:
    bob, carol = await portal.browser(portal.cast.bob), await portal.program(portal.cast.carol, Scope.READ)
    async with listening(carol) as stream:
        id = await portal.queued(bob)
        while (event := await stream.next())["event"] == "token.created":
            pass  # news from the moment before the stream was opened
    told = json.loads(event["data"])
    assert (event["event"], told["kind"]) == ("download.queued", "download.queued")
    assert told.keys() == {"at", "kind", "subject", "actor", "data"}
    assert told["subject"] == {"type": "download", "id": id}
    assert told["actor"] == {"id": portal.cast.bob.id, "name": "Bob"}
    assert told["data"]["title"] == "harbour.mp4"
    newest = (await (await portal.browser(portal.cast.alice)).get("/api/v1/admin/journal?kind=download.queued")).json()
    assert event["id"] == str(newest["items"][0]["id"])


async def test_who_comes_back_hears_what_was_missed(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    async with listening(bob) as stream:
        id = await portal.queued(bob)
        heard = await stream.next()
    await bob.post(f"/api/v1/downloads/{id}/pause")
    await bob.post(f"/api/v1/downloads/{id}/resume")
    async with listening(bob, **{"last-event-id": heard["id"]}) as stream:
        assert [(await stream.next())["event"] for _ in range(2)] == ["download.paused", "download.resumed"]


async def test_an_id_that_nobody_knows_means_to_read_anew(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    for id in ("999999", "-1", "x", "9" * 40):
        async with listening(bob, **{"last-event-id": id}) as stream:
            assert await stream.next() == {"event": "reset", "data": "{}"}


async def test_progress_passes_by_without_an_id(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    tick = Tick(stage=Stage.FETCHING, progress=Progress(percent=12.5, downloaded_bytes=1, total_bytes=8))
    async with listening(bob) as stream:
        portal.live.publish(Signal(kind="download.progress", subject_id="d1", audience=HOUSEHOLD, data=tick))
        event = await stream.next()
    assert event.keys() == {"event", "data"}
    assert event["event"] == "download.progress"
    assert json.loads(event["data"])["data"]["percent"] == 12.5


async def test_nobody_hears_what_they_may_not_know(portal: Portal) -> None:
    bob, dora = await portal.browser(portal.cast.bob), await portal.browser(portal.cast.dora)
    program = await portal.program(portal.cast.alice, Scope.READ)
    async with listening(dora) as child, listening(program) as limited:
        id = await portal.queued(bob)
        await portal.browser(portal.cast.gus)
        await portal.browser(portal.cast.dora)
        assert (await child.data())["subject"] == {"type": "user", "id": portal.cast.dora.id}
        assert (await limited.data())["subject"] == {"type": "download", "id": id}
        await bob.post(f"/api/v1/downloads/{id}/pause")
        assert (await limited.data())["kind"] == "download.paused", "sign-ins are for administrators"


async def test_a_stream_ends_with_the_right_to_it(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    program = await portal.program(portal.cast.bob, Scope.READ)
    token = (await bob.get("/api/v1/tokens")).json()["items"][0]["id"]
    async with listening(program) as stream:
        await bob.delete(f"/api/v1/tokens/{token}")
        told = [line for line in await stream.rest() if line.startswith("event: ")]
    assert told[-1] == "event: reset"


async def test_asking_only_for_the_head_of_a_stream_leaves_none_open(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    for _ in range(20):
        head = await bob.head(EVENTS)
        assert (head.status_code, head.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
