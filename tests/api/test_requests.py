"""Asking for films and series as a program does, and the webhook that says when something changed."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import insert

from medianest.accounts.types import Scope
from medianest.media_requests.models import UpstreamPersonRow
from medianest.media_requests.types import Verdict
from tests.api.portal import Portal
from tests.fakes.overseerr import May, Overseerr

REQUESTS = "/api/v1/requests"
MATRIX = {"media_type": "movie", "tmdb_id": 603}
HOOK = "/webhooks/overseerr"


@pytest.fixture
async def asking(portal: Portal, overseerr: Overseerr) -> Portal:
    return await set_up(portal, overseerr)


async def set_up(portal: Portal, overseerr: Overseerr) -> Portal:
    """Overseerr is set up, and everybody but the guest has an account there."""
    portal.named.lead_to(overseerr, webhook_secret="word")
    async with portal.services.db.transaction() as session:
        for number, name in enumerate(("alice", "bob", "carol", "dora"), 2):
            if number > 3:
                overseerr.add(name)
            id = getattr(portal.cast, name).id
            await session.execute(insert(UpstreamPersonRow).values(user_id=id, upstream_id=number))
    return portal


async def client(portal: Portal, who: str, *scopes: Scope) -> httpx.AsyncClient:
    return await portal.program(getattr(portal.cast, who), *(scopes or (Scope.REQUESTS,)))


async def asked(client: httpx.AsyncClient, **wish: Any) -> Any:
    answer = await client.post(REQUESTS, json={**MATRIX, **wish})
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


async def test_a_film_is_asked_for_decided_followed_and_taken_back(asking: Portal, overseerr: Overseerr) -> None:
    bob, carol, alice = [await client(asking, who) for who in ("bob", "carol", "alice")]
    answer = await bob.post(REQUESTS, json=MATRIX, headers={"Idempotency-Key": "once"})
    again = await bob.post(REQUESTS, json=MATRIX, headers={"Idempotency-Key": "once"})
    film = answer.json()
    assert (answer.status_code, again.status_code, again.json()) == (201, 201, film)
    assert answer.headers["location"] == f"{REQUESTS}/{film['id']}"
    assert (film["title"], film["year"], film["state"], film["owner"]["name"]) == (
        "The Matrix", 1999, "pending", "Bob",
    )  # fmt: skip
    assert film["poster"].startswith("/api/v1/pictures/tmdb/poster-342/")

    followed = await alice.post(REQUESTS, json=MATRIX)
    assert (followed.status_code, [one["name"] for one in followed.json()["followers"]]) == (200, ["Alice"])
    assert (await bob.post(f"{REQUESTS}/{film['id']}/approve", json={})).status_code == 403
    declined = await carol.post(f"{REQUESTS}/{film['id']}/decline", json={"reason": "On disc"})
    assert (declined.json()["state"], declined.json()["reason"]) == ("declined", "On disc")
    approved = await carol.post(f"{REQUESTS}/{film['id']}/approve", json={})
    assert (approved.json()["state"], approved.json()["reason"]) == ("processing", "")

    assert (await bob.delete(f"{REQUESTS}/{film['id']}")).status_code == 204
    now = (await bob.get(f"{REQUESTS}/{film['id']}")).json()
    assert (now["owner"]["name"], now["followers"]) == ("Alice", [])
    assert len(overseerr.wishes) == 1


async def test_a_list_is_found_by_words_states_and_whose_it_is_page_by_page(asking: Portal) -> None:
    bob, dora = await client(asking, "bob"), await client(asking, "dora")
    for tmdb_id in (603, 438631, 155):
        await asked(bob, tmdb_id=tmdb_id)
    await asked(dora, media_type="tv", tmdb_id=1396, seasons=[2, 1])

    async def titles(of: httpx.AsyncClient, query: str) -> list[str]:
        told = (await of.get(f"{REQUESTS}?{query}")).json()
        return [item["title"] for item in told["items"]]

    assert await titles(bob, "") == ["Breaking Bad", "The Dark Knight", "Dune", "The Matrix"]
    assert await titles(bob, "sort=created_at&mine=true") == ["The Matrix", "Dune", "The Dark Knight"]
    assert await titles(bob, "q=kni+the") == ["The Dark Knight"]
    assert await titles(bob, "q=%25") == await titles(bob, "")
    assert await titles(bob, "media_type=tv&state=pending,approved") == ["Breaking Bad"]
    assert await titles(bob, "state=available") == []
    assert await titles(dora, "") == ["Breaking Bad"]
    first = (await bob.get(f"{REQUESTS}?limit=3")).json()
    rest = (await bob.get(f"{REQUESTS}?limit=3&cursor={first['next_cursor']}")).json()
    assert [item["title"] for item in rest["items"]] == ["The Matrix"]
    assert rest["next_cursor"] is None
    assert (await bob.get(f"{REQUESTS}?cursor=nonsense")).status_code == 422


async def test_who_may_not_is_told_so(asking: Portal) -> None:
    bob, dora, gus = [await client(asking, who, Scope.READ) for who in ("bob", "dora", "gus")]
    film = await asked(await client(asking, "bob"))
    assert (await bob.post(REQUESTS, json=MATRIX)).status_code == 403
    for stranger in (dora, gus):
        assert (await stranger.get(f"{REQUESTS}/{film['id']}")).status_code == 404
    assert (await bob.get(f"{REQUESTS}/{film['id']}")).status_code == 200
    ours = await client(asking, "bob")
    wrong = await ours.post(REQUESTS, json={**MATRIX, "for_user": asking.cast.alice.id})
    assert wrong.status_code == 403
    for body in ({**MATRIX, "seasons": [1]}, {"media_type": "tv", "tmdb_id": 1396}, {**MATRIX, "tmdb_id": 0}):
        assert (await ours.post(REQUESTS, json=body)).status_code == 422
    in_library = await client(asking, "carol", Scope.LIBRARY)
    assert (await in_library.post(f"{REQUESTS}/{film['id']}/approve", json={})).status_code == 403


async def test_while_overseerr_is_away_a_request_is_kept_and_without_one_so_too(
    asking: Portal, overseerr: Overseerr
) -> None:
    bob = await client(asking, "bob")
    overseerr.away()
    kept = await asked(bob)
    assert (kept["state"], kept["title"], kept["as_of"]) == ("sending", "", None)
    carol = await client(asking, "carol")
    answer = await carol.post(f"{REQUESTS}/{kept['id']}/approve", json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")


async def test_a_refusal_is_a_problem_with_its_code(asking: Portal, overseerr: Overseerr) -> None:
    overseerr.users[2].movie_quota = (0, 7)
    bob = await client(asking, "bob")
    used_up = await bob.post(REQUESTS, json=MATRIX)
    assert (used_up.status_code, used_up.json()["code"]) == (429, "quota_exceeded")
    unknown = await (await client(asking, "carol")).post(REQUESTS, json={**MATRIX, "tmdb_id": 1})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "no_title")
    assert (await bob.get(REQUESTS)).json()["items"] == []


async def test_the_webhook_of_overseerr_is_taken_from_who_has_its_secret(asking: Portal, overseerr: Overseerr) -> None:
    nobody = await asking.nobody()
    body = {"notification_type": "MEDIA_PENDING", "request": {"request_id": "1"}}
    for secret, status in (("", 401), ("wrong", 401), ("Bearer word", 401), ("word", 204)):
        answer = await nobody.post(HOOK, json=body, headers={"authorization": secret})
        assert answer.status_code == status, secret
    large = await nobody.post(HOOK, content=b"x" * 70_000, headers={"authorization": "word"})
    assert large.status_code == 413
    assert (await nobody.post(HOOK, content=b"[]", headers={"authorization": "word"})).status_code == 422


async def test_a_problem_is_reported_and_solved(asking: Portal, overseerr: Overseerr) -> None:
    for person in overseerr.users:
        person.permissions |= May.CREATE_ISSUES
    bob, carol = await client(asking, "bob"), await client(asking, "carol")
    await asked(bob)
    body = {**MATRIX, "kind": "subtitles", "text": "None there"}
    made = (await bob.post("/api/v1/problems", json=body)).json()
    assert (made["title"], made["resolved"], made["reporter"]["name"]) == ("The Matrix", False, "Bob")
    said = await carol.post(f"/api/v1/problems/{made['id']}/comments", json={"text": "Looking"})
    assert [one["text"] for one in said.json()["comments"]] == ["None there", "Looking"]
    solved = await carol.post(f"/api/v1/problems/{made['id']}/resolve")
    assert solved.json()["resolved"]
    listed = (await bob.get("/api/v1/problems?resolved=true")).json()["items"]
    assert listed == [(await bob.get(f"/api/v1/problems/{made['id']}")).json()]
    dora = await client(asking, "dora")
    assert (await dora.get(f"/api/v1/problems/{made['id']}")).status_code == 404
    nothing = await bob.post("/api/v1/problems", json={**body, "tmdb_id": 438631})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_there")


async def test_what_is_approved_in_overseerr_is_here_as_soon_as_its_webhook_says_so(
    asking: Portal, overseerr: Overseerr
) -> None:
    overseerr.webhook.lead_to(f"{asking.url}{HOOK}", "word")
    running = asyncio.create_task(asking.services.overseerr.hints.run())
    bob = await client(asking, "bob")
    film = await asked(bob)
    owner = await asking.services.overseerr.connection.asking()

    await owner.decide(overseerr.wishes[0].id, Verdict.APPROVE)
    for _ in range(200):
        now = (await bob.get(f"{REQUESTS}/{film['id']}")).json()
        if now["state"] == "processing":
            break
        await asyncio.sleep(0.02)
    running.cancel()

    assert now["state"] == "processing"
    assert now["as_of"] > film["as_of"]


async def test_titles_are_searched_listed_and_shown_with_who_asked(asking: Portal, overseerr: Overseerr) -> None:
    bob, dora = await client(asking, "bob", Scope.REQUESTS), await client(asking, "dora", Scope.READ)
    film = await asked(bob)

    (found,) = (await bob.get(f"{REQUESTS}/search?q=the%20matrix")).json()["items"]
    assert (found["title"], found["year"], found["media_type"], found["tmdb_id"]) == ("The Matrix", 1999, "movie", 603)
    assert found["poster"].startswith("/api/v1/pictures/tmdb/poster-342/")
    assert [(one["id"], one["owner"]["name"]) for one in found["requests"]] == [(film["id"], "Bob")]
    (hidden,) = (await dora.get(f"{REQUESTS}/search?q=the%20matrix")).json()["items"]
    assert hidden["requests"] == []

    series = (await bob.get(f"{REQUESTS}/discover?list=popular&media_type=tv")).json()
    assert {one["media_type"] for one in series["items"]} == {"tv"}
    whole = (await bob.get(f"{REQUESTS}/titles/tv/1396")).json()
    assert (whole["title"]["title"], len(whole["seasons"])) == ("Breaking Bad", 6)
    for path in ("titles/music/603", "titles/movie/0", "titles/movie/1"):
        answer = await bob.get(f"{REQUESTS}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "no_title")
    for query in ("search", "search?q=", "discover?list=best", "search?q=x&cursor=x"):
        assert (await bob.get(f"{REQUESTS}/{query}")).status_code == 422, query
