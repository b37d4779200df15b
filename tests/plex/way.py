"""Somebody's way through Plex in a browser without script: out, a yes there, and back."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx

from medianest.core.actor import SYSTEM
from tests.fakes.plex import Person, Plex
from tests.web.house import House, submit


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way that was begun: the code that Plex shows, and where Plex leads back to."""

    browser: httpx.AsyncClient
    code: str
    client: str
    back: str

    async def come_back(self, browser: httpx.AsyncClient | None = None) -> httpx.Response:
        """What the portal says to this browser, or to another one, that comes from Plex."""
        return await (browser or self.browser).get(self.back)


async def set_out(
    browser: httpx.AsyncClient, *, at: str = "/sign-in/plex", on: str = "/sign-in", next: str = "/"
) -> Way:
    """Press the button on the page `on`, and go on until Plex is reached."""
    sent = await submit(browser, at, on=on, next=next)
    assert sent.status_code == 303, sent.text
    between = await browser.get(sent.headers["location"])
    assert between.status_code == 200, between.text
    return way_of(browser, between)


def way_of(browser: httpx.AsyncClient, between: httpx.Response) -> Way:
    """The way that the page before Plex leads."""
    address = between.headers["refresh"].partition("url=")[2]
    told = parse_qs(urlsplit(address).fragment.lstrip("?"))
    return Way(
        browser=browser, code=told["code"][0], client=told["clientID"][0], back=urlsplit(told["forwardUrl"][0]).path
    )


async def enter_by_plex(browser: httpx.AsyncClient, plex: Plex, person: Person, *, next: str = "/") -> httpx.Response:
    """Go to Plex, say yes there as this person, and come back."""
    way = await set_out(browser, next=next)
    assert plex.tv.approve(way.code, person)
    return await way.come_back()


async def is_in(browser: httpx.AsyncClient) -> bool:
    """Whether somebody is signed in."""
    return (await browser.get("/account")).status_code == 200


async def names(house: House) -> set[str]:
    """What the people of the house are called."""
    return {user.name for user in await house.services.accounts.people.listing(SYSTEM)}
