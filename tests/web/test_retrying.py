"""Failures that stand together in one note are tried again together, as each by itself; with script and without."""

from sqlalchemy import event

from medianest.accounts.types import User
from medianest.downloads import queries
from medianest.downloads.types import State
from tests.web.house import House, by_htmx, submit
from tests.web.test_inbox import inside
from tests.web.test_inbox_acts import fail, fields, rows
from tests.web.test_queue import queue

RETRY = "/inbox/retry"
OF_NOTES = ("FROM notes", "FROM downloads", "journal.id IN")
"""What the dispatcher reads at the same time is not the page's."""


async def states(house: House, *ids: str) -> list[State]:
    return [one.state for id in ids if (one := await house.services.db.read(queries.by_id, id))]


async def several(house: House, owner: User, *codes: str) -> list[str]:
    """Downloads of this person that failed for these reasons, of which one note tells."""
    return [await fail(house, owner, f"film-{number}", code=code) for number, code in enumerate(codes)]


async def test_all_are_tried_again_that_may_be_and_it_is_said_how_many(house: House) -> None:
    bob = house.cast.bob
    first, hopeless, third = await several(house, bob, "network", "drm", "network")
    async with inside(house, bob) as browser:
        (row,) = await rows(browser)
        assert "3 videos could not be fetched" in row
        (sent,) = fields(row)
        page = await submit(browser, RETRY, on="/inbox", topic="trouble", **sent)
        assert (page.status_code, "Tried again: 2." in page.text) == (200, True)
        assert await states(house, first, hopeless, third) == [State.QUEUED, State.FAILED, State.QUEUED]
        (row,) = await rows(browser)
        assert (fields(row), "unread" in row) == ([], False)
        again = await submit(browser, RETRY, on="/inbox", **sent)
        assert "Nothing of it can be tried again any more" in again.text


async def test_a_hundred_at_once_the_newest_first(house: House) -> None:
    bob = house.cast.bob
    ids = await several(house, bob, *["network"] * 103)
    async with inside(house, bob) as browser:
        for went, left in ((100, 3), (3, 0)):
            (sent,) = fields((await rows(browser))[0])
            assert f"Tried again: {went}." in (await submit(browser, RETRY, on="/inbox", **sent)).text
            assert await states(house, *ids) == [State.FAILED] * left + [State.QUEUED] * (103 - left)


async def test_script_is_told_of_those_that_do_not_go_on_and_why(house: House) -> None:
    """Bob queued one of them anew meanwhile."""
    bob = house.cast.bob
    ids = await several(house, bob, "network", "network", "network")
    await queue(house, bob, "film-1")
    async with inside(house, bob) as browser:
        (row,) = await rows(browser)
        told = await by_htmx(browser, "POST", RETRY, on="/inbox", **fields(row)[0])
        assert told.headers["hx-trigger"] == "acted"
        assert ("Tried again: 2. Not tried again: 1." in told.text, 'class="toast bad"' in told.text) == (True, True)
        (row,) = await rows(browser)
        assert [list(one) for one in fields(row)] == [["note"]], "the one is still there to be tried"
    assert await states(house, *ids) == [State.QUEUED, State.FAILED, State.QUEUED]


async def test_nobody_has_tried_again_what_others_were_told(house: House) -> None:
    ids = await several(house, house.cast.bob, "network", "network")
    async with inside(house, house.cast.bob) as bob:
        ((sent,),) = [fields(row) for row in await rows(bob)]
    for other in (house.cast.carol, house.cast.dora):
        async with inside(house, other) as browser:
            assert (await submit(browser, RETRY, on="/account", **sent)).status_code == 404
            assert (await submit(browser, RETRY, on="/account", note="x")).headers["location"] == "/inbox"
    assert await states(house, *ids) == [State.FAILED] * 2


async def test_the_page_asks_no_more_for_many_that_failed_than_for_two(house: House) -> None:
    bob = house.cast.bob
    said: list[str] = []
    event.listen(house.services.db._reader, "before_cursor_execute", lambda _c, _cursor, sql, *_: said.append(sql))
    counted = []
    await several(house, bob, "network", "network")
    async with inside(house, bob) as browser:
        for number in range(2):
            said.clear()
            (row,) = await rows(browser)
            assert fields(row)
            counted.append(sum(any(table in sql for table in OF_NOTES) for sql in said))
            for more in range(3):
                await fail(house, bob, f"more-{number}-{more}")
    assert len(set(counted)) == 1, counted
