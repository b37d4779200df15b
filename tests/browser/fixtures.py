"""Fixtures for tests in a browser. Chromium is the system's; without it a CI run fails and a run at a desk skips."""

import os
import shutil
from collections.abc import AsyncIterator, Mapping

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.visitors import Visitors

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""Cheapest first: whoever opens a page in a whole Chromium pays for a window, with its tabs and its buttons, too."""


def chromium_path(environment: Mapping[str, str]) -> str:
    """Where Chromium is: `MEDIANEST_CHROMIUM`, else on the path; without one nothing is passed over in silence."""
    named = environment.get("MEDIANEST_CHROMIUM")
    found = named or next(filter(None, (shutil.which(name, path=environment.get("PATH")) for name in _NAMES)), None)
    if found:
        return found
    sentence = "Chromium is not installed: `apt-get install chromium`, or name it in MEDIANEST_CHROMIUM"
    if environment.get("CI"):
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    path = chromium_path(os.environ)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visitors(chromium: Browser) -> AsyncIterator[Visitors]:
    """Opens pages, and fails the test afterwards if the browser complained."""
    people = Visitors(chromium)
    yield people
    await people.end()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever takes `visitors` or `chromium` is a browser test, and runs where the browser lives."""
    for item in items:
        if {"visitors", "chromium"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
