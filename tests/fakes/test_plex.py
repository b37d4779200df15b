"""plexapi as it is signs in with the stand-in of Plex, lists it, and meets its troubles."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests
from plexapi.exceptions import BadRequest, NotFound, Unauthorized
from plexapi.myplex import MyPlexAccount, MyPlexPinLogin
from plexapi.server import PlexServer
from requests.adapters import HTTPAdapter
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.fakes.plex import CHILD, FRIEND, OWNER, STRANGER, Connection, Person, Plex

CLIENT = {"X-Plex-Client-Identifier": "one-client", "X-Plex-Product": "MediaNest"}
JSON = {"Accept": "application/json"}
PINS = "/api/v2/pins"


class LeadingTo(HTTPAdapter):
    """Leads what is meant for one origin to another."""

    def __init__(self, origin: str, base: str) -> None:
        self._origin, self._base = origin, base
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = (request.url or "").replace(self._origin, self._base, 1)
        return super().send(request, *args, **kwargs)


@pytest.fixture
def session(plex: Plex) -> Iterator[requests.Session]:
    with requests.Session() as opened:
        opened.trust_env = False
        opened.mount("https://plex.tv/", LeadingTo("https://plex.tv", plex.tv.base))
        yield opened


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=5, headers=CLIENT | JSON) as opened:
        yield opened


def account(plex: Plex, session: requests.Session, person: Person) -> MyPlexAccount:
    return MyPlexAccount(token=plex.tv.token_of(person), session=session)


def connected(plex: Plex, session: requests.Session, person: Person) -> PlexServer:
    return PlexServer(plex.server.base, plex.server.token_for(person), session=session)


def made(plex: Plex, client: httpx.Client) -> dict[str, Any]:
    answer = client.post(plex.tv.base + PINS, params={"strong": "true"})
    assert answer.status_code == 201
    pin: dict[str, Any] = answer.json()
    return pin


def test_plexapi_signs_in_by_pin_connects_to_the_server_and_lists_it(plex: Plex, session: requests.Session) -> None:
    login = MyPlexPinLogin(session=session, oauth=True)
    address = login.oauthUrl()
    assert not login.checkLogin()
    (pin,) = plex.tv.pins.made
    assert f"code={pin.code}" in address
    assert plex.tv.approve(pin.code, OWNER)
    assert login.checkLogin()

    signed_in = MyPlexAccount(token=login.token, session=session)
    server = signed_in.resource("Plex Server 1").connect()

    assert (signed_in.id, signed_in.username, signed_in.email) == (OWNER.id, "olga", "olga@example.com")
    assert server.machineIdentifier == "unique_id_123"
    assert server._baseurl == plex.server.local.base
    assert len(plex.server.token_for(OWNER)) == 536
    assert [(section.key, section.type, section.title) for section in server.library.sections()] == [
        (1, "movie", "Movies"),
        (2, "show", "TV Shows"),
        (3, "artist", "Music"),
    ]
    assert "Paper Boats" in [film.title for film in server.library.section("Movies").all()]
    assert server.identity().machineIdentifier == "unique_id_123"
    assert signed_in.ping()


def test_each_sees_the_servers_that_are_shared_with_them(plex: Plex, session: requests.Session) -> None:
    def seen(person: Person) -> list[tuple[str, bool]]:
        resources = account(plex, session, person).resources()
        return [(one.clientIdentifier, one.owned) for one in resources if "server" in one.provides.split(",")]

    assert seen(OWNER) == [("unique_id_123", True), ("unique_id_456", False)]
    assert seen(FRIEND) == seen(CHILD) == [("unique_id_123", False)]
    assert seen(STRANGER) == []

    friends = connected(plex, session, FRIEND)
    plex.server.unshare(FRIEND)
    assert seen(FRIEND) == []
    with pytest.raises(Unauthorized):
        friends.query("/library/sections")


def test_the_owner_sees_whom_the_server_is_shared_with(plex: Plex, session: requests.Session) -> None:
    owner = account(plex, session, OWNER)
    people = {person.title: person for person in owner.users()}

    assert people.keys() == {"frida", "Kim"}
    assert (people["Kim"].username, people["Kim"].email, people["Kim"].home) == ("", "", True)
    assert [share.machineIdentifier for share in people["frida"].servers] == ["unique_id_123"]
    assert [(one.title, one.shared) for one in people["Kim"].servers[0].sections()] == [
        ("Movies", True),
        ("TV Shows", False),
        ("Music", False),
    ]
    assert people["frida"].get_token("unique_id_123") == plex.server.token_for(FRIEND)
    assert owner.switchHomeUser(people["Kim"]).restricted

    owner.query(owner.FRIENDUPDATE.format(userId=FRIEND.id), session.delete)
    assert {person.title for person in owner.users()} == {"Kim"}


def test_a_pin_lives_1799_seconds_and_is_nobody_elses(plex: Plex, client: httpx.Client) -> None:
    pin = made(plex, client)
    address = f"{plex.tv.base}{PINS}/{pin['id']}"
    assert (len(pin["code"]), pin["expiresIn"], pin["authToken"], pin["product"]) == (25, 1799, None, "MediaNest")

    foreign = client.get(address, headers={"X-Plex-Client-Identifier": "another"})
    assert (foreign.status_code, foreign.json()["errors"][0]["code"]) == (404, 1020)

    plex.tv.pass_time(1797)
    assert client.get(address).json()["expiresIn"] in (1, 2)
    plex.tv.pass_time(3)
    assert client.get(address).status_code == 404
    assert not plex.tv.approve(pin["code"], OWNER)


def test_a_pin_is_claimed_once_and_its_token_may_lag(plex: Plex, client: httpx.Client) -> None:
    pin = made(plex, client)
    address = f"{plex.tv.base}{PINS}/{pin['id']}"

    assert plex.tv.approve(pin["code"], FRIEND, lag=1)
    assert not plex.tv.approve(pin["code"], STRANGER)
    assert client.get(address).json()["authToken"] is None
    token = client.get(address).json()["authToken"]

    account = client.get(plex.tv.base + "/api/v2/user", headers={"X-Plex-Token": token}).json()
    assert (account["id"], account["home"]) == (FRIEND.id, False)


def test_a_pin_wants_a_client_and_without_strong_it_is_short(plex: Plex, client: httpx.Client) -> None:
    short = client.post(plex.tv.base + PINS).json()
    assert (len(short["code"]), short["expiresIn"]) == (4, 900)

    anonymous = httpx.post(plex.tv.base + PINS, headers=JSON, trust_env=False)
    assert (anonymous.status_code, anonymous.json()["errors"][0]["code"]) == (400, 1000)


def test_the_page_of_the_app_claims_for_the_client_that_made_the_pin(plex: Plex, client: httpx.Client) -> None:
    pin = made(plex, client)
    wish = {"code": pin["code"], "client": "another", "person": FRIEND.id}

    page = client.get(plex.tv.app + "/auth").text
    assert f'data-person="{FRIEND.id}"' in page
    assert f'data-person="{CHILD.id}"' not in page
    assert client.post(plex.tv.app + "/_/approve", json=wish).status_code == 404
    assert client.post(plex.tv.app + "/_/approve", json=wish | {"client": "one-client"}).status_code == 204
    assert client.get(f"{plex.tv.base}{PINS}/{pin['id']}").json()["authToken"]


def test_revoked_tokens_are_good_nowhere(plex: Plex, session: requests.Session) -> None:
    owner = account(plex, session, OWNER)
    server = owner.resource("Plex Server 1").connect()

    plex.tv.revoke(OWNER)

    for refused in (owner.resources, owner.ping, lambda: server.query("/library/sections")):
        with pytest.raises(Unauthorized):
            refused()


def test_shows_have_seasons_and_episodes(plex: Plex, session: requests.Session) -> None:
    show = connected(plex, session, FRIEND).library.section("TV Shows").get("Harbour Lights")

    assert [(season.title, len(season.episodes())) for season in show.seasons()] == [("Season 1", 3), ("Season 2", 2)]
    episode = show.episode(season=2, episode=1)
    assert (episode.grandparentTitle, episode.parentIndex, episode.index) == ("Harbour Lights", 2, 1)
    assert [media.parts[0].file for media in episode.media] == ["/storage/tvshows/Harbour Lights/Season 2/S02E01.mkv"]
    assert {guid.id.partition(":")[0] for guid in show.guids} == {"tmdb", "tvdb"}


def test_what_is_new_and_what_is_begun_depends_on_who_asks(plex: Plex, session: requests.Session) -> None:
    films = plex.server.shelves.of(plex.server.shelves.sections["1"], "movie")
    plex.server.watch(FRIEND, films[0], until_ms=60_000)

    friends, owners, childs = (connected(plex, session, person) for person in (FRIEND, OWNER, CHILD))

    assert [(item.title, item.viewOffset) for item in friends.library.onDeck()] == [(films[0].title, 60_000)]
    assert owners.library.onDeck() == []
    assert owners.library.recentlyAdded()[0].type == "episode"
    assert [item.title for item in childs.library.recentlyAdded()] == [film.title for film in reversed(films)]
    with pytest.raises(NotFound):
        childs.fetchItem("/library/metadata/6")


def test_search_finds_titles_by_kind(plex: Plex, session: requests.Session) -> None:
    server = connected(plex, session, FRIEND)

    assert [(item.type, item.title) for item in server.search("ÅLESUND")] == [("movie", "The Long Way to Ålesund")]
    assert len(server.search("episode")) == 3
    assert len(server.search("episode", limit=20)) == 9
    with pytest.raises(BadRequest):
        server.query("/hubs/search")


def test_a_list_comes_page_by_page(plex: Plex, client: httpx.Client) -> None:
    plex.grow(500)
    token = {"X-Plex-Token": plex.server.token_for(OWNER)}
    page = {"X-Plex-Container-Start": "100", "X-Plex-Container-Size": "2"}

    answer = client.get(plex.server.base + "/library/sections/1/all?sort=addedAt:desc", headers=token | page)
    container = answer.json()["MediaContainer"]
    empty = client.get(plex.server.base + "/library/sections/3/all", headers=token).json()["MediaContainer"]

    films = len(plex.server.shelves.of(plex.server.shelves.sections["1"], "movie"))
    assert (container["size"], container["offset"], container["totalSize"]) == (2, 100, films)
    assert answer.headers["x-plex-container-total-size"] == str(films)
    assert isinstance(container["Metadata"][0]["ratingKey"], str)
    assert (empty["size"], "Metadata" in empty) == (0, False)


def test_a_scan_finds_what_lies_in_its_folder(plex: Plex, session: requests.Session) -> None:
    plex.server.shelves.lay("1", "movie", "Fresh", file="/storage/movies/new films/Fresh.mkv", year=2026)
    section = connected(plex, session, OWNER).library.section("Movies")
    newest = max(item.added_at for item in plex.server.shelves.items.values())

    section.update("/storage/movies/elsewhere")
    section.update("/srv/new films")
    assert len(section.all()) == 5
    section.update("/storage/movies/new films")

    assert [scan.folder for scan in plex.server.scans][2] == "/storage/movies/new films"
    assert [film.title for film in section.fetchItems(f"/library/sections/1/all?addedAt>>={newest}")] == ["Fresh"]
    with pytest.raises(BadRequest):
        connected(plex, session, FRIEND).query("/library/sections/1/refresh")


def test_pictures_are_real_fit_their_box_and_are_only_the_servers_own(plex: Plex, client: httpx.Client) -> None:
    film = plex.server.shelves.items["1"]
    client.headers["X-Plex-Token"] = plex.server.token_for(FRIEND)
    box = {"width": 100, "height": 100, "format": "png"}

    small = client.get(plex.server.base + "/photo/:/transcode", params={"url": film.picture("thumb"), **box})
    whole = client.get(f"{plex.server.base}{film.picture('thumb')}")
    lured = client.get(plex.server.base + "/photo/:/transcode", params={"url": "http://192.0.2.1/x", **box})

    assert [int.from_bytes(small.content[start : start + 4]) for start in (16, 20)] == [67, 100]
    assert (whole.headers["content-type"], whole.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert (lured.status_code, plex.server.lured_to) == (400, ["http://192.0.2.1/x"])


def test_a_connection_that_is_away_leaves_the_others(plex: Plex, session: requests.Session) -> None:
    owned, shared = (account(plex, session, person).resource("Plex Server 1") for person in (OWNER, FRIEND))
    assert [(one.local, one.relay) for one in owned.connections] == [(True, False), (False, False), (False, True)]
    assert shared.connect()._baseurl == plex.server.remote.base

    plex.server.local.shut()
    plex.server.remote.shut()
    assert owned.connect()._baseurl == plex.server.relay.base

    plex.server.away()
    with pytest.raises(NotFound):
        owned.connect()
    plex.server.back()
    assert owned.connect()._baseurl == plex.server.local.base


def test_plex_tv_may_name_an_address_that_does_not_work(plex: Plex, session: requests.Session) -> None:
    local = plex.server.local
    plex.server.connections[:] = [Connection(address="127.0.0.9", port=local.port, protocol="https", local=True)]

    with pytest.raises(NotFound):
        account(plex, session, OWNER).resource("Plex Server 1").connect()


def test_who_listens_hears_what_happens_on_the_server(plex: Plex) -> None:
    """At the address of plexapi's AlertListener, which needs a library of its own for it."""
    film = next(iter(plex.server.shelves.items.values()))
    address = f"ws://{plex.server.local.host}:{plex.server.local.port}/:/websockets/notifications"
    headers = {"X-Plex-Token": plex.server.token_for(FRIEND)}
    with connect(address, additional_headers=headers, proxy=None) as listening:
        plex.server.events.wait_for_listeners(1)
        plex.server.events.timeline(film)
        told = json.loads(listening.recv(timeout=10))["NotificationContainer"]
        assert (told["type"], told["TimelineEntry"][0]["itemID"]) == ("timeline", film.key)
        listening.ping().wait(10)
    plex.server.events.wait_for_listeners(0)
    with pytest.raises(InvalidStatus, match="401"):
        connect(address, proxy=None)
