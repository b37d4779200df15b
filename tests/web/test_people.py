"""The people's pages: giving an account, changing it, locking out, letting go; each also asked by who must not."""

import re

import httpx
import pytest

from medianest.accounts.types import UserChange
from medianest.core import journal_pages
from medianest.core.actor import SYSTEM, Role
from medianest.core.journal_pages import Sought
from medianest.downloads import listeners, queries
from tests.people import PASSWORD, sign_in
from tests.web.house import House, by_htmx, enter, submit
from tests.web.test_queue import queue

PEOPLE = "/admin/people"


async def test_everybody_is_listed_with_role_standing_and_last_visit(house: House, browser: httpx.AsyncClient) -> None:
    await house.services.accounts.people.change(SYSTEM, house.cast.gus.id, UserChange(suspended=True))
    await sign_in(house.services.accounts, house.cast.bob)
    await enter(browser, house.cast.alice)
    assert (await browser.get("/admin")).headers["location"] == PEOPLE
    page = (await browser.get(PEOPLE)).text
    rows = dict(re.findall(r'<tr id="user-(\w+)"(.*?)</tr>', page, re.DOTALL))
    assert rows.keys() == {getattr(house.cast, name).id for name in ("alice", "bob", "carol", "dora", "gus")}
    assert "Locked out" in rows[house.cast.gus.id]
    assert "Not here yet" in rows[house.cast.gus.id]
    assert "Curator" in rows[house.cast.carol.id]
    assert "<time" in rows[house.cast.bob.id]
    assert ">You<" in rows[house.cast.alice.id]
    assert ">You<" not in rows[house.cast.bob.id]


async def test_somebody_is_given_an_account_and_signs_in(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    new = {"name": "Zoe", "display_name": "Aunt Zoe", "password": PASSWORD, "role": "guest"}
    made = await submit(browser, PEOPLE, on=f"{PEOPLE}/new", **new)
    assert made.status_code == 303
    assert "Aunt Zoe" in (await browser.get(made.headers["location"])).text
    again = await submit(browser, PEOPLE, on=f"{PEOPLE}/new", **new)
    assert again.status_code == 422
    assert "is called “Zoe” already" in again.text
    short = await submit(browser, PEOPLE, on=f"{PEOPLE}/new", **new | {"name": "Yan", "password": "short"})
    assert short.status_code == 422
    assert 'value="Yan"' in short.text
    assert re.search(r'value="guest" checked', short.text)
    async with house.browser() as other:
        answer = await submit(other, "/sign-in", on="/sign-in", name="Zoe", password=PASSWORD)
        assert answer.headers["location"] == "/"


async def test_a_person_is_renamed_and_given_another_role(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    own = f"{PEOPLE}/{house.cast.bob.id}"
    assert (await submit(browser, own, on=own, display_name="Bobby", role="curator")).status_code == 303
    changed = await house.services.accounts.people.one(SYSTEM, house.cast.bob.id)
    assert (changed.display_name, changed.role) == ("Bobby", Role.CURATOR)
    wrong = await submit(browser, own, on=own, display_name=" ", role="guest")
    assert wrong.status_code == 422
    assert "Write a name here." in wrong.text
    assert (await house.services.accounts.people.one(SYSTEM, house.cast.bob.id)).role is Role.CURATOR


async def test_the_last_administrator_is_told_why_they_stay(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    own = f"{PEOPLE}/{house.cast.alice.id}"
    demoted = await submit(browser, own, on=own, display_name="Alice", role="member")
    assert demoted.status_code == 422
    assert "Nobody would be left" in demoted.text
    for act in ("suspend", "remove"):
        answer = await submit(browser, f"{own}/{act}", on=f"{own}/{act}")
        assert answer.status_code == 409
        assert "Nobody would be left" in answer.text


async def test_locking_out_asks_first_and_is_undone(house: House, browser: httpx.AsyncClient) -> None:
    opened, _ = await sign_in(house.services.accounts, house.cast.bob)
    await enter(browser, house.cast.alice)
    own = f"{PEOPLE}/{house.cast.bob.id}"
    assert "Lock Bob out?" in (await browser.get(f"{own}/suspend")).text
    sheet = await by_htmx(browser, "GET", f"{own}/suspend", on=own)
    assert sheet.text.lstrip().startswith("<dialog")
    assert await house.services.accounts.identities.of_session(opened.secret, None)
    gone = await by_htmx(browser, "POST", f"{own}/suspend", on=own)
    assert gone.headers["hx-redirect"] == own
    assert await house.services.accounts.identities.of_session(opened.secret, None) is None
    assert "Locked out" in (await browser.get(own)).text
    await submit(browser, f"{own}/restore", on=own)
    assert "Locked out" not in (await browser.get(own)).text
    assert await sign_in(house.services.accounts, house.cast.bob)


async def test_removing_says_what_becomes_of_things_and_hands_them_over(
    house: House, browser: httpx.AsyncClient
) -> None:
    await enter(browser, house.cast.alice)
    ids = [await queue(house, house.cast.bob, name) for name in ("one", "two", "three")]
    await queue(house, house.cast.carol, "one")
    own = f"{PEOPLE}/{house.cast.bob.id}"
    asked = (await browser.get(f"{own}/remove")).text
    assert "1 download goes to who follows it." in asked
    assert "2 downloads go to you, with their files." in asked
    assert "pseudonym" in asked
    gone = await submit(browser, f"{own}/remove", on=f"{own}/remove")
    assert gone.headers["location"] == PEOPLE
    assert "Bob" not in (await browser.get(PEOPLE)).text
    assert (await browser.get(own)).status_code == 404
    assert "Bob" not in (await browser.get("/admin/journal")).text
    entry = (await house.services.db.read(journal_pages.page, Sought(kinds=frozenset({"user.removed"})))).items[0]
    async with house.services.db.transaction() as session:
        await listeners.hand_over(session, entry)
    found = [await house.services.db.read(queries.by_id, id) for id in ids]
    assert [download.owner.name for download in found if download] == ["Carol", "Alice", "Alice"]


async def test_a_forgotten_password_is_replaced_and_devices_are_signed_out(
    house: House, browser: httpx.AsyncClient
) -> None:
    phone, _ = await sign_in(house.services.accounts, house.cast.bob)
    await sign_in(house.services.accounts, house.cast.bob)
    await enter(browser, house.cast.alice)
    own = f"{PEOPLE}/{house.cast.bob.id}"
    page = (await browser.get(own)).text
    assert "This network" in page
    ends = re.findall(rf"{own}/sessions/\w+/end", page)
    assert len(ends) == 2
    await submit(browser, ends[0], on=own)
    assert len(re.findall(r"sessions/\w+/end", (await browser.get(own)).text)) == 1
    await submit(browser, f"{own}/sign-out", on=f"{own}/sign-out")
    assert "Signed in nowhere." in (await browser.get(own)).text
    assert await house.services.accounts.identities.of_session(phone.secret, None) is None
    assert (await submit(browser, f"{own}/password", on=own, password="short")).status_code == 422
    assert (await submit(browser, f"{own}/password", on=own, password="four words in a row")).status_code == 303
    async with house.browser() as other:
        entered = await submit(other, "/sign-in", on="/sign-in", name="Bob", password="four words in a row")
        assert entered.status_code == 303


@pytest.mark.parametrize(
    "path",
    ["", "/new", "/invite", "/{bob}", "/{bob}/suspend", "/{bob}/remove", "/{bob}/sign-out"],
)
async def test_nobody_but_administrators_looks_after_people(
    house: House, browser: httpx.AsyncClient, path: str
) -> None:
    asked = PEOPLE + path.format(bob=house.cast.bob.id)
    assert (await browser.get(asked)).headers["location"].startswith("/sign-in")
    for user in (house.cast.bob, house.cast.carol, house.cast.dora, house.cast.gus):
        async with house.browser() as theirs:
            await enter(theirs, user)
            assert (await theirs.get(asked)).status_code == 403
            if path not in ("/new", "/invite"):
                assert (await submit(theirs, asked, on="/account")).status_code == 403
    assert len(await house.services.accounts.people.listing(SYSTEM)) == 5
