"""`python -m tests.look [NAME ...]` takes a screenshot of every page and state into looks/, to be looked at.

Pages come from the gallery, at 390, 820 and 1440 pixels, dark and light; a NAME takes those that begin with it. They
are English, or of another `--language`: `ar`, or `fa`, which nobody speaks (`tests.gallery.pseudo`). With `--demo` they
come from the running portal instead, furnished (`tests.demo`).
"""

import argparse
import asyncio
import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright

from tests.browser import LOOKS, Look, Visitors
from tests.browser.fixtures import FLAGS, chromium_path
from tests.demo import Demo, demo
from tests.gallery.server import SAMPLES, gallery

FOLDER = Path(__file__).parent.parent / "looks"
TALLEST = 4000
PLACES = (
    "library",
    "plex",
    "ask",
    "ask/tv/1396",
    "requests",
    "requests/decide",
    "queue",
    "inbox",
    "account",
    "admin/people",
    "admin/plans",
    "admin/overseerr",
    "admin/sites",
    "admin/names",
    "admin/jobs",
    "admin/doctor",
    "admin/backups",
    "admin/journal",
    "api/v1/docs",
)


async def look(browser: Browser, addresses: Mapping[str, str], device: Look, **visitor: Any) -> None:
    """Write `looks/NAME-WIDTH-SCHEME.png` for each of these pages, as tall as the page is."""
    visitors = Visitors(browser)
    page = await visitors.page(device, **visitor)
    for name, address in addresses.items():
        await page.goto(address, wait_until="load")
        height = await page.evaluate("document.documentElement.scrollHeight")
        await page.set_viewport_size({"width": device.width, "height": min(max(height, device.height), TALLEST)})
        spoken = "" if device.language == "en" else f"-{device.language}"
        await page.screenshot(path=FOLDER / f"{name}{spoken}-{device}.png", animations="disabled")
        await page.set_viewport_size({"width": device.width, "height": device.height})
    await visitors.end()


def pages_of(running: Demo) -> dict[str, str]:
    """Every place of a running portal, and one download in each state."""
    url = running.portal.url
    found = {"demo-home": url("/")} | {f"demo-{place.replace('/', '-')}": url(f"/{place}") for place in PLACES}
    listed = running.admin.get("/api/v1/downloads").json()["items"]
    return found | {f"demo-download-{item['state']}": url(f"/downloads/{item['id']}") for item in listed}


async def main(names: list[str], *, by_demo: bool, language: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    with ExitStack() as stack:
        visitor: dict[str, Any] = {}
        if by_demo:
            running = stack.enter_context(demo())
            pages, visitor["storage_state"] = pages_of(running), running.portal.browser_state()
        else:
            address = stack.enter_context(gallery())
            pages = {name: f"{address}/{name}?lang={language}" for name in SAMPLES}
        wanted = {name: page for name, page in pages.items() if not names or name.startswith(tuple(names))}
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium_path(os.environ), args=FLAGS)
            for device in LOOKS:
                await look(browser, wanted, device.but(language=language), **visitor)
            await browser.close()
    print(f"{len(wanted) * len(LOOKS)} screenshots are in {FOLDER}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--demo", action="store_true", help="look at the running portal instead of the gallery")
    parser.add_argument("--language", default="en", help="what the pages are written in")
    given = parser.parse_args()
    asyncio.run(main(given.names, by_demo=given.demo, language=given.language))
