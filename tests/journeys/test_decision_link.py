"""A wish decided by the link of a letter, by who is signed in nowhere: on a phone, without script, and too late."""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from time import monotonic, sleep

import httpx
import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select, update

from medianest.accounts.models import UserRow
from medianest.core import clock
from medianest.core.actor import Role
from medianest.core.config import PathsSettings, Settings
from medianest.core.db import Database
from medianest.media_requests.decision_links import DecisionLinks
from medianest.media_requests.models import DecisionLinkRow, RequestRow
from tests.browser import PHONE, Look, Visitors, assert_accessible, assert_fits, assert_speaks_clearly
from tests.fakes.overseerr import API, Asked, Overseerr
from tests.fakes.post_office import PostOffice
from tests.portal import PASSWORD, Portal, at_rest
from tests.portal.fixtures import NOWHERE

pytestmark = pytest.mark.slow
expect.set_options(timeout=30_000)
CAROL, OUTSIDE = "carol@example.org", "https://nest.example"
MATRIX, DUNE, KNIGHT, PULP = 603, 438631, 155, 680
PATIENCE_S = 30.0


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    with PostOffice() as office:
        yield office


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, overseerr: Overseerr, office: PostOffice) -> Iterator[Portal]:
    """Everybody asks as the house; Carol decides, and reads her letters."""
    settings = {
        "overseerr": {"url": overseerr.base, "api_key": overseerr.key, "household_user_id": 2},
        "pictures": {"tmdb_url": NOWHERE},
        "server": {"public_url": OUTSIDE},
        "notifications": {
            "smtp_host": "127.0.0.1", "smtp_port": office.port, "smtp_security": "none",
            "mail_from": "nest@nest.example",
        },
    }  # fmt: skip
    people = {"Mia": Role.MEMBER, "Carol": Role.CURATOR}
    with Portal(tmp_path_factory.mktemp("links"), people=people, settings=settings) as running:
        running.admin()
        with running.sign_in("Carol", PASSWORD) as carol:
            carol.post("/account/channels/email", data={"address": CAROL}).raise_for_status()
            carol.post(link_in(office, "confirm", 1)).raise_for_status()
        yield running


def link_in(office: PostOffice, kind: str, count: int) -> str:
    """The path of the link in the newest letter, once so many came."""
    deadline = monotonic() + PATIENCE_S
    while len(office.raw) < count:
        assert monotonic() < deadline, "no letter came"
        sleep(0.05)
    found = re.search(rf"{OUTSIDE}(/{kind}/[\w.-]+)", office.raw[-1].replace(b"=\r\n", b"").decode())
    assert found, office.raw[-1]
    return found[1]


def ask_for(portal: Portal, film: int) -> None:
    with portal.program("requests", user="Mia") as mia:
        asked = mia.post("/api/v1/requests", json={"media_type": "movie", "tmdb_id": film})
    assert asked.json()["state"] == "pending", asked.text


def linked(portal: Portal, film: int, *, is_late: bool = False) -> str:
    """The path of a link that Carol was sent about this film."""
    made: list[str] = []
    settings = Settings(paths=PathsSettings(data_dir=portal.data_dir))

    async def link(db: Database) -> None:
        links = DecisionLinks(db, lambda: settings, None)  # type: ignore[arg-type]  # it decides nothing here
        async with db.transaction() as session:
            request = await session.scalar(select(RequestRow.id).where(RequestRow.tmdb_id == film))
            carol = await session.scalar(select(UserRow.id).where(UserRow.name_key == "carol"))
            assert request
            assert carol
            made.append(await links.make(session, request, carol))
            if is_late:
                await session.execute(update(DecisionLinkRow).values(expires_at=clock.now() - timedelta(seconds=1)))

    portal.stop()
    at_rest.change(portal.data_dir, link)
    portal.start()
    return made[0]


async def judged(visitors: Visitors, portal: Portal, path: str, look: Look) -> Page:
    page = await visitors.page(look)
    await page.goto(portal.url(path))
    await judge(page)
    return page


async def judge(page: Page) -> None:
    await assert_fits(page)
    await assert_accessible(page)
    await assert_speaks_clearly(page)


async def test_who_reads_a_letter_decides_by_its_link_once_without_signing_in(
    visitors: Visitors, portal: Portal, overseerr: Overseerr, office: PostOffice
) -> None:
    ask_for(portal, MATRIX)
    path = link_in(office, "decide", 2)

    page = await judged(visitors, portal, path, PHONE.but(dark=True))
    await expect(page.get_by_role("heading", name="The Matrix")).to_be_visible()
    await expect(page.get_by_text("Mia", exact=False)).to_be_visible()
    await expect(page.get_by_text("You decide as Carol. This link works once.")).to_be_visible()
    assert overseerr.wishes[-1].status == Asked.PENDING, "opening decides nothing"
    await page.get_by_role("button", name="Approve").click()
    await expect(page.get_by_text("Approved: it is fetched now.")).to_be_visible()
    assert overseerr.wishes[-1].status == Asked.APPROVED
    await judge(page)

    await page.goto(portal.url(path))
    await expect(page.get_by_text("This link was used already", exact=False)).to_be_visible()
    await expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    await judge(page)
    await page.get_by_role("link", name="More about it").click()
    await expect(page.get_by_role("heading", name="Welcome to the nest")).to_be_visible()
    visitors.forgive("status of 404")


async def test_without_script_it_is_declined_for_a_reason_that_is_read(
    visitors: Visitors, portal: Portal, overseerr: Overseerr
) -> None:
    ask_for(portal, DUNE)
    page = await visitors.page(PHONE.but(javascript=False))
    await page.goto(portal.url(linked(portal, DUNE)))
    await page.get_by_label("Reason, which they read").fill("It is on the disc in the hall.")
    await assert_fits(page)
    await page.get_by_role("button", name="Decline").click()
    await expect(page.get_by_text("Declined.", exact=True)).to_be_visible()
    await assert_fits(page)
    assert overseerr.wishes[-1].status == Asked.DECLINED
    with portal.program("read", user="Mia") as mia:
        assert reason_of(mia, DUNE) == "It is on the disc in the hall."


def reason_of(client: httpx.Client, film: int) -> str:
    items = client.get("/api/v1/requests").json()["items"]
    return next(str(item["reason"]) for item in items if item["tmdb_id"] == film)


async def test_a_link_that_is_too_old_decides_nothing(visitors: Visitors, portal: Portal, overseerr: Overseerr) -> None:
    ask_for(portal, KNIGHT)
    page = await judged(visitors, portal, linked(portal, KNIGHT, is_late=True), PHONE.but(dark=True))
    await expect(page.get_by_text("is too old", exact=False)).to_be_visible()
    await expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    assert overseerr.wishes[-1].status == Asked.PENDING
    visitors.forgive("status of 404")


async def test_what_a_link_decided_at_a_silent_server_outlives_a_power_cut(
    visitors: Visitors, portal: Portal, overseerr: Overseerr
) -> None:
    ask_for(portal, PULP)
    path, there = linked(portal, PULP), f"{API}/request/{overseerr.wishes[-1].id}/approve"
    overseerr.trouble(there, wait=PATIENCE_S, fail=502)
    page = await visitors.page(PHONE)
    await page.goto(portal.url(path))
    await page.get_by_role("button", name="Approve").click()
    await expect(page.get_by_text("Your decision is on its way", exact=False)).to_be_visible()

    portal.kill_tree()
    overseerr.calm()
    assert overseerr.wishes[-1].status == Asked.PENDING
    portal.start()

    await asyncio.to_thread(overseerr.wait_for, there, count=2)
    assert overseerr.wishes[-1].status == Asked.APPROVED
    await page.goto(portal.url(path))
    await expect(page.get_by_text("This link was used already", exact=False)).to_be_visible()
    visitors.forgive("status of 404")
