"""What somebody does about a note where it stands: decides a wish, has a download tried again."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, expect
from sqlalchemy import update

from medianest.core.actor import Role
from medianest.core.db import Database
from medianest.downloads.models import DownloadRow
from tests.browser import DESK, PHONE, Visitors, assert_accessible, assert_fits
from tests.fakes.media_site import MediaSite
from tests.fakes.overseerr import Asked, Overseerr
from tests.journeys.test_asking import state_of
from tests.portal import PASSWORD, Portal, Queue, at_rest
from tests.portal.fixtures import NOWHERE, NewPortal

pytestmark = pytest.mark.slow
expect.set_options(timeout=30_000)
FILMS = {"The Matrix": 603, "Dune": 438631}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, overseerr: Overseerr) -> Iterator[Portal]:
    """Everybody asks as the house."""
    named = {"url": overseerr.base, "api_key": overseerr.key, "household_user_id": 2}
    settings = {"overseerr": named, "pictures": {"tmdb_url": NOWHERE}}
    people = {"Mia": Role.MEMBER, "Carol": Role.CURATOR}
    with Portal(tmp_path_factory.mktemp("inbox"), people=people, settings=settings) as running:
        running.admin()
        yield running


@pytest.fixture
def mia(portal: Portal) -> Iterator[httpx.Client]:
    with portal.program("read", "requests", user="Mia") as client:
        yield client


def ask_for(mia: httpx.Client, film: str) -> None:
    asked = mia.post("/api/v1/requests", json={"media_type": "movie", "tmdb_id": FILMS[film]})
    assert asked.json()["state"] == "pending", asked.text


def told(client: httpx.Client) -> dict[str, Any]:
    """The newest note."""
    note: dict[str, Any] = client.get("/api/v1/notifications").json()["items"][0]
    return note


async def carol_at(visitors: Visitors, portal: Portal, *, javascript: bool) -> Page:
    """Her inbox."""
    with portal.sign_in("Carol", PASSWORD) as carol:
        state = state_of(portal, carol)
    page = await visitors.page(DESK if javascript else PHONE.but(javascript=False), storage_state=state)
    await page.goto(portal.url("/inbox"))
    return page


async def test_a_wish_that_comes_in_is_approved_in_its_row(
    visitors: Visitors, portal: Portal, mia: httpx.Client, overseerr: Overseerr
) -> None:
    page = await carol_at(visitors, portal, javascript=True)
    ask_for(mia, "The Matrix")
    row = page.get_by_role("listitem").filter(has_text="“The Matrix”")
    approve = row.get_by_role("button", name="Approve The Matrix")
    await expect(approve).to_be_visible()
    await assert_fits(page)
    await assert_accessible(page)
    await page.evaluate("window.still = true")
    await approve.click()
    await expect(row.get_by_text("On its way")).to_be_visible()
    await expect(row.get_by_role("button")).to_have_count(0)
    await expect(page.get_by_text("Everything is read.")).to_be_visible()
    assert await page.evaluate("window.still"), "the page stayed"
    assert overseerr.wishes[-1].status == Asked.APPROVED
    await assert_accessible(page)


async def test_without_script_a_wish_is_declined_for_a_reason(
    visitors: Visitors, portal: Portal, mia: httpx.Client, overseerr: Overseerr
) -> None:
    ask_for(mia, "Dune")
    page = await carol_at(visitors, portal, javascript=False)
    row = page.get_by_role("listitem").filter(has_text="“Dune”")
    await row.locator("summary").click()
    await row.get_by_label("Reason, which they read").fill("It is on the disc in the hall.")
    await assert_fits(page)
    await row.get_by_role("button", name="Decline Dune").click()
    await expect(page).to_have_url(portal.url("/inbox"))
    await expect(row.get_by_text("Declined")).to_be_visible()
    assert overseerr.wishes[-1].status == Asked.DECLINED
    assert told(mia)["reason"] == "“It is on the disc in the hall.”"


@pytest.mark.parametrize("javascript", [True, False])
async def test_what_failed_is_tried_again_in_its_row(
    visitors: Visitors, new_portal: NewPortal, media_site: MediaSite, *, javascript: bool
) -> None:
    portal = new_portal(allow=[media_site.address])
    portal.start()
    link = media_site.url("/files/clip.mp4", fail=410, times=1, key=f"inbox-{javascript}")
    id = Queue(portal.admin()).add(link)["id"]
    Queue(portal.admin()).until(id, "failed")
    portal.stop()

    async def as_of_the_network(db: Database) -> None:
        async with db.transaction() as session:
            await session.execute(update(DownloadRow).values(error_code="network"))

    at_rest.change(portal.data_dir, as_of_the_network)
    portal.start()
    look = DESK if javascript else PHONE.but(javascript=False)
    page = await visitors.page(look, storage_state=portal.browser_state())
    await page.goto(portal.url("/inbox"))
    row = page.get_by_role("listitem").filter(has_text="could not be fetched")
    await row.get_by_role("button", name="Try again").click()
    await expect(row.get_by_role("button", name="Try again")).to_have_count(0)
    await expect(page).to_have_url(portal.url("/inbox"))
    Queue(portal.admin()).until(id, "completed")
    await page.goto(portal.url("/inbox"))
    await expect(row.get_by_text("Here", exact=True)).to_be_visible()
