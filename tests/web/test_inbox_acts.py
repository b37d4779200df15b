"""What is done about a note where it stands: deciding, trying again; with script and without."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import event, update

from medianest.accounts.types import User
from medianest.core import clock
from medianest.core.actor import SYSTEM
from medianest.core.event import HOUSEHOLD, people
from medianest.downloads.events import DownloadFailed
from medianest.downloads.types import State
from medianest.media_requests.events import RequestFailed, RequestSent
from medianest.media_requests.models import RequestRow
from tests.fakes.overseerr import Asked, Overseerr
from tests.people import sign_in
from tests.web.asking import lead_to
from tests.web.house import House, by_htmx, submit
from tests.web.test_decide_once import FILMS, link_for
from tests.web.test_inbox import happen, inside
from tests.web.test_queue import queue

OF_NOTES = ("FROM notes", "FROM downloads", "FROM requests", "FROM request_", "journal.id IN")
"""What the dispatcher reads at the same time is not the page's."""


@pytest.fixture
async def asking(house: House, overseerr: Overseerr) -> House:
    await lead_to(house, overseerr)
    return house


@pytest.fixture
async def carol(asking: House) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who decides."""
    async with inside(asking, asking.cast.carol) as browser:
        yield browser


async def ask_for(house: House, tmdb_id: int = FILMS[0]) -> str:
    """A film for which Bob asked, and of which those who decide were told; its id."""
    await link_for(house, house.cast.carol, tmdb_id)
    id = await house.services.db.read(lambda session: session.query(RequestRow.id).filter_by(tmdb_id=tmdb_id).scalar())
    sent = RequestSent(actor=SYSTEM, subject_id=id, audience=HOUSEHOLD, title="The Matrix", owner_id=None)
    await happen(house, sent)
    return str(id)


async def fail(house: House, owner: User, name: str, *, code: str = "network") -> str:
    """A download that failed, of which this person was told; its id."""
    id = await queue(house, owner, name, state=State.FAILED, error_code=code, finished_at=clock.now())
    about = {"subject_id": id, "audience": HOUSEHOLD | people([owner.id]), "title": name, "owner_id": owner.id}
    await happen(house, DownloadFailed(actor=SYSTEM, code=code, **about))  # type: ignore[arg-type]
    return id


async def read(house: House, user: User) -> None:
    """The next one is a note of its own."""
    _, actor = await sign_in(house.services.accounts, user)
    await house.services.inbox.read(actor)


async def rows(browser: httpx.AsyncClient) -> list[str]:
    """The notes that stand there."""
    return re.findall(r'<li class="note.*?</li>', (await browser.get("/inbox")).text, flags=re.DOTALL)


def fields(row: str) -> list[dict[str, str]]:
    """What the forms of a row send."""
    return [
        dict(re.findall(r'name="(note|id|verdict)" value="([^"]*)"', form))
        for form in re.findall(r"<form.*?</form>", row, flags=re.DOTALL)
    ]


@pytest.mark.parametrize(
    ("verdict", "word", "there"), [(0, "On its way", Asked.APPROVED), (1, "Declined", Asked.DECLINED)]
)
async def test_a_wish_is_decided_in_its_row_and_the_row_says_so(
    asking: House, overseerr: Overseerr, carol: httpx.AsyncClient, verdict: int, word: str, there: Asked
) -> None:
    await ask_for(asking)
    (row,) = await rows(carol)
    assert 'aria-label="Approve The Matrix"' in row
    assert "waits for your decision" in row
    sent = fields(row)[verdict]
    answer = await submit(carol, "/requests/decide", on="/inbox?topic=decide", reason="On disc", **sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox?topic=decide")
    assert overseerr.wishes[0].status == there
    (row,) = await rows(carol)
    assert fields(row) == []
    assert (word in row, "no longer waits for your decision" in row) == (True, True)
    assert "unread" not in row
    async with inside(asking, asking.cast.alice) as alice:
        (row,) = await rows(alice)
        assert (fields(row), word in row) == ([], True), "for the others it is decided, too"


async def test_script_reads_the_page_anew_and_is_told_what_went_wrong(
    asking: House, overseerr: Overseerr, carol: httpx.AsyncClient
) -> None:
    await ask_for(asking)
    (row,) = await rows(carol)
    overseerr.away()
    told = await by_htmx(carol, "POST", "/requests/decide", on="/inbox", **fields(row)[0])
    assert (told.status_code, 'class="toast bad"' in told.text) == (422, True)
    assert [len(fields(row)) for row in await rows(carol)] == [2], "it stays as it was"
    overseerr.back()
    told = await by_htmx(carol, "POST", "/requests/decide", on="/inbox", **fields(row)[0])
    assert (told.headers.get("hx-trigger"), "hx-redirect" in told.headers) == ("acted", False)


async def test_what_failed_is_tried_again_by_its_owner_where_that_may_help(house: House) -> None:
    bob = house.cast.bob
    id = await fail(house, bob, "film")
    await read(house, bob)
    await fail(house, bob, "copyrighted", code="drm")
    async with inside(house, bob) as browser:
        hopeless, hopeful = await rows(browser)
        assert "/retry" not in hopeless
        (sent,) = fields(hopeful)
        assert f'action="/downloads/{id}/retry"' in hopeful
        answer = await submit(browser, f"/downloads/{id}/retry", on="/inbox", **sent)
        assert answer.headers["location"] == "/inbox"
        again = (await rows(browser))[1]
        assert ("/retry" in again, "In line" in again) == (False, True), again


async def test_who_only_follows_is_not_asked_to_try_again(house: House) -> None:
    id = await fail(house, house.cast.bob, "film")
    about = {"audience": people([house.cast.carol.id]), "title": "film", "owner_id": house.cast.bob.id}
    await happen(house, DownloadFailed(actor=SYSTEM, subject_id=id, code="network", **about))  # type: ignore[arg-type]
    async with inside(house, house.cast.carol) as browser:
        (row,) = await rows(browser)
        assert "/retry" not in row


async def test_a_wish_that_never_left_the_portal_is_sent_again_from_its_note(
    asking: House, overseerr: Overseerr
) -> None:
    id = await ask_for(asking)
    bob = asking.cast.bob
    async with asking.services.db.transaction() as session:
        failed = {"state": "failed", "upstream_id": None, "error_code": "quota_exceeded"}
        await session.execute(update(RequestRow).where(RequestRow.id == id).values(**failed))
    overseerr.wishes.clear()
    about = {"subject_id": id, "audience": people([bob.id]), "title": "The Matrix", "owner_id": bob.id}
    await happen(asking, RequestFailed(actor=SYSTEM, **about))  # type: ignore[arg-type]
    async with inside(asking, bob) as browser:
        (row,) = await rows(browser)
        assert f'action="/requests/{id}/retry"' in row
        answer = await submit(browser, f"/requests/{id}/retry", on="/inbox", **fields(row)[0])
        assert answer.headers["location"] == "/inbox"
        (row,) = await rows(browser)
        assert ("/retry" in row, "unread" in row) == (False, False)
    assert len(overseerr.wishes) == 1


async def test_the_page_asks_no_more_for_many_notes_than_for_a_few(asking: House) -> None:
    carol = asking.cast.carol
    said: list[str] = []
    reader = asking.services.db._reader
    event.listen(reader, "before_cursor_execute", lambda _c, _cursor, sql, *_: said.append(sql))
    counted = []
    async with inside(asking, carol) as browser:
        for number, film in enumerate(FILMS):
            await ask_for(asking, film)
            await fail(asking, carol, f"film-{number}")
            await read(asking, carol)
            said.clear()
            assert len(await rows(browser)) == 2 * (number + 1)
            counted.append(sum(any(table in sql for table in OF_NOTES) for sql in said))
    assert counted[0] > 1
    assert len(set(counted)) == 1, counted
