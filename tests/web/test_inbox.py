"""The page of the inbox, and the count that stands on every page."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from sqlalchemy import event

from medianest.accounts.types import User
from medianest.core import journal
from medianest.core.actor import SYSTEM
from medianest.core.event import ADMINS, HOUSEHOLD, Event, people
from medianest.core.jobs import JobFailed
from medianest.downloads.events import DownloadFailed, DownloadFinished
from medianest.media_requests.events import RequestSent
from tests.web.house import House, enter, submit
from tests.web.test_live import listening


def finished(owner: User, title: str, *, id: str = "d1") -> Event:
    about = {"subject_id": id, "title": title, "owner_id": owner.id, "audience": HOUSEHOLD | people([owner.id])}
    return DownloadFinished(actor=SYSTEM, size_bytes=1, warnings=[], **about)  # type: ignore[arg-type]


async def happen(house: House, *events: Event) -> None:
    """Write these down and have everybody told."""
    listener = house.services.inbox.listeners()[0]
    for one in events:
        async with house.services.db.transaction() as session:
            id = await journal.record(session, one)
            entry = (await session.run_sync(journal.by_ids, [id]))[id]
            await listener.handle(session, entry)


@asynccontextmanager
async def inside(house: House, user: User) -> AsyncIterator[httpx.AsyncClient]:
    async with house.browser() as browser:
        await enter(browser, user)
        yield browser


async def test_the_inbox_tells_what_happened_and_leads_there(house: House) -> None:
    bob, dora = house.cast.bob, house.cast.dora
    failed = DownloadFailed(
        actor=SYSTEM, subject_id="d2", audience=people([bob.id]), title="<b>", owner_id=bob.id, code="network"
    )
    await happen(house, finished(bob, "Harbour lights"), failed)
    async with inside(house, bob) as browser:
        page = (await browser.get("/inbox")).text
        assert "2 new notes" in page
        assert re.findall(r"<strong>(.*?)</strong>", page) == [
            "“&lt;b&gt;” could not be fetched.",
            "“Harbour lights” is here.",
        ]
        assert 'href="/queue" aria-label="Look: “Harbour lights” is here."' in page, "it is gone by now"
        ready = (await browser.get("/inbox?topic=ready")).text
        assert re.findall(r"<strong>(.*?)</strong>", ready) == ["“Harbour lights” is here."]
        assert "House" not in ready
    async with inside(house, dora) as browser:
        assert "Nothing yet" in (await browser.get("/inbox")).text


async def test_reading_is_said_by_hand_for_one_topic_or_for_all(house: House) -> None:
    alice = house.cast.alice
    sent = RequestSent(actor=SYSTEM, subject_id="r1", audience=HOUSEHOLD, title="The General", owner_id=None)
    await happen(house, sent, JobFailed(actor=SYSTEM, subject_id="backup", audience=ADMINS, error="disk full"))
    async with inside(house, alice) as browser:
        decide = (await browser.get("/inbox?topic=decide")).text
        assert 'href="/requests"' in re.findall(r'<li class="note.*?</li>', decide, re.DOTALL)[0], "it is gone"
        for topic, left in (("decide", "1 new note<"), ("", "Everything is read.")):
            answer = await submit(browser, "/inbox/read", on="/inbox", topic=topic)
            assert answer.headers["location"] == (f"/inbox?topic={topic}" if topic else "/inbox")
            assert left in (await browser.get("/inbox")).text


async def test_every_page_counts_what_is_unread_and_hears_of_more(house: House) -> None:
    bob = house.cast.bob
    async with inside(house, bob) as browser:
        first = await browser.get("/library")
        assert re.search(r'id="unread-count" data-n="0" hidden', first.text)
        async with listening(house, bob) as stream:
            await happen(house, finished(bob, "Harbour lights"))
            told = [await stream.next() for _ in range(3)]
        assert any("1 new note" in one.get("data", "") and "unread-count" in one["data"] for one in told)
        assert any(one.get("event") == "notes" for one in told)
        again = await browser.get("/library", headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 200
        assert re.search(r'id="unread-count" data-n="1">.*?1 new note<', again.text)
        await submit(browser, "/inbox/read", on="/inbox")
        read = await browser.get("/library", headers={"If-None-Match": again.headers["etag"]})
        assert re.search(r'id="unread-count" data-n="0" hidden', read.text)


async def test_the_frame_of_a_page_is_read_in_one_hop(house: House) -> None:
    """The newest entry, what is under way and what is unread."""
    async with inside(house, house.cast.bob) as browser:
        said: list[str] = []
        reader = house.services.db._reader
        event.listen(reader, "before_cursor_execute", lambda _c, _cursor, sql, *_: said.append(sql))
        assert (await browser.get("/account/phone")).status_code == 200
    tables = ("FROM journal ORDER", "FROM download_counts", "FROM notes")
    frame = [[table for table in tables if table in hop] for hop in "\n".join(said).split("BEGIN")]
    assert [hop for hop in frame if hop] == [list(tables)]
