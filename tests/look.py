"""`python -m tests.look [NAME ...]` takes a screenshot of every page and state into looks/, to be looked at.

Pages come from the gallery, at 390, 820 and 1440 pixels, dark and light; a NAME takes those that begin with it.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.browser import LOOKS, Look, Visitors
from tests.browser.fixtures import FLAGS, chromium_path
from tests.gallery.server import SAMPLES, gallery

FOLDER = Path(__file__).parent.parent / "looks"
TALLEST = 4000


async def look(browser: Browser, address: str, names: Sequence[str], device: Look) -> None:
    """Write `looks/NAME-WIDTH-SCHEME.png` for each of the pages under `address`, as tall as the page is."""
    visitors = Visitors(browser)
    page = await visitors.page(device.but(reduced_motion=True))
    for name in names:
        await page.goto(f"{address}/{name}", wait_until="load")
        height = await page.evaluate("document.documentElement.scrollHeight")
        await page.set_viewport_size({"width": device.width, "height": min(max(height, device.height), TALLEST)})
        await page.screenshot(path=FOLDER / f"{name}-{device}.png")
        await page.set_viewport_size({"width": device.width, "height": device.height})
    await visitors.end()


async def main(wanted: Sequence[str]) -> None:
    names = [name for name in SAMPLES if not wanted or name.startswith(tuple(wanted))]
    FOLDER.mkdir(exist_ok=True)
    with gallery() as address:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium_path(os.environ), args=FLAGS)
            for device in LOOKS:
                await look(browser, address, names, device)
            await browser.close()
    print(f"{len(names) * len(LOOKS)} screenshots are in {FOLDER}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
