"""Asking for a film in a real browser, while somebody decides at another: on a phone, without script, in trouble."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import Page, expect

from medianest.core.actor import Role
from tests.browser import DESK, PHONE, Visitors, assert_accessible, assert_fits
from tests.fakes.overseerr import Has, Overseerr
from tests.portal import PASSWORD, Portal
from tests.portal.fixtures import NOWHERE

pytestmark = pytest.mark.slow
PEOPLE = {"Mia": Role.MEMBER, "Carol": Role.CURATOR}
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, overseerr: Overseerr) -> Iterator[Portal]:
    """Everybody asks as the house, which is told of everything by the webhook."""
    named = {"url": overseerr.base, "api_key": overseerr.key, "household_user_id": 2, "webhook_secret": "word"}
    settings = {"overseerr": named, "pictures": {"tmdb_url": NOWHERE}}
    with Portal(tmp_path_factory.mktemp("asking"), people=PEOPLE, settings=settings) as running:
        running.admin()
        overseerr.webhook.lead_to(running.url("/webhooks/overseerr"), "word")
        yield running


@pytest.fixture(scope="module")
def states(portal: Portal) -> Iterator[dict[str, Any]]:
    """The sessions of the people, as browsers keep them."""
    with portal.sign_in("Mia", PASSWORD) as mia, portal.sign_in("Carol", PASSWORD) as carol:
        yield {"Mia": state_of(portal, mia), "Carol": state_of(portal, carol)}


def state_of(portal: Portal, client: httpx.Client) -> dict[str, Any]:
    host = urlsplit(portal.base).hostname
    cookies = [
        {"name": one.name, "value": one.value, "domain": host, "path": one.path, "httpOnly": True}
        for one in client.cookies.jar
    ]
    return {"cookies": cookies, "origins": []}


async def opened(visitors: Visitors, portal: Portal, states: dict[str, Any], who: str, path: str) -> Page:
    page = await visitors.page(PHONE if who == "Mia" else DESK, storage_state=states[who])
    async with page.expect_response(lambda answer: "/live" in answer.url):
        await page.goto(portal.url(path))
    return page


async def test_from_the_first_letters_to_a_film_that_is_here_with_two_screens_moving(
    visitors: Visitors, portal: Portal, states: dict[str, Any], overseerr: Overseerr
) -> None:
    mia = await opened(visitors, portal, states, "Mia", "/ask")
    await expect(mia.get_by_role("heading", name="Trending this week")).to_be_visible()
    await assert_fits(mia)
    await assert_accessible(mia)
    asked_before = len(overseerr.asked("/api/v1/search"))
    await mia.get_by_role("searchbox", name="Title or link").press_sequentially("matrix", delay=40)
    answers = mia.get_by_role("region", name="What was found")
    await expect(answers.get_by_role("link", name="The Matrix")).to_be_visible()
    assert len(overseerr.asked("/api/v1/search")) == asked_before + 1, "once for all letters"
    await assert_accessible(mia)
    await answers.get_by_role("link", name="The Matrix").click()
    carol = await opened(visitors, portal, states, "Carol", "/requests/decide")
    await expect(carol.get_by_text("Nothing waits for a decision")).to_be_visible()

    await mia.get_by_role("button", name="Ask for this film").click()
    await expect(mia.get_by_text("Asked by you")).to_be_visible()
    await expect(mia.locator('[aria-current="step"]')).to_have_text("Asked")
    await assert_fits(mia)
    await assert_accessible(mia)
    card = carol.get_by_role("listitem").filter(has=carol.get_by_role("heading", name="The Matrix"))
    await expect(card.get_by_text("Asked by Mia")).to_be_visible()
    await assert_fits(carol)
    await assert_accessible(carol)

    await carol.get_by_role("button", name="Approve The Matrix").click()
    await expect(carol.get_by_text("Nothing waits for a decision")).to_be_visible()
    await expect(mia.locator('[aria-current="step"]')).to_have_text("On its way")
    await expect(mia.get_by_role("status").filter(has_text="The Matrix was approved")).to_be_visible()
    overseerr.media[0].status = Has.AVAILABLE
    overseerr.webhook.about(overseerr.wishes[0], "MEDIA_AVAILABLE", "Request Now Available")
    await expect(mia.get_by_role("status").filter(has_text="The Matrix is here")).to_be_visible()


async def test_me_too_and_a_reason_that_both_read(visitors: Visitors, portal: Portal, states: dict[str, Any]) -> None:
    mia = await opened(visitors, portal, states, "Mia", "/ask/movie/438631")
    await mia.get_by_role("button", name="Ask for this film").click()
    await expect(mia.get_by_text("Asked by you")).to_be_visible()
    carol = await opened(visitors, portal, states, "Carol", "/requests?show=all")
    await carol.get_by_role("button", name="Me too: Dune").click()
    await expect(carol.locator("#request-list").get_by_text("Asked by you and Mia")).to_be_visible()
    await expect(mia.get_by_text("Asked by you and Carol")).to_be_visible()

    await carol.goto(portal.url("/requests/decide"))
    await carol.get_by_label("Reason, which they read").first.fill("It is on the disc in the hall.")
    await carol.get_by_role("button", name="Decline Dune").click()
    await expect(carol.get_by_text("Nothing waits for a decision")).to_be_visible()
    await mia.goto(portal.url("/requests"))
    await expect(mia.get_by_text("Because: It is on the disc in the hall.")).to_be_visible()
    await mia.get_by_role("link", name="Dune").click()
    await expect(mia.get_by_text("“Dune” was declined")).to_be_visible()
    await assert_fits(mia)
    await assert_accessible(mia)


async def test_without_script_seasons_are_asked_for_followed_and_taken_back(
    visitors: Visitors, portal: Portal, states: dict[str, Any], overseerr: Overseerr
) -> None:
    page = await visitors.page(PHONE.but(javascript=False), storage_state=states["Mia"])
    await page.goto(portal.url("/"))
    await page.get_by_role("searchbox", name="Title or link").fill("breaking")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Breaking Bad").click()
    await page.get_by_role("checkbox", name="Season 2").check()
    await page.get_by_role("button", name="Ask for these seasons").click()
    await expect(page.get_by_text("Asked for: Seasons 1, 2")).to_be_visible()
    await page.get_by_role("link", name="More about it").click()
    await page.get_by_role("link", name="Take it back").click()
    await page.get_by_role("button", name="Take it back").click()
    await expect(page.get_by_text("Not asked for any more", exact=True)).to_be_visible()
    assert [wish for wish in overseerr.wishes if wish.media.title.name == "Breaking Bad"] == []


async def test_overseerr_stops_in_the_middle_of_asking_and_what_was_asked_goes_out_when_it_is_back(
    visitors: Visitors, portal: Portal, states: dict[str, Any], overseerr: Overseerr
) -> None:
    mia = await opened(visitors, portal, states, "Mia", "/ask/movie/155")
    overseerr.away()
    await mia.get_by_role("button", name="Ask for this film").click()
    await expect(mia.get_by_text("Kept here: it goes out by itself")).to_be_visible()
    await expect(mia.get_by_role("heading", name=re.compile("is interrupted since"))).to_be_visible()
    await assert_fits(mia)
    await assert_accessible(mia)
    overseerr.back()
    await expect(mia.get_by_text("Kept here: it goes out by itself")).to_have_count(0, timeout=150_000)
    await expect(mia.locator('[aria-current="step"]')).to_have_text("Asked")
    assert [wish.media.title.name for wish in overseerr.wishes].count("The Dark Knight") == 1
