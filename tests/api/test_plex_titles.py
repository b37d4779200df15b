"""What is on the Plex server, for programs: what each may see, in which shape, and the webhook."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from medianest.accounts.types import Scope
from tests.api.portal import Portal
from tests.fakes.plex import CHILD, FRIEND, OWNER, Plex, webhook


@pytest.fixture
async def with_plex(portal: Portal, plex: Plex) -> Portal:
    """The stand-in's server is connected and read."""
    portal.linked.server = plex.server
    await portal.services.titles.refresh()
    return portal


async def told(portal: Portal, path: str, who: str = "bob") -> Any:
    client = await portal.program(getattr(portal.cast, who), Scope.READ)
    answer = await client.get(f"/api/v1/plex{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_without_a_server_there_is_nothing_and_that_is_said(portal: Portal) -> None:
    assert await told(portal, "") == {"connected": False, "name": None, "away": False, "as_of": None}
    assert await told(portal, "/recent") == {"items": [], "next_cursor": None}


async def test_titles_come_with_pictures_of_ours_and_ways_into_plex(with_plex: Portal, plex: Plex) -> None:
    (title,) = (await told(with_plex, "/search?q=uber"))["items"]
    assert (title["title"], title["type"], title["year"], title["duration_s"]) == (
        "Über den Dächern",
        "movie",
        2021,
        5400,
    )
    assert title["numbers"] == {"imdb": "tt0000002", "tmdb": 602, "tvdb": None}
    key = f"key=%2Flibrary%2Fmetadata%2F{title['id']}"
    assert title["watch"] == {
        "web": f"https://app.plex.tv/desktop/#!/server/{plex.server.machine}/details?{key}",
        "app": f"plex://preplay/?metadataKey=%2Flibrary%2Fmetadata%2F{title['id']}&server={plex.server.machine}",
    }
    assert title["poster"].startswith("/api/v1/pictures/plex/poster-342/")
    assert plex.server.token_for(OWNER) not in str(title)


async def test_what_is_new_comes_in_pages_with_a_tag(with_plex: Portal) -> None:
    first = await told(with_plex, "/recent?limit=10")
    rest = await told(with_plex, f"/recent?limit=200&cursor={first['next_cursor']}")
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (10, 4, None)
    assert first["items"][0]["show"] == "Small Hours"
    client = await with_plex.program(with_plex.cast.bob, Scope.READ)
    answer = await client.get("/api/v1/plex/recent")
    again = await client.get("/api/v1/plex/recent", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_a_show_comes_with_its_seasons_and_episodes(with_plex: Portal) -> None:
    (show,) = (await told(with_plex, "/search?q=harbour%20lights"))["items"]
    whole = await told(with_plex, f"/titles/{show['id']}")
    assert [(one["season"]["season"], len(one["episodes"])) for one in whole["seasons"]] == [(1, 3), (2, 2)]
    episode = whole["seasons"][0]["episodes"][0]
    assert (episode["show_id"], episode["season"], episode["number"]) == (show["id"], 1, 1)


async def test_sections_and_what_is_in_them(with_plex: Portal) -> None:
    films, shows = (await told(with_plex, "/sections"))["items"]
    assert (films["type"], films["titles"], shows["type"], shows["titles"]) == ("movie", 5, "show", 2)
    listed = await told(with_plex, f"/titles?section={shows['id']}")
    assert [title["title"] for title in listed["items"]] == ["Harbour Lights", "Small Hours"]


async def test_a_child_sees_what_is_shared_with_it_and_a_guest_nothing(with_plex: Portal) -> None:
    with_plex.linked.people[with_plex.cast.dora.id] = CHILD
    assert {title["type"] for title in (await told(with_plex, "/recent", "dora"))["items"]} == {"movie"}
    assert await told(with_plex, "/recent", "gus") == {"items": [], "next_cursor": None}
    (show,) = (await told(with_plex, "/search?q=harbour%20lights"))["items"]
    for who in ("dora", "gus"):
        client = await with_plex.program(getattr(with_plex.cast, who), Scope.READ)
        assert (await client.get(f"/api/v1/plex/titles/{show['id']}")).status_code == 404


async def test_everybody_goes_on_with_their_own(with_plex: Portal, plex: Plex) -> None:
    assert await told(with_plex, "/continue") == {"items": [], "next_cursor": None}
    with_plex.linked.people[with_plex.cast.bob.id] = FRIEND
    plex.server.watch(FRIEND, plex.server.shelves.items["1"], until_ms=61_000)
    (begun,) = (await told(with_plex, "/continue"))["items"]
    assert (begun["title"]["id"], begun["seen_s"]) == ("1", 61)
    client = await with_plex.program(with_plex.cast.bob, Scope.READ)
    seen = {"If-None-Match": (await client.get("/api/v1/plex/continue")).headers["etag"]}
    assert (await client.get("/api/v1/plex/continue", headers=seen)).status_code == 304
    alice = await with_plex.program(with_plex.cast.alice, Scope.READ)
    assert (await alice.get("/api/v1/plex/continue", headers=seen)).json() == {"items": [], "next_cursor": None}


async def test_while_plex_is_away_what_is_known_stays_and_what_is_not_says_so(with_plex: Portal, plex: Plex) -> None:
    with_plex.linked.people[with_plex.cast.bob.id] = FRIEND
    await told(with_plex, "/recent")
    plex.server.away()
    client = await with_plex.program(with_plex.cast.bob, Scope.READ)
    answer = await client.get("/api/v1/plex/continue")
    assert (answer.status_code, answer.json()["code"]) == (503, "plex_away")
    assert len((await told(with_plex, "/recent"))["items"]) == 14
    standing = await told(with_plex, "")
    assert (standing["away"], standing["name"]) == (True, "Plex Server 1")
    assert standing["as_of"]


@pytest.mark.parametrize("query", ["", "?q=", "?q=a&limit=0", "?q=a&limit=51", f"?q={'a' * 201}"])
async def test_a_search_wants_words_and_has_a_limit(portal: Portal, query: str) -> None:
    client = await portal.program(portal.cast.bob, Scope.READ)
    assert (await client.get(f"/api/v1/plex/search{query}")).status_code == 422


async def test_the_webhook_is_heeded_at_its_address_only(with_plex: Portal, plex: Plex) -> None:
    nobody = await with_plex.nobody()
    film = plex.server.shelves.items["1"]
    body, media_type = webhook("library.new", film, machine=plex.server.machine, account=OWNER)
    titles = with_plex.services.titles
    for secret, status in (("0" * 40, 404), (titles.webhook_secret(), 204)):
        headers = {"content-type": media_type}
        answer = await nobody.post(f"/webhooks/plex/{secret}/news", content=body, headers=headers)
        assert answer.status_code == status, answer.text
        assert bool(titles.intake._gathered) is (status == 204)


@pytest.mark.parametrize(
    ("body", "media_type"),
    [(b"", "multipart/form-data"), (b"--x\r\n", "multipart/form-data; boundary=x"), (b"{}", "application/json")],
)
async def test_nonsense_at_the_webhook_does_no_harm(portal: Portal, body: bytes, media_type: str) -> None:
    nobody = await portal.nobody()
    address = f"/webhooks/plex/{portal.services.titles.webhook_secret()}/news"
    answer = await nobody.post(address, content=body, headers={"content-type": media_type})
    assert answer.status_code in (204, 400), answer.text


async def test_a_webhook_brings_a_picture_and_not_a_film(portal: Portal, plex: Plex) -> None:
    nobody = await portal.nobody()
    film = plex.server.shelves.items["1"]
    address = f"/webhooks/plex/{portal.services.titles.webhook_secret()}/news"

    async def pieces(body: bytes) -> AsyncIterator[bytes]:
        """Not announced, so that no more than a rest is left unread, and the answer is seen."""
        for start in range(0, len(body), 100_000):
            yield body[start : start + 100_000]

    for size, status in ((500_000, 204), (4_500_000, 413)):
        body, media_type = webhook("media.play", film, machine="x", account=OWNER, picture=b"x" * size)
        answer = await nobody.post(address, content=pieces(body), headers={"content-type": media_type})
        assert answer.status_code == status
