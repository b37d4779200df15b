"""A household device in the browser: approved by an administrator, it shows profiles when nobody is signed in."""

import re

import httpx

from medianest.accounts.throttle import PIN_HERE
from medianest.core.actor import SYSTEM
from tests.people import PASSWORD
from tests.web.house import House, enter, submit

PEOPLE = "/admin/people"


async def approve(house: House, browser: httpx.AsyncClient) -> None:
    """Alice makes this browser a household device, and signs out."""
    await enter(browser, house.cast.alice)
    made = await submit(browser, f"{PEOPLE}/devices", on=f"{PEOPLE}/device", label="Tablet")
    assert made.headers["location"] == PEOPLE
    assert "HttpOnly" in made.headers["set-cookie"]
    await submit(browser, "/sign-out", on="/account")


async def test_profiles_are_chosen_by_a_tap_or_a_pin(house: House, browser: httpx.AsyncClient) -> None:
    dora, gus = house.cast.dora.id, house.cast.gus.id
    await house.services.accounts.devices.set_pin(SYSTEM, dora, "2468")
    await approve(house, browser)
    picker = (await browser.get("/sign-in?next=/library")).text
    assert "Who is it?" in picker
    assert re.findall(r"/sign-in/profiles/(\w+)", picker) == [dora, gus]
    for adult in ("Alice", "Bob", "Carol"):
        assert adult not in picker
    asked = await browser.get(f"/sign-in/profiles/{dora}?next=/library")
    assert 'inputmode="numeric"' in asked.text
    wrong = await submit(browser, f"/sign-in/profiles/{dora}", on=f"/sign-in/profiles/{dora}", pin="0000")
    assert wrong.status_code == 422
    assert "This is not the PIN." in wrong.text
    right = await submit(
        browser, f"/sign-in/profiles/{dora}", on=f"/sign-in/profiles/{dora}", pin="2468", next="/library"
    )
    assert right.headers["location"] == "/library"
    assert "Dora" in (await browser.get("/account")).text
    await submit(browser, "/sign-out", on="/account")
    tapped = await submit(browser, f"/sign-in/profiles/{gus}", on="/sign-in")
    assert tapped.headers["location"] == "/"
    assert (await browser.get("/account/tokens/new")).headers["location"].startswith("/sign-in/again")


async def test_who_guesses_a_pin_too_often_is_told_when_to_come_back(house: House, browser: httpx.AsyncClient) -> None:
    await approve(house, browser)
    page = f"/sign-in/profiles/{house.cast.dora.id}"
    await house.services.accounts.devices.set_pin(SYSTEM, house.cast.dora.id, "2468")
    guesses = [await submit(browser, page, on=page, pin=f"000{n}") for n in range(PIN_HERE.burst + 1)]
    assert [guess.status_code for guess in guesses] == [422] * PIN_HERE.burst + [429]
    assert 0 < int(guesses[-1].headers["retry-after"]) <= PIN_HERE.every.total_seconds() + 1
    assert 'name="pin"' in guesses[-1].text


async def test_everybody_else_signs_in_with_a_password_there(house: House, browser: httpx.AsyncClient) -> None:
    await approve(house, browser)
    await house.services.accounts.devices.set_pin(SYSTEM, house.cast.dora.id, "2468")
    for adult in (house.cast.alice, house.cast.bob, house.cast.carol):
        path = f"/sign-in/profiles/{adult.id}"
        assert (await browser.get(path)).headers["location"] == "/sign-in"
        answer = await submit(browser, path, on="/sign-in")
        assert answer.headers["location"] == "/sign-in"
        assert "set-cookie" not in answer.headers
    form = "/sign-in?by=password"
    assert (await submit(browser, "/sign-in", on=form, name="Bob", password=PASSWORD)).headers["location"] == "/"


async def test_another_browser_shows_and_opens_no_profile(house: House, browser: httpx.AsyncClient) -> None:
    async with house.browser() as tablet:
        await approve(house, tablet)
    assert "Who is it?" not in (await browser.get("/sign-in")).text
    path = f"/sign-in/profiles/{house.cast.gus.id}"
    assert (await submit(browser, path, on="/sign-in")).headers["location"] == "/sign-in"
    browser.cookies.set("medianest-device", "x" * 43)
    assert (await submit(browser, path, on="/sign-in")).headers["location"] == "/sign-in"


async def test_a_device_is_listed_and_revoked(house: House, browser: httpx.AsyncClient) -> None:
    async with house.browser() as tablet:
        await approve(house, tablet)
        await enter(browser, house.cast.alice)
        page = (await browser.get(PEOPLE)).text
        assert ">Tablet<" in page
        revoke = re.search(rf"{PEOPLE}/devices/\w+/revoke", page)
        assert revoke
        assert (await submit(browser, revoke[0], on=PEOPLE)).status_code == 303
        assert ">Tablet<" not in (await browser.get(PEOPLE)).text
        assert "Who is it?" not in (await tablet.get("/sign-in")).text
    nameless = await submit(browser, f"{PEOPLE}/devices", on=f"{PEOPLE}/device", label=" ")
    assert nameless.status_code == 422
    assert "Write a name here." in nameless.text


async def test_a_pin_is_set_on_the_page_of_a_child_and_of_no_adult(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    dora, bob = (f"{PEOPLE}/{user.id}" for user in (house.cast.dora, house.cast.bob))
    assert "PIN on household devices" in (await browser.get(dora)).text
    assert "PIN on household devices" not in (await browser.get(bob)).text
    assert (await submit(browser, f"{bob}/pin", on=bob, pin="2468")).status_code == 403
    wrong = await submit(browser, f"{dora}/pin", on=dora, pin="12")
    assert wrong.status_code == 422
    assert "4 to 8 digits" in wrong.text
    assert (await submit(browser, f"{dora}/pin", on=dora, pin="2468")).status_code == 303
    async with house.browser() as carols:
        await enter(carols, house.cast.carol)
        assert (await carols.get(f"{PEOPLE}/device")).status_code == 403
        assert (await submit(carols, f"{PEOPLE}/devices", on="/account", label="Mine")).status_code == 403
        assert (await submit(carols, f"{dora}/pin", on="/account", pin="2468")).status_code == 403
