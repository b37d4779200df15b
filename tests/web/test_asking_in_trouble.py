"""Thirty ways in which an answer of Overseerr's goes wrong, on every page that asks it: none of them breaks."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from medianest.core.circuit import State
from medianest.core.db import Database
from medianest.media_requests.client import Asking
from tests.fakes.overseerr import FAULTS, Overseerr
from tests.web.asking import DUNE, MATRIX, lead_to
from tests.web.house import House, enter, open_house, token

PAGES = (
    "/", "/ask", "/ask?kind=movie", "/ask?q=matrix", "/ask/lists/trending", "/ask/genres/movie/18", MATRIX,
    "/ask/tv/1396", "/requests", "/requests/decide", "/admin/overseerr",
)  # fmt: skip
FORMS = (DUNE, "/admin/overseerr/webhook")


@pytest.fixture
async def asking(db: Database, tmp_path: Path, overseerr: Overseerr) -> AsyncIterator[House]:
    """One house for all faults; nobody waits long in it, and no circuit opens."""
    async with open_house(db, tmp_path) as house:
        await lead_to(house, overseerr)
        house.services.discovery._patience_s = 0.2
        connection = house.services.overseerr.connection
        guards = (await connection.asking())._line._guards
        connection._asking = Asking(overseerr.base, overseerr.key, guards, patience_s=0.3)
        yield house


async def test_no_fault_of_the_server_breaks_a_page(asking: House, overseerr: Overseerr) -> None:
    async with asking.browser() as browser:
        await enter(browser, asking.cast.alice)
        csrf = await token(browser, "/account")
        broken = []
        for name, fault in FAULTS.items():
            asking.services.overseerr.connection._breaker.hold(State.CLOSED)
            overseerr.fault(fault)
            for path in PAGES:
                answer = await browser.get(path)
                if answer.status_code >= 500 or "html" not in answer.headers["content-type"]:
                    broken.append((name, path, answer.status_code))
            for path in FORMS:
                answer = await browser.post(path, data={"csrf_token": csrf})
                if answer.status_code >= 500:
                    broken.append((name, path, answer.status_code))
            overseerr.calm()
    assert broken == []
