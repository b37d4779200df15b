"""Deciding and reporting while the server that fetches accepts and says nothing: pages answer soon, and tell."""

import asyncio
import re
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import select

from medianest.media_requests.models import DecisionLinkRow
from medianest.media_requests.patience import Patience
from tests.fakes.overseerr import API, Asked, Has, May, Overseerr
from tests.web.asking import MATRIX, lead_to
from tests.web.house import House, by_htmx, enter, submit
from tests.web.test_decide_once import decide, link_for
from tests.web.test_inbox import inside
from tests.web.test_inbox_acts import ask_for, rows
from tests.web.test_problems import STATE

DECIDE = "/requests/decide"
HEARS = "hears of it by itself"
SOON_S = 10


@pytest.fixture
async def asking(house: House, overseerr: Overseerr) -> House:
    """Nobody waits longer than a tenth of a second there."""
    await lead_to(house, overseerr)
    for person in overseerr.users[1:]:
        person.permissions |= May.CREATE_ISSUES
    house.services.requests.errands._waited_for = Patience(0.1)
    return house


@pytest.fixture(autouse=True)
def talks_again(overseerr: Overseerr) -> Iterator[None]:
    yield
    overseerr.calm()


async def over(house: House, subject_id: str) -> None:
    async with asyncio.timeout(SOON_S):
        while house.services.requests.errands.under_way(subject_id):
            await asyncio.to_thread(bool)


def silence(overseerr: Overseerr, path: str) -> None:
    overseerr.trouble(API + path, wait=30)


async def test_a_card_says_what_was_decided_and_asks_no_more(asking: House, overseerr: Overseerr) -> None:
    id = await ask_for(asking)
    silence(overseerr, "/request/1/approve")
    async with inside(asking, asking.cast.carol) as carol:
        async with asyncio.timeout(SOON_S):
            sent = await submit(carol, f"/requests/{id}/approve", on=DECIDE)
        assert sent.headers["location"] == DECIDE
        page = (await carol.get(DECIDE)).text
        assert "Approved here" in page
        assert HEARS in page
        assert f'action="/requests/{id}/approve"' not in page
        assert HEARS in (await carol.get(f"/requests/{id}")).text
        refused = await submit(carol, f"/requests/{id}/decline", on=DECIDE)
        assert "on its way to the server already" in refused.text
        async with inside(asking, asking.cast.bob) as bob:
            assert HEARS not in (await bob.get(f"/requests/{id}")).text

        overseerr.calm()

        await over(asking, id)
        assert id not in (await carol.get(DECIDE)).text
    assert overseerr.wishes[0].status == Asked.APPROVED


async def test_several_are_decided_at_once_and_nobody_waits_for_each(asking: House, overseerr: Overseerr) -> None:
    ids = [await ask_for(asking, film) for film in (603, 438631, 155, 680)]
    silence(overseerr, "/request/")
    async with inside(asking, asking.cast.carol) as carol:
        async with asyncio.timeout(SOON_S):
            sent = await submit(carol, DECIDE, on=DECIDE, id=ids, verdict="decline", reason="On disc")
        assert sent.headers["location"] == DECIDE
        overseerr.calm()
        for id in ids:
            await over(asking, id)
    assert [wish.status for wish in overseerr.wishes] == [Asked.DECLINED] * 4


@pytest.mark.parametrize("with_script", [False, True])
async def test_a_note_says_what_was_decided_where_it_stands(
    asking: House, overseerr: Overseerr, *, with_script: bool
) -> None:
    id = await ask_for(asking)
    silence(overseerr, "/request/1/decline")
    async with inside(asking, asking.cast.carol) as carol:
        note = re.search(r'id="note-(\d+)"', (await carol.get("/inbox")).text)
        assert note
        said = {"id": id, "verdict": "decline", "note": note[1], "reason": "On disc"}
        async with asyncio.timeout(SOON_S):
            if with_script:
                await by_htmx(carol, "POST", DECIDE, on="/inbox", **said)
            else:
                await submit(carol, DECIDE, on="/inbox", **said)
        (row,) = await rows(carol)
        assert ("Declined here" in row, "<form" in row) == (True, False)
        overseerr.calm()
        await over(asking, id)
        (row,) = await rows(carol)
        assert ("Declined here" in row, "Declined" in row) == (False, True)


async def test_a_link_that_decides_says_that_it_is_under_way_and_is_good_again_where_that_fails(
    asking: House, browser: httpx.AsyncClient, overseerr: Overseerr
) -> None:
    path = await link_for(asking, asking.cast.carol)
    silence(overseerr, "/request/1/approve")
    async with asyncio.timeout(SOON_S):
        done = await decide(browser, path, verdict="approve")
    assert (done.status_code, "Your decision is on its way" in done.text) == (200, True)
    assert "used already" in (await browser.get(path)).text

    right, overseerr.key = overseerr.key, "another"
    overseerr.calm()
    (request_id,) = await asking.services.db.read(
        lambda session: session.scalars(select(DecisionLinkRow.request_id)).all()
    )
    await over(asking, request_id)
    overseerr.key = right
    asking.services.requests.errands._waited_for = Patience(SOON_S)
    assert "You decide as Carol" in (await browser.get(path)).text
    assert "Approved" in (await decide(browser, path, verdict="approve")).text


async def test_a_report_is_on_its_way_and_its_page_tells_how_it_stands(asking: House, overseerr: Overseerr) -> None:
    async with asking.browser() as bob:
        await enter(bob, asking.cast.bob)
        await submit(bob, MATRIX, on=MATRIX)
        for medium in overseerr.media:
            medium.status = Has.AVAILABLE
        asking.services.discovery._titles.outdate()
        silence(overseerr, "/issue")
        form = f"{MATRIX}/problem"
        async with asyncio.timeout(SOON_S):
            sent = await submit(bob, form, on=form, kind="audio", text="No sound")
        path = sent.headers["location"]
        page = (await bob.get(path)).text
        assert STATE.findall(page) == [("waiting", "Not reported yet")]
        assert ("No sound" in page, "your report goes to it by itself" in page, "/comments" in page) == (
            True, True, False,
        )  # fmt: skip
        async with inside(asking, asking.cast.carol) as carol:
            assert (await carol.get(path)).status_code == 404

        overseerr.calm()

        await over(asking, path.rpartition("/")[2])
        page = (await bob.get(path)).text
        assert (STATE.findall(page), "by itself" in page) == ([("pending", "Open")], False)

        silence(overseerr, "/issue/")
        async with asyncio.timeout(SOON_S):
            await submit(bob, f"{path}/comments", on=path, text="Still none")
            await submit(bob, f"{path}/resolve", on=path)
        page = (await bob.get(path)).text
        assert ("Still none" in page, "You said that it is solved" in page, "/resolve" in page) == (True, True, False)
        overseerr.calm()
        await over(asking, path.rpartition("/")[2])
        assert STATE.findall((await bob.get(path)).text) == [("up", "Solved")]
    assert [one.text for one in overseerr.issues[0].comments] == ["No sound", "Still none"]
