"""What a visit of a page costs a browser: a phone that was never there, on a line and with a processor slowed down.

These are the figures of Lighthouse's phone that Chromium itself tells (its scores need Lighthouse, which is not here):
first and largest contentful paint, total blocking time, layout shift, bytes and requests.
"""

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from playwright.async_api import Browser, Page, async_playwright

from bench.frame import Figure
from tests.browser import PHONE, Visitors
from tests.browser.fixtures import FLAGS, chromium_path
from tests.fakes.media_site import MediaSite
from tests.portal import Portal, Queue

ROUNDS = 3
QUEUED = 40
LINE = {"offline": False, "latency": 150, "downloadThroughput": 204_800, "uploadThroughput": 93_750}
"""Slow 4G as Lighthouse has it: 150 ms, 1.6 Mbit/s down, 750 kbit/s up."""
SLOWER = 4
"""How much slower than this processor that of the phone is."""
BARS = {"shift": 0, "script and style": 60, "requests besides pictures": 12}
"""What does not hang on the machine. A page is called good with a largest paint by 2500 ms, and 200 ms blocked."""
_WATCH = """window.seen = {largest: 0, shift: 0, blocked: 0};
const watch = (type, add) =>
  new PerformanceObserver((list) => list.getEntries().forEach(add)).observe({type, buffered: true});
watch("largest-contentful-paint", (entry) => { seen.largest = entry.startTime });
watch("layout-shift", (entry) => { if (!entry.hadRecentInput) seen.shift += entry.value });
watch("longtask", (entry) => { seen.blocked += Math.max(0, entry.duration - 50) });"""
_TELL = """() => {
  const asked = [performance.getEntriesByType("navigation")[0], ...performance.getEntriesByType("resource")];
  const besides = asked.filter(({name}) => !/\\/picture/.test(name));
  const heavy = besides.filter(({name}) => /\\.(js|css)\\b/.test(name));
  const weight = (all) => all.reduce((sum, {transferSize}) => sum + transferSize, 0) / 1000;
  return {
    "first paint": performance.getEntriesByName("first-contentful-paint")[0].startTime, "largest paint": seen.largest,
    "blocked": seen.blocked, "shift": seen.shift, "script and style": weight(heavy), "everything": weight(asked),
    "requests besides pictures": besides.length + document.querySelectorAll("#live").length,
  };
}"""
_UNITS = {"first paint": "ms", "largest paint": "ms", "blocked": "ms", "script and style": "kB", "everything": "kB"}


async def figures() -> AsyncIterator[Figure]:
    """The first page that anybody sees, and home and queue of somebody who is in."""
    with ExitStack() as stack:
        site = stack.enter_context(MediaSite.in_thread())
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="medianest-bench-"))
        portal = stack.enter_context(Portal(Path(folder), allow=[site.address]))
        _fill(portal, site)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium_path(os.environ), args=FLAGS)
            inside = portal.browser_state()
            for name, path, state in (("door", "/sign-in", None), ("home", "/", inside), ("queue", "/queue", inside)):
                visits = [await _visit(browser, portal.url(path), state) for _ in range(ROUNDS)]
                for what in visits[0]:
                    yield _figure(name, what, median(visit[what] for visit in visits))
            await browser.close()


def _fill(portal: Portal, site: MediaSite) -> None:
    """One video that came in, one that comes in slowly, and many that wait for it."""
    queue = Queue(portal.admin())
    queue.until(queue.add(site.url("/files/clip.mp4"))["id"], "completed")
    first = queue.add(site.url("/files/padded-3000000.mp4", slow=20_000))["id"]
    queue.until(first, "running")
    for number in range(QUEUED):
        queue.add(site.url("/files/clip.mp4", key=str(number)))


async def _visit(browser: Browser, address: str, state: object) -> dict[str, float]:
    visitors = Visitors(browser)
    page = await visitors.page(PHONE, storage_state=state)
    await page.add_init_script(_WATCH)
    await _slow_down(page)
    await page.goto(address, wait_until="load")
    await page.evaluate("() => new Promise((done) => requestIdleCallback(done, {timeout: 2000}))")
    seen: dict[str, float] = await page.evaluate(_TELL)
    await visitors.end()
    return seen


async def _slow_down(page: Page) -> None:
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    await session.send("Network.emulateNetworkConditions", LINE)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def _figure(name: str, what: str, value: float) -> Figure:
    return Figure(name=f"{name} on a slow phone: {what}", value=value, unit=_UNITS.get(what, ""), bar=BARS.get(what))
