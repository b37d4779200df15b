"""Finding titles, asking for them and following what becomes of that, as people see it without script."""

import re
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, event, update

from medianest.media_requests.models import RequestRow, UpstreamPersonRow
from tests.fakes.overseerr import Has, May, Overseerr
from tests.fakes.plex import Plex
from tests.web.asking import BREAKING_BAD, DUNE, MATRIX, lead_to
from tests.web.house import House, by_htmx, enter, submit

BY_HTMX = {"HX-Request": "true"}


@pytest.fixture
async def asking(house: House, overseerr: Overseerr) -> House:
    await lead_to(house, overseerr)
    return house


@pytest.fixture
async def bob(asking: House, browser: httpx.AsyncClient) -> httpx.AsyncClient:
    await enter(browser, asking.cast.bob)
    return browser


async def text(browser: httpx.AsyncClient, path: str, status: int = 200, **headers: str) -> str:
    answer = await browser.get(path, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.text


def titles(page: str) -> list[str]:
    return re.findall(r'<h3 dir="auto"><a href="/ask/(?:movie|tv)/\d+">([^<]*)</a>', page)


def steps(page: str) -> list[str]:
    """The present step of each line of steps."""
    return re.findall(r'aria-current="step"><span>([^<]*)', page)


def requests_on(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'href="/requests/([\w-]{10,})"', page)))


async def ask_for(browser: httpx.AsyncClient, path: str = MATRIX, **fields: Any) -> httpx.Response:
    return await submit(browser, path, on=path, **fields)


async def test_without_a_server_the_page_says_so_and_a_guest_has_no_such_page(
    house: House, browser: httpx.AsyncClient
) -> None:
    await enter(browser, house.cast.bob)
    assert "Nothing can be asked for yet" in await text(browser, "/ask")
    assert "Nobody can tell more" in await text(browser, MATRIX)
    assert "Nothing is called like that" in await text(browser, "/ask?q=matrix")
    async with house.browser() as guest:
        await enter(guest, house.cast.gus)
        assert 'href="/ask"' not in await text(guest, "/")
        for path in ("/ask", MATRIX, "/requests", "/ask/found?q=x"):
            assert (await guest.get(path)).status_code == 403


async def test_what_is_known_here_of_all_shelves_is_read_at_once(asking: House, bob: httpx.AsyncClient) -> None:
    said: list[str] = []
    event.listen(asking.services.db._reader, "before_cursor_execute", lambda _c, _cursor, sql, *_: said.append(sql))
    shelves = re.findall(r'<section class="section" id="shelf-([\w-]+)"', await text(bob, "/ask"))
    assert len(shelves) == 5
    assert sum("tmdb_id) IN" in sql for sql in said) == 1


async def test_the_page_has_shelves_lists_and_genres(bob: httpx.AsyncClient) -> None:
    page = await text(bob, "/ask")
    shelves = re.findall(r'<h2 id="shelf-[\w-]+-title">([^<]*)', page)
    assert shelves == [
        "Trending this week", "Popular films", "Popular series", "Films that are coming", "Series that are coming",
    ]  # fmt: skip
    assert titles(page)[:2] == ["The Matrix", "Inception"]
    films = await text(bob, "/ask?kind=movie")
    assert "Breaking Bad" not in films
    genres = re.findall(r'href="(/ask/genres/movie/\d+)">([^<]*)', films)
    assert genres == [("/ask/genres/movie/18", "Drama"), ("/ask/genres/movie/28", "Action")]
    assert titles(await text(bob, "/ask/genres/movie/18"))
    assert titles(await text(bob, "/ask/lists/popular?kind=tv")) == ["Breaking Bad", "Severance", "Game of Thrones"]
    part = await text(bob, "/ask/lists/trending", **BY_HTMX)
    assert part.lstrip().startswith('<section class="section" id="shelf-trending"')
    for path in ("/ask/lists/worst", "/ask/genres/book/1", "/ask/book/1", "/ask/movie/0"):
        assert (await bob.get(path)).status_code == 404


async def test_a_slow_server_keeps_nobody_waiting_and_what_it_says_later_is_there_then(
    bob: httpx.AsyncClient, overseerr: Overseerr, asking: House
) -> None:
    asking.services.discovery._patience_s = 0.05
    overseerr.trouble("/api/v1/discover/trending", wait=0.6)
    page = await text(bob, "/ask")
    assert 'hx-get="/ask/lists/trending" hx-trigger="load"' in page
    assert "Popular films" in page
    asking.services.discovery._patience_s = 10
    assert titles(await text(bob, "/ask/lists/trending", **BY_HTMX))[0] == "The Matrix"


async def test_search_says_what_is_in_plex_and_what_can_be_asked_for(
    bob: httpx.AsyncClient, asking: House, plex: Plex, overseerr: Overseerr
) -> None:
    asking.linked.server = plex.server
    plex.server.shelves.add("1", "movie", "The Matrix", year=1999, added_at=1_900_000_000, updated_at=1_900_000_000)
    await asking.services.titles.refresh()
    page = await text(bob, "/ask?q=the")
    in_plex, askable = page.split('id="answers-ask"')
    assert re.search(r'href="/plex/titles/\d+">.*?The Matrix', in_plex, re.DOTALL)
    assert "The Matrix" not in askable
    assert "The Dark Knight" in askable
    part = await text(bob, "/ask/found?q=dune", **BY_HTMX)
    assert 'href="/ask/movie/438631"' in part
    assert re.search(r'hx-target="#answer-status"[^>]*>One answer: 0 in Plex, 1 to ask for', part)
    assert (await bob.get("/ask/found?q=dune")).headers["location"] == "/ask?q=dune"
    asked = len(overseerr.asked("/api/v1/search"))
    await text(bob, "/ask/found?q=%20DUNE%20", **BY_HTMX)
    assert len(overseerr.asked("/api/v1/search")) == asked, "it is remembered for a while"


async def test_what_was_asked_for_and_is_in_plex_is_marked_where_requests_stand(
    bob: httpx.AsyncClient, asking: House, plex: Plex
) -> None:
    await ask_for(bob, MATRIX)
    await ask_for(bob, DUNE)
    for path in ("/", "/requests"):
        assert "In Plex already" not in await text(bob, path)
    asking.linked.server = plex.server
    plex.server.shelves.add("1", "movie", "The Matrix", year=1999, added_at=1_900_000_000, updated_at=1_900_000_000)
    await asking.services.titles.refresh()
    for path in ("/", "/requests"):
        assert (await text(bob, path)).count("In Plex already") == 1, path
    mine = requests_on(await text(bob, "/requests"))
    there = [re.search(r'href="/plex/titles/\d+"', await text(bob, f"/requests/{id}")) for id in mine]
    assert [link is not None for link in there] == [False, True]


async def test_a_title_typed_into_the_box_is_looked_for_and_an_address_is_looked_at(bob: httpx.AsyncClient) -> None:
    answer = await submit(bob, "/queue/preview", on="/", q="Dune: Part Two")
    assert answer.headers["location"] == "/ask?q=Dune%3A+Part+Two"
    for address in ("http://127.0.0.1:1/x", "tube.example/watch", "ftp://x/y", "tube.example"):
        answer = await submit(bob, "/queue/preview", on="/", q=address)
        assert "location" not in answer.headers, address


async def test_a_film_is_asked_for_and_its_line_of_steps_moves_until_it_is_here(
    bob: httpx.AsyncClient, overseerr: Overseerr, asking: House
) -> None:
    page = await text(bob, MATRIX)
    assert "<h1" in page
    assert "Ask for this film" in page
    assert (await ask_for(bob)).headers["location"] == f"{MATRIX}#asked"
    page = await text(bob, MATRIX)
    assert "Asked by you" in page
    assert steps(page) == ["Asked"]
    assert "Ask for this film" not in page, "it is asked for"
    assert [wish.by.name for wish in overseerr.wishes] == ["bob"]
    assert "Asked" in (await text(bob, "/ask")).split('class="mark"')[1]

    async with asking.browser() as carol:
        await enter(carol, asking.cast.carol)
        (id,) = requests_on(await text(carol, "/requests/decide"))
        answer = await submit(carol, f"/requests/{id}/approve", on="/requests/decide")
        assert answer.headers["location"] == "/requests/decide"
        assert "Nothing waits for a decision" in await text(carol, "/requests/decide")
    assert steps(await text(bob, f"{MATRIX}/asked", **BY_HTMX)) == ["On its way"]
    overseerr.media[0].status = Has.AVAILABLE
    await asking.services.requests.reconcile()
    assert "Here" in await text(bob, f"/requests/{id}")
    history = re.findall(r'<li class="row"><span dir="auto">([^<]*)', await text(bob, f"/requests/{id}"))
    assert history == [
        "Bob asked for “The Matrix”", "“The Matrix” was asked for, and waits for a decision",
        "“The Matrix” was approved", "“The Matrix” is there",
    ]  # fmt: skip


async def test_of_a_series_seasons_are_chosen_and_those_that_somebody_asked_for_cannot_be_any_more(
    bob: httpx.AsyncClient, overseerr: Overseerr
) -> None:
    page = await text(bob, BREAKING_BAD)
    assert re.findall(r'name="seasons" value="(\d+)"( checked)?', page) == [
        ("1", " checked"), ("2", ""), ("3", ""), ("4", ""), ("5", ""), ("0", ""),
    ]  # fmt: skip
    answer = await ask_for(bob, BREAKING_BAD)
    assert answer.status_code == 422
    assert "Choose which seasons" in answer.text
    await ask_for(bob, BREAKING_BAD, seasons=["2", "1"])
    assert [[one.number for one in wish.seasons] for wish in overseerr.wishes] == [[1, 2]]
    page = await text(bob, BREAKING_BAD)
    assert "Asked for: Seasons 1, 2" in page
    assert [number for number, _ in re.findall(r'name="seasons" value="(\d+)"( checked)?', page)] == [
        "3",
        "4",
        "5",
        "0",
    ]


async def test_who_wants_it_too_follows_and_there_is_one_request(
    bob: httpx.AsyncClient, overseerr: Overseerr, asking: House
) -> None:
    await ask_for(bob)
    async with asking.browser() as carol:
        await enter(carol, asking.cast.carol)
        page = await text(carol, MATRIX)
        assert "Me too: The Matrix" in page
        (id,) = requests_on(page)
        answer = await submit(carol, f"/requests/{id}/follow", on=MATRIX)
        assert answer.headers["location"] == f"/requests/{id}"
        assert "Asked by you and Bob" in await text(carol, "/requests")
        await submit(carol, f"/requests/{id}/unfollow", on=f"/requests/{id}")
        assert requests_on(await text(carol, "/requests")) == []
        assert requests_on(await text(carol, "/requests?show=all")) == [id]
        told = await by_htmx(carol, "POST", f"/requests/{id}/follow", on=MATRIX)
        assert told.headers["hx-trigger"] == "followed"
    assert len(overseerr.wishes) == 1


async def test_one_takes_a_request_back_after_a_question_and_others_have_it_then(
    bob: httpx.AsyncClient, overseerr: Overseerr, asking: House
) -> None:
    await ask_for(bob)
    (id,) = requests_on(await text(bob, "/requests"))
    async with asking.browser() as carol:
        await enter(carol, asking.cast.carol)
        await submit(carol, f"/requests/{id}/follow", on=MATRIX)
        page = await text(carol, f"/requests/{id}")
        assert f"/requests/{id}/cancel" not in page
        assert "Somebody else wants it, too" in await text(bob, f"/requests/{id}/cancel")
        await submit(bob, f"/requests/{id}/cancel", on=f"/requests/{id}/cancel")
        assert "Asked by you" in await text(carol, f"/requests/{id}")
    assert len(overseerr.wishes) == 1


async def test_while_the_server_is_away_pages_say_since_when_and_what_is_asked_goes_out_once(
    bob: httpx.AsyncClient, overseerr: Overseerr, asking: House
) -> None:
    known = await text(bob, "/ask")
    await text(bob, DUNE)
    overseerr.away()
    asking.services.discovery._lists.outdate()
    asking.services.discovery._titles.outdate()
    page = await text(bob, "/ask")
    assert titles(page) == titles(known), "the last that is known"
    page = await text(bob, "/ask")
    assert "is interrupted since" in page
    assert re.search(r"As of\s*<time datetime", page)
    assert "It is kept here" in await text(bob, DUNE)
    await ask_for(bob, DUNE)
    page = await text(bob, "/requests")
    assert "Kept here: it goes out by itself" in page
    blind = await text(bob, "/ask/tv/95396")
    assert "Series number 95396 at TMDB" in blind
    await submit(bob, "/ask/tv/95396", on="/ask/tv/95396", season_numbers="1, 2")
    assert overseerr.wishes == []
    overseerr.back()
    asking.services.overseerr.connection._breaker._circuit = type(
        asking.services.overseerr.connection._breaker._circuit
    )()
    async with asking.services.db.transaction() as session:
        await session.execute(update(RequestRow).values(due_at=None))
    await asking.services.requests.deliver()
    assert {(wish.media.title.name, len(wish.seasons)) for wish in overseerr.wishes} == {("Dune", 0), ("Severance", 2)}


async def test_what_is_left_is_said_before_and_what_is_used_up_cannot_be_asked_for(
    bob: httpx.AsyncClient, overseerr: Overseerr
) -> None:
    overseerr.users[2].movie_quota = (1, 7)
    assert "You may ask for one more film (1 in 7 days)" in await text(bob, MATRIX)
    await ask_for(bob)
    page = await text(bob, DUNE)
    assert "You have asked for as many films as you may: 1 in 7 days." in page
    assert re.search(r'type="submit" disabled>Ask for this film', page)
    answer = await submit(bob, DUNE, on=MATRIX)
    assert answer.status_code == 429
    assert len(overseerr.wishes) == 1


async def test_who_has_no_account_there_is_told_so(asking: House, overseerr: Overseerr) -> None:
    async with asking.services.db.transaction() as session:
        await session.execute(delete(UpstreamPersonRow))
    async with asking.browser() as dora:
        await enter(dora, asking.cast.dora)
        page = await text(dora, MATRIX)
        assert "You have no account at the server" in page
        assert "Ask for this film" not in page


async def test_a_parent_asks_for_a_child_who_sees_only_their_own(
    bob: httpx.AsyncClient, overseerr: Overseerr, asking: House
) -> None:
    dora = asking.cast.dora
    page = await text(bob, MATRIX)
    assert re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)', page) == [("", "Me"), (dora.id, "Dora")]
    await ask_for(bob, DUNE)
    await ask_for(bob, for_user=dora.id)
    assert [wish.by.name for wish in overseerr.wishes] == ["bob", "dora"]
    async with asking.browser() as child:
        await enter(child, dora)
        page = await text(child, "/requests?show=all")
        (id,) = requests_on(page)
        assert "Asked by you" in page
        page = await text(child, DUNE)
        assert "Bob" not in page
        assert "Somebody asked for it" in page
        assert (await child.get("/requests/decide")).status_code == 403
        assert (await submit(child, f"/requests/{id}/approve", on="/account")).status_code == 403


async def test_four_k_and_profiles_are_offered_to_whom_they_are_allowed(
    bob: httpx.AsyncClient, overseerr: Overseerr, asking: House
) -> None:
    for number, is_4k in enumerate((False, True), 1):
        about = {"id": number, "name": f"Radarr {number}", "is4k": is_4k, "isDefault": True}
        overseerr.services["radarr"].append({**about, "activeDirectory": "/films", "dead": False})
    assert "In 4K instead" not in await text(bob, MATRIX)
    assert "Quality profile" not in await text(bob, MATRIX)
    async with asking.browser() as alice:
        await enter(alice, asking.cast.alice)
        overseerr.users[1].permissions |= May.REQUEST_4K
        assert "In 4K instead" in await text(alice, MATRIX)
        page = await text(alice, f"{MATRIX}?quality=4k")
        assert re.findall(r'<option value="(\d:\d)">([^<]*)', page) == [("2:1", "HD (Radarr 2)")]
        fields = {"quality": "4k", "fetcher": "2:1", "folder": "/films"}
        await submit(alice, MATRIX, on=MATRIX, **fields)
    (wish,) = overseerr.wishes
    assert (wish.is_4k, wish.profile, wish.server, wish.folder) == (True, 1, 2, "/films")
    assert "Ask for this film" in await text(bob, MATRIX), "in the usual quality nobody did"


@pytest.mark.parametrize(("verb", "word"), [("decline", "Declined"), ("approve", "On its way")])
async def test_a_curator_decides_about_several_with_a_reason_that_is_read(
    bob: httpx.AsyncClient, asking: House, verb: str, word: str
) -> None:
    for path in (MATRIX, DUNE):
        await ask_for(bob, path)
    async with asking.browser() as carol:
        await enter(carol, asking.cast.carol)
        ids = requests_on(await text(carol, "/requests/decide"))
        fields = {"id": ids, "verdict": verb, "reason": "Enough for this week"}
        answer = await submit(carol, "/requests/decide", on="/requests/decide", **fields)
        assert answer.status_code == 303, answer.text
    page = await text(bob, "/requests")
    assert page.count(word) >= 2
    assert ("Because: Enough for this week" in page) is (verb == "decline")


async def test_a_curator_approves_other_seasons_than_were_asked_for(
    bob: httpx.AsyncClient, overseerr: Overseerr, asking: House
) -> None:
    await ask_for(bob, BREAKING_BAD, seasons=["1", "2", "3"])
    async with asking.browser() as carol:
        await enter(carol, asking.cast.carol)
        page = await text(carol, "/requests/decide")
        (id,) = requests_on(page)
        chosen = re.findall(r'name="seasons" value="(\d)" checked', page)
        assert chosen == ["1", "2", "3"]
        await submit(carol, f"/requests/{id}/approve", on="/requests/decide", seasons=["1"])
    assert [[one.number for one in wish.seasons] for wish in overseerr.wishes] == [[1]]


async def test_what_cannot_be_decided_is_said_and_stays(
    bob: httpx.AsyncClient, overseerr: Overseerr, asking: House
) -> None:
    await ask_for(bob)
    async with asking.browser() as carol:
        await enter(carol, asking.cast.carol)
        (id,) = requests_on(await text(carol, "/requests/decide"))
        overseerr.away()
        answer = await submit(carol, f"/requests/{id}/approve", on="/requests/decide")
        assert answer.status_code == 422
        assert "does not answer" in answer.text
        assert requests_on(answer.text) == [id]
        told = await by_htmx(carol, "POST", f"/requests/{id}/decline", on="/requests/decide")
        assert (told.status_code, 'class="toast bad"' in told.text) == (422, True)


async def test_requests_are_found_by_state_and_name_and_an_unchanged_page_is_not_sent_again(
    bob: httpx.AsyncClient, asking: House
) -> None:
    for path in (MATRIX, DUNE):
        await ask_for(bob, path)
    assert len(requests_on(await text(bob, "/requests?q=dune"))) == 1
    assert "Nothing like that was asked for" in await text(bob, "/requests?q=solaris")
    assert requests_on(await text(bob, "/requests?group=here")) == []
    assert len(requests_on(await text(bob, "/requests?group=open"))) == 2
    tag = {"If-None-Match": (await bob.get("/requests")).headers["etag"]}
    assert (await bob.get("/requests", headers=tag)).status_code == 304
    await ask_for(bob, "/ask/movie/155")
    assert (await bob.get("/requests", headers=tag)).status_code == 200
    assert "The Dark Knight" in await text(bob, "/"), "on the home page, too"
