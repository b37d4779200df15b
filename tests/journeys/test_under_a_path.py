"""The portal under a path of a host that has other pages too, behind a reverse proxy that strips it or does not."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import Response, expect

from tests.browser import DESK, PHONE, Visitors
from tests.crawl import assets, crawl
from tests.fakes.media_site import MediaSite
from tests.fakes.reverse_proxy import ReverseProxy
from tests.portal import ADMIN, PASSWORD, Portal

pytestmark = pytest.mark.slow
PREFIX = "/nest"
ADDRESSES = re.compile(r'\s([a-z:-]+)="(/[^"]*)"')
expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def nested(tmp_path_factory: pytest.TempPathFactory, _media_site: MediaSite) -> Iterator[Portal]:
    server = {"base_path": PREFIX, "trusted_proxies": ["127.0.0.1"]}
    folder = tmp_path_factory.mktemp("nested")
    with Portal(folder, allow=[_media_site.address], settings={"server": server}) as portal:
        portal.admin()
        yield portal


@pytest.fixture(scope="module", params=["passed on", "stripped"])
def proxy(request: pytest.FixtureRequest, nested: Portal) -> Iterator[ReverseProxy]:
    with ReverseProxy(nested.address, prefix=PREFIX, strips=request.param == "stripped") as running:
        yield running


@pytest.fixture
def admin(nested: Portal, proxy: ReverseProxy) -> Iterator[httpx.Client]:
    """The administrator, at the other end of the proxy."""
    fields = {"origin": proxy.base, "x-csrf-token": nested.admin().headers["x-csrf-token"]}
    cookies = nested.admin().cookies
    with httpx.Client(base_url=proxy.base, cookies=cookies, headers=fields, trust_env=False, timeout=30) as client:
        yield client


def test_what_the_portal_says_at_its_start_leads_there(nested: Portal) -> None:
    assert urlsplit(nested.base).path == PREFIX
    assert urlsplit(nested.setup_url).path == f"{PREFIX}/setup"


def test_health_is_told_with_the_path_and_without_it(nested: Portal) -> None:
    for path in ("/healthz", f"{PREFIX}/healthz", "/readyz", f"{PREFIX}/readyz"):
        assert httpx.get(nested.origin + path, trust_env=False).status_code == 200


def test_every_page_leads_only_to_places_under_the_path(
    admin: httpx.Client, proxy: ReverseProxy, media_site: MediaSite
) -> None:
    link = media_site.url("/files/clip.mp4", key=proxy.base)
    queued = admin.post(f"{PREFIX}/api/v1/downloads", json={"url": link})
    assert re.fullmatch(rf"{PREFIX}/api/v1/downloads/\w+", queued.headers["location"])
    pages = crawl(admin, f"{PREFIX}/")
    assert len(pages) > 15
    assert {path: page.status for path, page in pages.items() if page.status >= 400} == {}
    named = {address for page in pages.values() for address in page.links | {form.action for form in page.forms}}
    ours = {urlsplit(address).path for address in named if address.startswith(proxy.base)}
    assert {path for path in ours if path != PREFIX and not path.startswith(f"{PREFIX}/")} == set()
    files = assets(admin, pages)
    assert len(files) > 5
    assert {path for path in files if admin.get(path).status_code != 200} == set()
    for path, page in pages.items():
        if page.kind == "text/html":
            found = dict(ADDRESSES.findall(admin.get(path).text))
            assert {name: address for name, address in found.items() if not address.startswith(PREFIX)} == {}, path
    assert proxy.strays == []


def test_programs_are_told_addresses_under_the_path(admin: httpx.Client, proxy: ReverseProxy) -> None:
    document = admin.get(f"{PREFIX}/api/v1/openapi.json").json()
    assert document["servers"] == [{"url": PREFIX}]
    assert f"{PREFIX}/api/v1/me" in admin.get(f"{PREFIX}/api/v1/docs").text
    invited = admin.post(f"{PREFIX}/api/v1/invitations", json={"role": "guest"}).json()
    assert invited["link"].startswith(f"{proxy.base}{PREFIX}/invite/")
    with httpx.Client(trust_env=False) as guest:
        followed = guest.get(invited["link"], follow_redirects=True)
        assert (followed.status_code, followed.url.path) == (200, f"{PREFIX}/invite")


def test_administrators_are_told_of_a_page_without_the_path(admin: httpx.Client) -> None:
    shown = admin.get(f"{PREFIX}/status", params={"about": "/queue"}).text
    assert f'name="page" value="{PREFIX}/queue"' in shown
    sent = admin.post(f"{PREFIX}/status/reports", data={"page": f"{PREFIX}/queue", "words": "It stands still."})
    assert sent.status_code == 303
    told = admin.get(f"{PREFIX}/api/v1/admin/journal", params={"kind": "status.reported"}).json()["items"]
    assert told[0]["data"]["page"] == "/queue"


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/queue", "/nest/queue"),
        ("/downloads/x?y=1", "/nest/downloads/x?y=1"),
        ("//evil.example/", "/nest/"),
        ("/\\evil.example", "/nest/"),
        ("https://evil.example/nest/", "/nest/"),
        ("/nest//evil.example", "/nest/nest//evil.example"),
        ("", "/nest/"),
    ],
)
def test_after_the_door_one_is_led_nowhere_else(admin: httpx.Client, wanted: str, led: str) -> None:
    at_door = admin.get(f"{PREFIX}/sign-in", params={"next": wanted})
    assert (at_door.status_code, at_door.headers["location"]) == (303, led)


def test_who_must_sign_in_comes_back_to_where_they_were(proxy: ReverseProxy) -> None:
    with httpx.Client(base_url=proxy.base, trust_env=False) as nobody:
        turned = nobody.get(f"{PREFIX}/queue?show=mine")
        assert turned.headers["location"] == f"{PREFIX}/sign-in?next=/queue%3Fshow%3Dmine"
        asked = {"hx-request": "true", "hx-current-url": f"{proxy.base}{PREFIX}/library"}
        by_htmx = nobody.get(f"{PREFIX}/queue", headers=asked)
        assert by_htmx.headers["hx-redirect"] == f"{PREFIX}/sign-in?next=/library"


async def test_a_household_uses_it_there(visitors: Visitors, proxy: ReverseProxy, media_site: MediaSite) -> None:
    page = await visitors.page(DESK)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    await page.goto(f"{proxy.base}{PREFIX}/queue")
    await expect(page).to_have_url(f"{proxy.base}{PREFIX}/sign-in?next=/queue")
    await page.get_by_label("Name").fill(ADMIN)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{proxy.base}{PREFIX}/queue")
    link = media_site.url("/files/padded-3000000.mp4", slow=600_000, key=f"film for {proxy.base}")
    await page.get_by_role("searchbox", name="Title or link").fill(link)
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Download", exact=True).click()
    row = page.locator("#queue-running .job")
    await expect(row.get_by_role("progressbar")).to_have_attribute("value", re.compile(r"^[1-9]"))
    await expect(page.locator("#toasts")).to_contain_text("is here")
    await page.locator("#queue-done .job").first.get_by_role("link", name=re.compile("^Play")).first.click()
    await expect(page.locator("video")).to_be_visible()
    kinds = {answer.request.resource_type for answer in answers if answer.status == 200}
    assert {"document", "stylesheet", "script", "fetch"} <= kinds
    failed = [f"{answer.status} {answer.url}" for answer in answers if answer.status >= 400]
    assert failed == []
    assert {urlsplit(answer.url).path.split("/")[1] for answer in answers} == {"nest"}
    assert proxy.strays == []


async def test_without_script_too(visitors: Visitors, proxy: ReverseProxy, media_site: MediaSite) -> None:
    page = await visitors.page(PHONE.but(javascript=False))
    await page.goto(f"{proxy.base}{PREFIX}")
    await page.get_by_label("Name").fill(ADMIN)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page).to_have_url(f"{proxy.base}{PREFIX}/")
    await page.get_by_role("searchbox", name="Title or link").fill(
        media_site.url("/files/clip.mp4", key=proxy.base * 2)
    )
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Download", exact=True).click()
    await expect(page).to_have_url(re.compile(rf"{PREFIX}/downloads/\w+$"))
    assert proxy.strays == []
