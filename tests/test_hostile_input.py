"""250 hostile strings over every field of every route: no failure, no stray file, no forbidden peer."""

import asyncio
import os
import random
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from medianest.web.routes import WAYS
from tests.crawl import Page, crawl, read
from tests.fakes.canary import Canary, Visit
from tests.fakes.media_site import MediaSite
from tests.fakes.overseerr import May, Overseerr
from tests.fakes.plex import OWNER, Plex
from tests.hostile import routes
from tests.hostile.outside import Outside, open_outside
from tests.hostile.requests import CSRF, Request
from tests.hostile.siege import Arsenal, Besieger, Outcome, besiege
from tests.hostile.strings import strings
from tests.portal import PASSWORD, Portal
from tests.portal.fixtures import NOWHERE, connected, title_in_plex
from tests.portal.letters import give_up, park
from tests.strace import Connection, Strace

EACH = int(os.environ.get("HOSTILE_STRINGS_EACH", "8"))
"""How many of the strings each field is given; `python -m tests.hostile` gives all of them to all."""
SEED = 20261121
GUESSED = {"POST /sign-in body.password", "POST /sign-in/again body.password"}
"""Here too many wrong words for one account are turned away, as they should be."""
TOKENS = 20
ADMINISTRATORS = 10
HEADERS = (
    "Accept", "Authorization", "Cookie", "Forwarded", "Host", "If-None-Match", "If-Range", "Origin", "Range", "Referer",
    "Sec-Fetch-Site", "User-Agent", "X-CSRF-Token", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
    "X-Request-ID",
)  # fmt: skip
PAGE_HEADERS = ("Accept-Language", "Cookie", "HX-Request", "HX-Request-Type", "HX-Target")

FIELDLESS = {
    ("POST", "/sign-out"),
    ("POST", "/admin/backups"),
    ("POST", "/admin/ytdlp/update"),
    ("POST", "/admin/ytdlp/rollback"),
    ("POST", "/account/sessions/others"),
    ("POST", "/admin/plex/connect"),
    ("POST", "/admin/plex/disconnect"),
    ("POST", "/admin/plex/test"),
    ("POST", "/admin/overseerr/test"),
    ("POST", "/admin/overseerr/webhook"),
    ("POST", "/account/plex"),
    ("POST", "/account/plex/unlink"),
}  # but for what guards all forms alike
pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True, kw_only=True)
class Siege:
    """What a portal was asked and answered, and what it did meanwhile."""

    portal: Portal
    record: Strace
    requests: list[Request]
    outcome: Outcome
    visits: list[Visit]
    peers: set[int]
    pages: dict[str, Page]
    texts: dict[str, str]


@pytest.fixture(scope="module")
def stack() -> Iterator[ExitStack]:
    with ExitStack() as left_at_the_end:
        yield left_at_the_end


@contextmanager
def asked_for() -> Iterator[Overseerr]:
    """Overseerr with an account as whom everybody asks, and somebody decides."""
    with Overseerr() as overseerr:
        overseerr.add("owner", plex_id=1001)
        overseerr.add("household", permissions=May.REQUEST | May.CREATE_ISSUES)
        yield overseerr


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory, _media_site: MediaSite, _plex: Plex, stack: ExitStack) -> Siege:
    """A portal after the siege; it has ended, so that the record of what it did is whole.

    A Plex server is connected, and something could not be taken in, so that every form stands somewhere.
    """
    folder = tmp_path_factory.mktemp("siege")
    record = Strace(folder / "record")
    at_plex = {**connected(_plex), "token": _plex.tv.token_of(OWNER)}
    overseerr = stack.enter_context(asked_for())
    of_overseerr = {"url": overseerr.base, "api_key": overseerr.key, "household_user_id": 2, "webhook_secret": "word"}
    outside = stack.enter_context(open_outside())
    server = {"trusted_proxies": ["127.0.0.1"], "public_url": NOWHERE}
    settings = {"server": server, "plex": at_plex, "overseerr": of_overseerr, **outside.settings}
    portal = Portal(folder / "portal", allow=[_media_site.address], settings=settings, lists=outside.lists)
    park(portal.data_dir, 2)
    give_up(portal.data_dir)
    portal.executable = [*record.prefix, *portal.executable]
    bases = (_media_site.base, _plex.tv.base, _plex.server.base, overseerr.base, NOWHERE)
    with Canary() as canary, portal:
        requests, outcome = _besieged(portal, _media_site.page(), canary, outside)
        pages = crawl(portal.admin())
        texts = {path: portal.admin().get(path).text for path, page in pages.items() if page.kind == "text/html"}
        peers = {*portal.ports(), *(httpx.URL(base).port or 0 for base in bases), *outside.ports}
        visits = canary.visits
    return Siege(
        portal=portal,
        record=record,
        requests=requests,
        outcome=outcome,
        visits=visits,
        peers=peers,
        pages=pages,
        texts=texts,
    )


def _besieged(portal: Portal, url: str, canary: Canary, outside: Outside) -> tuple[list[Request], Outcome]:
    texts = strings(canary.port)
    arsenal = Arsenal(texts=random.Random(SEED).sample(texts, len(texts)), each=EACH)
    outcome = Outcome()
    done: list[Request] = []

    def attack(requests: Iterable[Request], besiegers: list[Besieger]) -> None:
        done.extend(requests)
        asyncio.run(besiege(outcome, portal.address, list(requests), arsenal, besiegers))

    attack(*_as_stranger(portal, portal.setup_url))
    title_in_plex(portal, "harbour lights")
    programs, people, known = _programs(portal), _people(portal), _known(portal, url) | outside.tell(portal.admin())
    attack(*_as_stranger(portal, portal.url("/sign-in")))
    attack(*_as_stranger(portal, _invitation(portal)))
    calls = list(_calls(portal, known, canary))
    attack(calls, [Besieger()])
    attack(calls, programs)
    attack([*_pages(portal, known), *outside.absent(known)], people)
    return done, outcome


def _as_stranger(portal: Portal, page: str) -> tuple[list[Request], list[Besieger]]:
    """The forms of a page before the door, and somebody with the cookies that came with it."""
    with portal.client() as client:
        requests = list(routes.of_forms(read(client.get(page, follow_redirects=True)).forms))
        return requests, [Besieger(headers=_cookies(client))]


def _invitation(portal: Portal) -> str:
    made = portal.admin().post("/api/v1/invitations", json={"role": "member", "uses": 50}).raise_for_status()
    return portal.url(urlsplit(made.json()["link"]).path)


def _cookies(client: httpx.Client) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)}


def _programs(portal: Portal) -> list[Besieger]:
    """Programs of the administrator; each may ask only so much, so there are several."""
    made = [
        portal.admin().post("/api/v1/tokens", json={"label": f"besieger {n}", "scopes": ["admin"]}).raise_for_status()
        for n in range(TOKENS)
    ]
    return [Besieger(headers={"Authorization": f"Bearer {answer.json()['token']}"}) for answer in made]


def _people(portal: Portal) -> list[Besieger]:
    """Administrators in browsers, for the same reason."""
    people = []
    portal.admin()
    for n in range(ADMINISTRATORS):
        portal.command("create-admin", f"besieger{n}", "--password-stdin", stdin=PASSWORD).check_returncode()
        with portal.sign_in(f"besieger{n}") as client:
            people.append(Besieger(headers=_cookies(client), csrf_token=client.headers["X-CSRF-Token"]))
    return people


def _known(portal: Portal, url: str) -> dict[str, str]:
    """What is there to be asked for: values by name, ids by the segment before them."""
    admin = portal.admin()
    download = admin.post("/api/v1/downloads", json={"url": url}).raise_for_status().json()
    film = {"media_type": "movie", "tmdb_id": 603}
    request = admin.post("/api/v1/requests", json=film).raise_for_status().json()
    problem = admin.post("/api/v1/problems", json={**film, "kind": "video", "text": "x"}).raise_for_status().json()
    known = {"url": url, "downloads": download["id"], "requests": request["id"], "problems": problem["id"]}
    return {**known, "users": admin.get("/api/v1/me").json()["user"]["id"]}


def _calls(portal: Portal, known: dict[str, str], canary: Canary) -> Iterator[Request]:
    """The API's calls; one is asked with headers as its fields too."""
    for request in routes.of_api(portal.admin().get("/api/v1/openapi.json").json(), known):
        if request.path == "/api/v1/me":
            yield replace(request, spots=tuple(("header", (name,)) for name in HEADERS))
        elif request.path == "/api/v1/downloads/preview":
            yield replace(request, body={"url": canary.url()})
        else:
            yield request


def _pages(portal: Portal, known: dict[str, str]) -> Iterator[Request]:
    """The pages, by their addresses and forms; one is asked with headers as its fields too."""
    admin = portal.admin()
    admin.post("/api/v1/requests", json={"media_type": "tv", "tmdb_id": 1399, "seasons": [1]}).raise_for_status()
    pages = crawl(admin)
    token, feed = {CSRF: admin.headers["X-CSRF-Token"]}, urljoin(known["url"], "/feed/3.xml")
    links = (known["url"], feed, f"{known['url']} {feed}")
    apart = [read(admin.post("/queue/preview", data=token | {"url": link})) for link in links]
    apart += [read(admin.get(path)) for path in ("/sign-in/again", "/requests/decide", "/ask/movie/603/problem")]
    yield Request(method="GET", path="/downloads/unknown", spots=tuple(("header", (name,)) for name in PAGE_HEADERS))
    ways = list(routes.of_ways(known))
    yield from ways
    yield from routes.of_links(pages, ways)
    yield from routes.of_forms(form for page in [*pages.values(), *apart] for form in page.forms)


def test_no_string_in_any_field_makes_the_portal_fail(siege: Siege) -> None:
    assert siege.outcome.failures == []
    assert "Traceback" not in siege.portal.log
    assert {path: page.status for path, page in siege.pages.items() if page.status >= 500} == {}


def test_every_route_was_besieged_and_nobody_was_turned_away_for_asking_too_much(siege: Siege) -> None:
    besieged = {(request.method, request.path) for request in siege.requests if request.spots}
    taking = {(way.method, routes.plain(way.path)) for way in WAYS if "{" in way.path or way.method == "POST"}
    assert taking - besieged <= FIELDLESS
    for place, statuses in siege.outcome.statuses.items():
        assert statuses.total() % EACH == 0, place
        assert statuses[429] == 0 or place in GUESSED, place
    assert len(siege.outcome.texts) == 250


def test_markup_that_somebody_left_behind_is_text_on_every_page(siege: Siege) -> None:
    assert [path for path, text in siege.texts.items() if "alert(1)</script>" in text] == []


def test_nothing_is_written_outside_the_folders_of_the_portal(siege: Siege) -> None:
    changed = {path.resolve() for path in siege.record.changed(siege.portal.folder)}
    strange = [path for path in changed if not path.is_relative_to(siege.portal.folder)]
    assert [path for path in strange if path != Path("/dev/null") and "__pycache__" not in path.parts] == []


def test_nobody_is_asked_but_the_site_that_is_allowed(siege: Siege) -> None:
    assert siege.visits == []
    loopback = ip_address("127.0.0.1")
    assert siege.record.connections() <= {Connection(address=loopback, port=port) for port in siege.peers}
