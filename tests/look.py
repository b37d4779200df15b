"""`python -m tests.look [NAME ...]` takes a screenshot of every page and state into looks/, to be looked at.

Pages come from the gallery, at 390, 820 and 1440 pixels, dark and light; a NAME takes those that begin with it.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.gallery.server import SAMPLES, gallery

LOOKS = Path(__file__).parent.parent / "looks"
WIDTHS = (390, 820, 1440)
SCHEMES = ("light", "dark")
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser that speaks to nobody but us."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def look(browser: Browser, address: str, names: Sequence[str], *, widths: Sequence[int] = WIDTHS) -> None:
    """Write `looks/NAME-WIDTH-SCHEME.png` for each of the pages under `address`."""
    LOOKS.mkdir(exist_ok=True)
    for width in widths:
        for scheme in SCHEMES:
            page = browser.new_page(
                viewport={"width": width, "height": 900},
                color_scheme=scheme,  # type: ignore[arg-type]
                reduced_motion="reduce",
            )
            for name in names:
                page.goto(f"{address}/{name}", wait_until="load")
                height = max(900, page.evaluate("document.documentElement.scrollHeight"))
                page.set_viewport_size({"width": width, "height": min(height, 4000)})
                page.screenshot(path=LOOKS / f"{name}-{width}-{scheme}.png")
                page.set_viewport_size({"width": width, "height": 900})
            page.close()


def main(wanted: Sequence[str]) -> None:
    names = [name for name in SAMPLES if not wanted or name.startswith(tuple(wanted))]
    with gallery() as address, chromium() as browser:
        look(browser, address, names)
    print(f"{len(names) * len(WIDTHS) * len(SCHEMES)} screenshots are in {LOOKS}")


if __name__ == "__main__":
    main(sys.argv[1:])
