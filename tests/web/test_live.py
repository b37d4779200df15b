"""What open pages are told: to each what they may see, once for all who see the same."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlalchemy import update

from medianest.accounts.types import User
from medianest.core import journal
from medianest.core.actor import SYSTEM
from medianest.core.event import HOUSEHOLD
from medianest.core.live import Signal
from medianest.downloads import queries, rights
from medianest.downloads.events import DownloadDeleted, DownloadEvent, DownloadFinished, DownloadFollowed
from medianest.downloads.models import DownloadRow
from medianest.downloads.types import Progress, Stage, State, Tick
from medianest.downloads.workers import SIGNAL
from medianest.plex.titles.types import SIGNAL as PLEX_SIGNAL
from tests.people import sign_in
from tests.web.house import House, enter
from tests.web.test_queue import finish, queue

NEW_IN_PLEX = Signal(kind=PLEX_SIGNAL, subject_id=PLEX_SIGNAL, audience=HOUSEHOLD, data=None)

HALF = Progress(percent=50.0, downloaded_bytes=5 * 10**6, total_bytes=10**7, speed_bytes_per_s=2e6, eta_s=3)
ARRIVED = {"event": "arrived", "data": "downloads"}
"""What has come by now is another thing: whoever shows that asks for it."""
MEMBERS = frozenset({"role:member", "role:curator"})


class Stream:
    """The messages of an open stream."""

    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.aiter_lines()

    async def begin(self) -> None:
        """Until the stream has said its first word: from then on it hears of everything."""
        async with asyncio.timeout(10):
            assert await anext(self._lines) == ": ping"

    async def next(self) -> dict[str, str]:
        """The next message that says something: its fields."""
        fields: dict[str, list[str]] = {}
        async with asyncio.timeout(10):
            async for line in self._lines:
                if line:
                    name, _, value = line.partition(": ")
                    fields.setdefault(name, []).append(value)
                elif fields.keys() - {""}:
                    return {name: "\n".join(values) for name, values in fields.items()}
                else:
                    fields.clear()
        raise AssertionError("the stream ended")


@asynccontextmanager
async def listening(house: House, user: User, *, after: str = "", heard: str = "") -> AsyncIterator[Stream]:
    """This person's page is open."""
    async with house.browser() as browser:
        await enter(browser, user)
        async with browser.stream("GET", f"/live?after={after}&heard={heard}") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            stream = Stream(answer)
            await stream.begin()
            yield stream


async def record(house: House, kind: type[DownloadEvent], id: str, **facts: object) -> None:
    download = await house.services.db.read(queries.by_id, id)
    assert download
    event = kind(
        actor=SYSTEM, subject_id=id, audience=rights.audience(download), title=download.title,
        owner_id=download.owner.id, **facts,  # type: ignore[arg-type]
    )  # fmt: skip
    async with house.services.db.transaction() as session:
        await journal.record(session, event)


def tick(house: House, id: str, *, audience: frozenset[str] = MEMBERS, progress: Progress = HALF) -> None:
    data = Tick(stage=Stage.FETCHING, progress=progress)
    house.live.publish(Signal(kind=SIGNAL, subject_id=id, audience=audience, data=data))


async def test_a_new_download_comes_into_its_lists_with_the_counts(house: House) -> None:
    async with listening(house, house.cast.carol) as carol:
        id = await queue(house, house.cast.bob, "film")
        told = await carol.next()
    assert told["id"].isdecimal()
    assert "event" not in told
    assert f'<hx-partial hx-target="li#download-{id}" hx-swap="delete">' in told["data"]
    assert 'hx-target="[data-shows=all] #queue-waiting" hx-swap="beforeend"' in told["data"]
    assert "1 waiting." in told["data"]
    assert "/pause" not in told["data"]
    assert "csrf" not in told["data"]


async def test_an_owner_is_told_with_the_verbs_and_a_toast(house: House) -> None:
    id = await finish(house, house.cast.bob, "film")
    async with listening(house, house.cast.bob) as stream:
        await record(house, DownloadFinished, id, size_bytes=10, warnings=[])
        assert await stream.next() == ARRIVED
        told = await stream.next()
    assert "[data-shows=mine] #queue-done" in told["data"]
    assert f"/downloads/{id}/delete" in told["data"]
    assert '<hx-partial hx-target="#toasts" hx-swap="beforeend">' in told["data"]
    assert "film is here" in told["data"]


async def test_the_list_that_it_came_from_counts_what_arrived(house: House) -> None:
    id = await finish(house, house.cast.bob, "film")
    _, actor = await sign_in(house.services.accounts, house.cast.bob)
    playlist = await house.services.downloads.playlists.ask(actor, "https://tube.example/list")
    async with house.services.db.transaction() as session:
        await session.execute(update(DownloadRow).where(DownloadRow.id == id).values(playlist_id=playlist.id))
    async with listening(house, house.cast.carol) as stream:
        await record(house, DownloadFinished, id, size_bytes=10, warnings=[])
        assert await stream.next() == ARRIVED
        told = await stream.next()
    _, _, line = told["data"].partition(f'hx-target="#list-line-{playlist.id}"')
    assert "one arrived" in line


async def test_others_are_told_without_a_toast(house: House) -> None:
    id = await finish(house, house.cast.bob, "film")
    async with listening(house, house.cast.carol) as stream:
        await record(house, DownloadFinished, id, size_bytes=10, warnings=[])
        assert await stream.next() == ARRIVED
        told = await stream.next()
    assert "film is here" not in told["data"]


async def test_a_film_that_plays_is_not_swapped_away_when_somebody_else_wants_it(house: House) -> None:
    id = await finish(house, house.cast.bob, "film")
    async with listening(house, house.cast.bob) as stream:
        await record(house, DownloadFollowed, id)
        assert await stream.next() == ARRIVED
        told = await stream.next()
    assert f'hx-target="li.job#download-{id}" hx-swap="outerHTML"' in told["data"]
    assert "article#" not in told["data"]


async def test_what_was_deleted_goes_from_every_page(house: House) -> None:
    id = await finish(house, house.cast.bob, "film")
    async with listening(house, house.cast.carol) as stream:
        await record(house, DownloadDeleted, id, file_deleted=True)
        assert await stream.next() == ARRIVED
        told = await stream.next()
    assert f'<hx-partial hx-target="li#download-{id}" hx-swap="delete"></hx-partial>' in told["data"]
    assert "/file" not in told["data"]


async def test_progress_moves_the_line_alone_and_has_no_id(house: House) -> None:
    id = await queue(house, house.cast.bob, "film", state=State.RUNNING, stage="fetching")
    async with listening(house, house.cast.carol) as stream:
        tick(house, id)
        told = await stream.next()
    assert "id" not in told
    assert f'<hx-partial hx-target="#line-{id}" hx-swap="outerMorph">' in told["data"]
    assert '<progress value="50.0" max="100" aria-label="film" aria-valuetext="Downloading, 50%">50%' in told["data"]
    assert "2 MB/s" in told["data"]
    assert "<li" not in told["data"]


async def test_progress_that_has_only_begun_is_told_too(house: House) -> None:
    id = await queue(house, house.cast.bob, "film", state=State.RUNNING, stage="fetching")
    async with listening(house, house.cast.carol) as stream:
        tick(house, id, progress=Progress(percent=0.0, total_bytes=10**7))
        told = await stream.next()
    assert "0 kB of 10 MB" in told["data"]


async def test_who_may_not_see_a_download_hears_nothing_of_it(house: House) -> None:
    id = await queue(house, house.cast.bob, "secret-film", state=State.RUNNING)
    async with listening(house, house.cast.dora) as stream:
        tick(house, id)
        await record(house, DownloadFollowed, id)
        tick(house, id, audience=frozenset({f"user:{house.cast.dora.id}"}))
        told = await stream.next()
    assert "id" not in told


async def test_when_there_is_news_in_plex_shelves_are_told_to_look_and_nothing_else(house: House) -> None:
    async with listening(house, house.cast.dora) as stream:
        everybody = frozenset({"role:child"})
        house.live.publish(Signal(kind=PLEX_SIGNAL, subject_id=PLEX_SIGNAL, audience=everybody, data=None))
        assert await stream.next() == {"event": "plex", "data": "titles"}


async def test_a_page_hears_what_happened_between_its_making_and_its_stream(house: House) -> None:
    newest = await house.services.db.read(journal.newest_id)
    id = await queue(house, house.cast.bob, "film")
    async with listening(house, house.cast.bob, after=str(newest)) as stream:
        missed = await stream.next()
    assert id in missed["data"]


async def test_a_page_hears_what_passed_between_its_making_and_its_stream(house: House) -> None:
    async with house.browser() as browser:
        await enter(browser, house.cast.bob)
        page = (await browser.get("/status")).text
        heard = page.partition("&amp;heard=")[2].partition('"')[0]
    house.live.publish(NEW_IN_PLEX)
    async with listening(house, house.cast.bob, heard=heard) as stream:
        assert await stream.next() == {"event": "plex", "data": "titles"}


@pytest.mark.parametrize("heard", ["", "-1", "x", "1e3", "9" * 40, "9" * 5000])
async def test_a_page_that_says_nonsense_is_told_what_comes(house: House, heard: str) -> None:
    house.live.publish(NEW_IN_PLEX)
    async with listening(house, house.cast.bob, heard=heard) as stream:
        id = await queue(house, house.cast.bob, "film")
        assert id in (await stream.next())["data"]


async def test_a_page_that_is_too_old_is_told_to_read_itself_anew(house: House) -> None:
    async with listening(house, house.cast.bob, after="999999") as stream:
        told = await stream.next()
    assert told["event"] == "reset"


async def test_every_page_knows_up_to_where_it_is_true(house: House) -> None:
    async with house.browser() as browser:
        await enter(browser, house.cast.bob)
        newest = await house.services.db.read(journal.newest_id)
        assert f'hx-sse:connect="/live?after={newest}&amp;heard=' in (await browser.get("/queue")).text
