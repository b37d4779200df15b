"""Signing in with Plex in a real browser: who comes in, who does not, two tabs, the back button, Plex in trouble."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Page, expect

from tests.browser import PHONE, Visitors
from tests.fakes.plex import FRIEND, OWNER, STRANGER, Person, Plex
from tests.journeys.test_every_page import judge, look_at
from tests.portal import ADMIN, PASSWORD, Portal

pytestmark = pytest.mark.slow
expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def standing_plex() -> Iterator[Plex]:
    with Plex() as running:
        yield running


@pytest.fixture
def plex(standing_plex: Plex) -> Iterator[Plex]:
    """The stand-in, in order again after each test."""
    yield standing_plex
    standing_plex.tv.calm()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, standing_plex: Plex) -> Iterator[Portal]:
    """A portal whose settings name the server and its owner's token."""
    plex = standing_plex
    named = {"server_url": plex.server.base, "token": plex.tv.token_of(OWNER)}
    settings = {"plex": named | {"tv_url": plex.tv.base, "app_url": plex.tv.app}}
    with Portal(tmp_path_factory.mktemp("plex"), settings=settings) as portal:
        portal.admin()
        yield portal


@pytest.fixture
def guests(visitors: Visitors) -> Iterator[Visitors]:
    """Who is refused on purpose is told so by a status, which the browser remarks on."""
    yield visitors
    visitors.forgive("status of 4", "status of 5")


async def set_out(page: Page, house: Portal, plex: Plex, path: str = "/sign-in") -> None:
    """Press the button, in the same tab."""
    await page.goto(house.url(path))
    await page.get_by_role("button", name="Continue with Plex").click()
    await expect(page).to_have_url(re.compile(re.escape(plex.tv.app)))
    await expect(page.locator("#product")).to_have_text("MediaNest")


async def say_yes(page: Page, person: Person) -> None:
    await page.get_by_role("button", name=person.title, exact=True).click()


def code_of(page: Page) -> str:
    """What Plex's own page was asked to let in."""
    code = re.search(r"code=(\w+)", page.url)
    assert code
    return code[1]


async def expect_inside(page: Page, house: Portal, path: str = "/") -> None:
    await expect(page).to_have_url(house.url(path))
    await expect(page.get_by_role("link", name="Your account")).to_be_visible()
    await page.wait_for_load_state("load")


@pytest.mark.parametrize("person", [OWNER, FRIEND], ids=["owner", "shared user"])
async def test_who_belongs_to_the_server_comes_in_and_goes_on(
    guests: Visitors, house: Portal, plex: Plex, person: Person
) -> None:
    page = await guests.page(PHONE)
    await set_out(page, house, plex, "/sign-in?next=/queue")
    await say_yes(page, person)
    await expect_inside(page, house, "/queue")
    assert len(page.context.pages) == 1
    await page.goto(house.url("/account"))
    await expect(page.get_by_text(f"Your account at Plex is “{person.title}”")).to_be_visible()


async def test_without_script_the_way_leads_there_and_back(guests: Visitors, house: Portal, plex: Plex) -> None:
    """But for Plex's own page, on which nobody says yes without script: here it is said for them."""
    page = await guests.page(PHONE.but(javascript=False))
    await page.goto(house.url("/sign-in?next=/queue"))
    await page.get_by_role("button", name="Continue with Plex").click()
    await expect(page).to_have_url(re.compile(re.escape(plex.tv.app)))
    told = parse_qs(urlsplit(page.url).fragment.lstrip("?"))
    await page.goto(told["forwardUrl"][0])
    await expect(page.get_by_role("heading", name="One moment")).to_be_visible()
    assert plex.tv.approve(told["code"][0], FRIEND)
    await page.get_by_role("link", name="Continue").click()
    await expect_inside(page, house, "/queue")


async def test_a_stranger_is_told_why_and_may_try_another_account(guests: Visitors, house: Portal, plex: Plex) -> None:
    page = await guests.page(PHONE)
    await set_out(page, house, plex)
    await say_yes(page, STRANGER)
    await expect(page.get_by_role("main")).to_contain_text("not shared with that account")
    await judge(page)
    await page.get_by_role("button", name="Continue with Plex").click()
    await say_yes(page, FRIEND)
    await expect_inside(page, house)


async def test_who_says_no_can_think_again(guests: Visitors, house: Portal, plex: Plex) -> None:
    page = await guests.page(PHONE)
    await set_out(page, house, plex)
    at_plex = page.url
    await page.get_by_role("button", name="Not now").click()
    await expect(page.get_by_role("heading", name="One moment")).to_be_visible()
    await judge(page)
    await page.goto(at_plex)
    await say_yes(page, FRIEND)
    await expect_inside(page, house)


async def test_a_way_that_ran_out_is_told_so(guests: Visitors, house: Portal, plex: Plex) -> None:
    page = await guests.page(PHONE)
    await set_out(page, house, plex)
    plex.tv.pass_time(1800)
    await say_yes(page, FRIEND)
    await expect(page.locator("#said")).to_have_text("This link has expired.")
    await page.get_by_role("button", name="Not now").click()
    await expect(page.get_by_role("heading", name="This way is over")).to_be_visible()
    await judge(page)


async def test_two_tabs_do_not_take_it_from_each_other(guests: Visitors, house: Portal, plex: Plex) -> None:
    page = await guests.page(PHONE)
    other = await page.context.new_page()
    await set_out(page, house, plex)
    await set_out(other, house, plex, "/sign-in?next=/queue")
    async with page.expect_response(lambda answer: "/live?" in answer.url):
        await say_yes(page, FRIEND)
        await expect_inside(page, house)
    async with page.expect_event("load"):  # it reads itself anew, for its session has become the other one's
        await say_yes(other, FRIEND)
        await expect_inside(other, house, "/queue")
    await expect_inside(page, house)


async def test_the_back_button_neither_signs_out_nor_in_again(guests: Visitors, house: Portal, plex: Plex) -> None:
    page = await guests.page(PHONE)
    ways: list[str] = []
    page.on("framenavigated", lambda frame: ways.append(frame.url))
    await set_out(page, house, plex)
    await say_yes(page, FRIEND)
    await expect_inside(page, house)
    session = {cookie["value"] for cookie in await page.context.cookies() if cookie["name"] == "medianest"}
    await page.go_back()
    await page.goto(next(way for way in ways if re.search(r"/sign-in/plex/\w+/go$", way)).removesuffix("/go"))
    await expect_inside(page, house)
    assert session == {cookie["value"] for cookie in await page.context.cookies() if cookie["name"] == "medianest"}


async def test_a_slow_answer_is_waited_for(guests: Visitors, house: Portal, plex: Plex) -> None:
    page = await guests.page(PHONE)
    plex.tv.trouble("/api/v2/user", wait=0.7)
    await set_out(page, house, plex)
    await say_yes(page, FRIEND)
    await expect_inside(page, house)


async def test_a_token_that_lags_is_asked_for_again_by_the_page(guests: Visitors, house: Portal, plex: Plex) -> None:
    page = await guests.page(PHONE)
    await set_out(page, house, plex)
    assert plex.tv.approve(code_of(page), FRIEND, lag=1)
    await page.get_by_role("button", name="Not now").click()
    await expect_inside(page, house)


async def test_a_token_that_was_taken_back_is_told_so(guests: Visitors, house: Portal, plex: Plex) -> None:
    page = await guests.page(PHONE)
    await set_out(page, house, plex)
    assert plex.tv.approve(code_of(page), FRIEND)
    plex.tv.revoke(FRIEND)
    await page.get_by_role("button", name="Not now").click()
    await expect(page.get_by_role("main")).to_contain_text("does not take this sign-in any more")


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [({"fail": 503}, "trouble of its own"), ({"malformed": True}, "trouble of its own"), (None, "cannot be reached")],
    ids=["5xx", "malformed", "away"],
)
async def test_plex_in_trouble_is_told_and_a_password_leads_in(
    guests: Visitors, house: Portal, plex: Plex, trouble: dict[str, object] | None, sentence: str
) -> None:
    page = await guests.page(PHONE)
    if trouble is None:
        plex.tv.away()
    else:
        plex.tv.trouble("/api/v2/pins", **trouble, times=1)
    await page.goto(house.url("/sign-in"))
    await page.get_by_role("button", name="Continue with Plex").click()
    await expect(page.get_by_role("main")).to_contain_text(sentence)
    await judge(page)
    plex.tv.back()
    await page.get_by_role("link", name="with a password").click()
    await page.get_by_text("Use a password instead").click()
    await page.get_by_label("Name").fill(ADMIN)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect_inside(page, house)


async def test_plex_asking_for_peace_is_told(guests: Visitors, house: Portal, plex: Plex) -> None:
    """The last one here: for a second nobody is asked after it."""
    page = await guests.page(PHONE)
    plex.tv.trouble("/api/v2/pins", fail=429, retry_after="1", times=1)
    await page.goto(house.url("/sign-in"))
    await page.get_by_role("button", name="Continue with Plex").click()
    await expect(page.get_by_role("main")).to_contain_text("left alone for a while")


async def test_an_administrator_connects_the_server_and_brings_people_in(
    visitors: Visitors, tmp_path_factory: pytest.TempPathFactory, standing_plex: Plex
) -> None:
    plex = standing_plex
    settings = {"plex": {"tv_url": plex.tv.base, "app_url": plex.tv.app}}
    with Portal(tmp_path_factory.mktemp("first-run"), settings=settings) as portal:
        page = await visitors.page(PHONE)
        await page.goto(portal.setup_url)
        await page.get_by_label("Name").fill(ADMIN)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Go in").click()
        await expect(page).to_have_url(portal.url("/setup/plex"))
        await judge(page)
        await page.get_by_role("button", name="Connect Plex").click()
        await say_yes(page, OWNER)
        await expect(page.get_by_role("heading", name=plex.server.name)).to_be_visible()
        await look_at(page, page.url)
        await page.get_by_role("button", name=f"Use {plex.server.name}").click()
        await expect(page).to_have_url(portal.url("/admin/plex"))
        await expect(page.get_by_text("Connected", exact=True)).to_be_visible()
        await page.get_by_role("button", name="Test the connection").click()
        await expect(page.get_by_role("heading", name="The server answers here.")).to_be_visible()
        await look_at(page, portal.url("/admin/plex/people"))
        await page.get_by_role("button", name="Bring them in").click()
        await expect(page).to_have_url(portal.url("/admin/people"))
        await expect(page.get_by_text(FRIEND.title).first).to_be_visible()
        await page.goto(portal.url("/account"))
        await expect(page.get_by_text(f"Your account at Plex is “{OWNER.title}”")).to_be_visible()
