"""A browser that is told while no page is open, in Chromium: turned on, shown by the worker, clicked; what is missing.

The headless shell reaches no push service and has no place for notifications: it says "denied" to whoever asks. There
the tests put in what a browser has: a subscription of the stand-in's, and a tray. The messages themselves go the whole
way: encrypted by the portal, read by the stand-in, and handed to the worker by the browser.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import CDPSession, Page, Worker, expect

from tests.browser import DESK, PHONE, Visitors, assert_accessible, assert_costs_little, assert_fits
from tests.fakes.push_service import Browser, PushService
from tests.portal import Portal

pytestmark = pytest.mark.slow
PAGE = "/account/notifications"
TELLS = "This device is told."
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"

ALLOWED = """
Object.defineProperty(Notification, "permission", { get: () => localStorage.permission ?? "default" });
Notification.requestPermission = async () => {
  localStorage.asked = Number(localStorage.asked ?? 0) + 1;
  return (localStorage.permission = "granted");
};
"""
SUBSCRIBES = """
const made = { endpoint: KEYS.endpoint, toJSON: () => ({ endpoint: KEYS.endpoint, keys: KEYS }) };
PushManager.prototype.getSubscription = async () => (localStorage.subscribed ? made : null);
PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
  localStorage.subscribed = JSON.stringify({ userVisibleOnly, applicationServerKey });
  return made;
};
Object.assign(made, { options: { get applicationServerKey() {
  const key = JSON.parse(localStorage.subscribed).applicationServerKey.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(key), (letter) => letter.charCodeAt(0)).buffer;
} } });
"""
TRAY = """() => {
  const tray = (self.tray = new Map());
  Object.assign(self, { shown: [], opened: [], focused: [], badges: [] });
  Object.assign(navigator, { // the shell ends a worker that asks it for one
    setAppBadge: async (n) => void badges.push(n), clearAppBadge: async () => void badges.push(0),
  });
  ServiceWorkerRegistration.prototype.showNotification = async (title, options) => {
    if (options.renotify && !options.tag) throw new TypeError("renotify wants a tag");
    shown.push({ title, ...options });
    tray.set(options.tag, { title, ...options, close: () => tray.delete(options.tag) });
  };
  ServiceWorkerRegistration.prototype.getNotifications = async ({ tag }) => [tray.get(tag)].filter(Boolean);
  Clients.prototype.openWindow = async (address) => void opened.push(address);
  WindowClient.prototype.focus = async function () { focused.push(this.url); return this; };
}"""
CLICK = """async ({ tag, action }) => {
  const event = new ExtendableEvent("notificationclick");
  let work;
  Object.assign(event, { notification: tray.get(tag), action, waitUntil: (promise) => (work = promise) });
  dispatchEvent(event);
  await work;
}"""
RENEW = """async (keys) => {
  const event = new ExtendableEvent("pushsubscriptionchange");
  const newSubscription = { toJSON: () => ({ endpoint: keys.endpoint, keys }) };
  let work;
  Object.assign(event, { newSubscription, waitUntil: (promise) => (work = promise) });
  dispatchEvent(event);
  await work;
}"""


@pytest.fixture(scope="module")
def service() -> Iterator[PushService]:
    with PushService() as running:
        yield running


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, service: PushService) -> Iterator[Portal]:
    """It may send to the stand-in."""
    host, port = service.address
    settings = {"notifications": {"allow_private_hosts": [f"{host}:{port}"]}}
    with Portal(tmp_path_factory.mktemp("push"), settings=settings) as running:
        running.admin()
        yield running


async def at_the_page(visitors: Visitors, portal: Portal, *scripts: str, **options: Any) -> Page:
    """Somebody of their own session, who looks at how they are told."""
    with portal.sign_in() as client:
        host = portal.address.rpartition(":")[0]
        cookies = [
            {"name": one.name, "value": one.value, "domain": host, "path": one.path} for one in client.cookies.jar
        ]
    options = {"service_workers": "allow", "storage_state": {"cookies": cookies, "origins": []}} | options
    page = await visitors.page(options.pop("look", DESK), **options)
    for script in scripts:
        await page.context.add_init_script(script)
    await page.goto(portal.url(PAGE))
    return page


async def turned_on(visitors: Visitors, portal: Portal, service: PushService) -> tuple[Page, Browser]:
    """A browser that pressed the button."""
    page = await at_the_page(visitors, portal, ALLOWED)
    key = await page.locator("#push").get_attribute("data-key")
    browser = service.subscribe(key or "")
    await page.context.add_init_script(f"const KEYS = {json.dumps(browser.keys)};\n{SUBSCRIBES}")
    await page.reload()
    await page.get_by_role("button", name="Tell me on this device").click()
    await expect(page.get_by_role("link", name=TELLS)).to_be_visible()
    return page, browser


async def worker_of(page: Page) -> Worker:
    """The portal's worker, with a tray to put notifications in."""
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    [worker] = page.context.service_workers
    await worker.evaluate(TRAY)
    return worker


async def deliver(page: Page, portal: Portal, *messages: dict[str, Any]) -> None:
    """Hand these to the worker, as the browser does when they come from a push service."""
    chromium: CDPSession = await page.context.new_cdp_session(page)
    found: list[dict[str, Any]] = []
    chromium.on("ServiceWorker.workerRegistrationUpdated", lambda said: found.extend(said["registrations"]))
    await chromium.send("ServiceWorker.enable")
    while not found:
        await page.evaluate("0")
    for message in messages:
        said = {"origin": portal.origin, "registrationId": found[0]["registrationId"], "data": json.dumps(message)}
        await chromium.send("ServiceWorker.deliverPushMessage", said)


async def until_shown(worker: Worker, n: int) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    while len(shown) < n:
        shown = await worker.evaluate("shown")
    return shown


async def test_a_message_comes_while_no_page_is_open_is_there_once_and_leads_to_its_page(
    visitors: Visitors, portal: Portal, service: PushService
) -> None:
    page, browser = await turned_on(visitors, portal, service)
    row = page.get_by_role("listitem").filter(has_text="Chrome on Linux")
    await row.get_by_role("button", name="test").click()
    await expect(page.get_by_text("201 Created")).to_be_visible()
    [told] = service.told(browser)

    worker = await worker_of(page)
    closed = await page.context.new_page()
    await page.close()
    with_act = told | {"unread": 3, "acts": [{"label": "Decide", "url": portal.url("/decide/word")}]}
    await deliver(closed, portal, with_act, with_act, with_act | {"key": "another"})
    first, again, news = await until_shown(worker, 3)
    assert (first["title"], first["body"], first["lang"], first["dir"]) == (told["title"], told["body"], "en", "ltr")
    assert (first["tag"], first["timestamp"], first["data"]["key"]) == (told["tag"], told["at"], told["key"])
    assert first["actions"] == [{"action": "0", "title": "Decide"}]
    assert [one["renotify"] for one in (first, again, news)] == [True, False, True]
    assert (again["silent"], news.get("silent")) == (True, None)
    assert await worker.evaluate("tray.size") == 1
    for icon in ("icon", "badge"):
        assert portal.admin().get(first[icon]).headers["content-type"] == "image/png"

    await worker.evaluate(CLICK, {"tag": told["tag"], "action": "0"})
    assert await worker.evaluate("[opened, tray.size]") == [[portal.url("/decide/word")], 0]
    await deliver(closed, portal, told)
    await until_shown(worker, 4)
    assert await worker.evaluate("badges") == [3, 3, 3, 0]
    await closed.goto(portal.url("/queue"))
    await worker.evaluate(CLICK, {"tag": told["tag"], "action": ""})
    await closed.wait_for_url(portal.url(told["path"]))
    assert await worker.evaluate("focused") == [portal.url("/queue")]


async def test_nobody_is_asked_before_they_press_the_button(visitors: Visitors, portal: Portal) -> None:
    page = await at_the_page(visitors, portal, ALLOWED)
    await expect(page.get_by_text("This device is not told yet.")).to_be_visible()
    assert await page.evaluate("localStorage.asked ?? 'never'") == "never"


async def test_another_subscription_takes_the_place_of_the_old_one_and_a_lost_one_is_told(
    visitors: Visitors, portal: Portal, service: PushService
) -> None:
    page, browser = await turned_on(visitors, portal, service)
    assert json.loads(await page.evaluate("localStorage.subscribed")) == {
        "userVisibleOnly": True,
        "applicationServerKey": browser.sender,
    }
    before = await page.locator("#channels li").count()
    worker, other = await worker_of(page), service.subscribe(browser.sender)
    await worker.evaluate(RENEW, other.keys)
    await page.reload()
    assert await page.locator("#channels li").count() == before
    await page.get_by_role("link", name=TELLS).click()
    await page.get_by_role("button", name="test").click()
    await expect(page.get_by_text("201 Created")).to_be_visible()
    assert (len(service.told(other)), service.told(browser)) == (1, [])

    await page.evaluate("delete localStorage.subscribed")
    await page.goto(portal.url(PAGE))
    await expect(page.get_by_text("no longer knows that it is to be told")).to_be_visible()
    await page.get_by_role("button", name="Tell me on this device").click()
    await expect(page.get_by_role("link", name=TELLS)).to_be_visible()


@pytest.mark.parametrize(
    ("script", "said", "options"),
    [
        ("", "This browser shows no messages of the portal", {}),
        ("Object.defineProperty(window, 'isSecureContext', { value: false })", "only over HTTPS", {}),
        ("delete window.PushManager", "no service worker or no push messages", {}),
        ("delete window.PushManager", "on the home screen first", {"user_agent": IPHONE, "look": PHONE}),
    ],
    ids=["denied", "insecure", "unsupported", "iOS"],
)
async def test_what_is_missing_is_said_plainly(
    visitors: Visitors, portal: Portal, script: str, said: str, options: dict[str, Any]
) -> None:
    page = await at_the_page(visitors, portal, script, **options)
    await expect(page.locator("#push [data-when]:visible")).to_have_count(1)
    await expect(page.get_by_text(said)).to_be_visible()
    await assert_accessible(page)
    await assert_fits(page)
    await assert_costs_little(page)


async def test_what_the_browser_says_is_shown_where_it_cannot_subscribe(visitors: Visitors, portal: Portal) -> None:
    page = await at_the_page(visitors, portal, ALLOWED)
    await page.get_by_role("button", name="Tell me on this device").click()
    await expect(page.get_by_text("Registration failed - permission denied")).to_be_visible()
    await expect(page.get_by_role("button", name="Tell me on this device")).to_be_visible()
    visitors.forgive("incognito")


async def test_without_script_it_says_that_it_needs_it(visitors: Visitors, portal: Portal) -> None:
    page = await at_the_page(visitors, portal, look=PHONE.but(javascript=False))
    await expect(page.get_by_text("This needs JavaScript")).to_be_visible()
    await assert_fits(page)
