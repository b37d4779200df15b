"""Inviting: the link is shown once, leads to a door without its secret in the address, and lets so many in."""

import re

import httpx

from medianest.core.actor import SYSTEM
from medianest.http import paces
from tests.people import PASSWORD
from tests.web.house import House, enter, submit

INVITE = "/admin/people/invite"


async def invite(house: House, **wanted: str) -> str:
    """The path of a new invitation by Alice."""
    async with house.browser() as alice:
        await enter(alice, house.cast.alice)
        fields = {"role": "guest", "uses": "1", "days": "7", "label": "Neighbours"} | wanted
        made = await submit(alice, "/admin/people/invitations", on=INVITE, **fields)
        assert made.status_code == 200, made.text
        found = re.search(r'id="secret" value="([^"]+)"', made.text)
        assert found
        assert found[1].startswith(f"{house.url}/invite/mi_")
        assert found[1] not in (await alice.get("/admin/people")).text
        return found[1].removeprefix(house.url)


async def come_in(browser: httpx.AsyncClient, path: str, name: str, password: str = PASSWORD) -> httpx.Response:
    await browser.get(path)
    return await submit(browser, "/invite", on="/invite", name=name, password=password)


async def test_who_is_invited_chooses_a_name_and_is_in(house: House, browser: httpx.AsyncClient) -> None:
    path = await invite(house)
    led = await browser.get(path)
    assert (led.status_code, led.headers["location"]) == (303, "/invite")
    cookie = led.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    form = await browser.get("/invite")
    assert path.rpartition("/")[2] not in form.text
    assert form.headers["referrer-policy"] == "same-origin"
    taken = await come_in(browser, path, "bob")
    assert taken.status_code == 422
    assert "is called “bob” already" in taken.text
    assert "at least 10 characters" in (await come_in(browser, path, "Zoe", "short")).text
    entered = await come_in(browser, path, "Zoe")
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    assert "Zoe" in (await browser.get("/account")).text
    assert "medianest-invitation" not in browser.cookies
    zoe = next(user for user in await house.services.accounts.people.listing(SYSTEM) if user.name == "Zoe")
    assert zoe.role == "guest"


async def test_what_is_no_secret_leads_to_the_same_door(house: House, browser: httpx.AsyncClient) -> None:
    for odd in ("%EF%BF%BE", "a%3Bb", "%22", "x" * 500):
        led = await browser.get(f"/invite/{odd}")
        assert (led.status_code, led.headers["location"]) == (303, "/invite")
        assert (await browser.get("/invite")).status_code == 404


async def test_a_used_a_revoked_and_an_invented_one_look_alike(house: House, browser: httpx.AsyncClient) -> None:
    used, revoked = await invite(house), await invite(house)
    async with house.browser() as zoe:
        await come_in(zoe, used, "Zoe")
    async with house.browser() as alice:
        await enter(alice, house.cast.alice)
        page = (await alice.get("/admin/people")).text
        revoke = re.search(r"/admin/people/invitations/\w+/revoke", page)
        assert revoke
        assert "1 of 1 left" in page
        await submit(alice, revoke[0], on="/admin/people")
        assert "Nobody is invited right now." in (await alice.get("/admin/people")).text
    pages = set()
    for path in (used, revoked, "/invite/mi_invented-and-long-enough", "/invite/x"):
        await browser.get(path)
        answer = await browser.get("/invite")
        assert answer.status_code == 404
        assert "does not work" in answer.text
        pages.add(re.sub(r'content="[^"]*"|headers:inherited=\S+', "", answer.text))
    assert len(pages) == 1


async def test_an_invitation_that_ended_meanwhile_lets_nobody_in(house: House, browser: httpx.AsyncClient) -> None:
    path = await invite(house)
    await browser.get(path)
    fields = {"csrf_token": re.findall(r'csrf_token" value="(\w+)"', (await browser.get("/invite")).text)[0]}
    (known,) = await house.services.accounts.invitations.listing(SYSTEM)
    await house.services.accounts.invitations.revoke(SYSTEM, known.id)
    answer = await browser.post("/invite", data={**fields, "name": "Zoe", "password": PASSWORD})
    assert answer.status_code == 404


async def test_who_is_in_already_is_told_so_and_uses_nothing_up(house: House, browser: httpx.AsyncClient) -> None:
    path = await invite(house)
    await enter(browser, house.cast.bob)
    await browser.get(path)
    assert "You are signed in as Bob" in (await browser.get("/invite")).text
    answer = await submit(browser, "/invite", on="/account", name="Zoe", password=PASSWORD)
    assert answer.headers["location"] == "/"
    (known,) = await house.services.accounts.invitations.listing(SYSTEM)
    assert known.uses_left == 1


async def test_the_door_is_not_knocked_at_without_end(house: House, browser: httpx.AsyncClient) -> None:
    statuses = {(await browser.get("/invite/mi_guess")).status_code for _ in range(paces.INVITED.rate.burst + 1)}
    assert statuses == {303, 429}


async def test_a_label_that_is_too_long_brings_the_form_back(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    wanted = {"role": "child", "uses": "5", "days": "30", "label": "x" * 90}
    answer = await submit(browser, "/admin/people/invitations", on=INVITE, **wanted)
    assert answer.status_code == 422
    assert 'value="child" checked' in answer.text
    assert '<option value="5" selected>' in answer.text
    assert "longer than 80 characters" in answer.text
