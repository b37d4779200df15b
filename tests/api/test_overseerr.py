"""Looking after Overseerr as a program does, and what somebody may still ask for."""

import httpx
import pytest
from sqlalchemy import delete

from medianest.accounts.types import Scope
from medianest.media_requests.models import UpstreamPersonRow
from tests.api.portal import Portal
from tests.fakes.overseerr import Overseerr

ADMIN, REQUESTS = "/api/v1/admin/overseerr", "/api/v1/requests"


@pytest.fixture
async def alice(portal: Portal, overseerr: Overseerr) -> httpx.AsyncClient:
    """The administrator's program; Overseerr is set up, and knows nobody of the house yet."""
    portal.named.lead_to(overseerr, webhook_secret="word")
    async with portal.services.db.transaction() as session:
        await session.execute(delete(UpstreamPersonRow))
    return await portal.program(portal.cast.alice, Scope.ADMIN)


async def test_the_connection_is_looked_at_and_how_it_stands_is_told(
    alice: httpx.AsyncClient, overseerr: Overseerr
) -> None:
    assert (await alice.post(f"{ADMIN}/test")).json() == {"found": "here", "version": "1.34.0"}
    told = (await alice.get(ADMIN)).json()
    assert (told["is_set_up"], told["url"], told["is_away"], told["away_since"]) == (True, overseerr.base, False, None)
    overseerr.away()
    assert (await alice.post(f"{ADMIN}/test")).json()["found"] == "connect"


async def test_the_webhook_is_set_up_and_one_of_others_is_replaced_only_if_so_said(
    alice: httpx.AsyncClient, overseerr: Overseerr, portal: Portal
) -> None:
    overseerr.webhook.lead_to("http://elsewhere.example/hook", "other")
    taken = await alice.post(f"{ADMIN}/webhook", json={})
    assert (taken.status_code, taken.json()["code"]) == (409, "webhook_taken")

    assert (await alice.post(f"{ADMIN}/webhook", json={"replace": True})).json() == {"arrived": True}

    text = (await alice.get(f"{ADMIN}/webhook")).json()
    assert (text["url"], text["header"]) == (f"{portal.url}/webhooks/overseerr", "word")
    assert (await alice.get(ADMIN)).json()["heard_at"]


async def test_an_administrator_says_as_whom_people_ask(
    alice: httpx.AsyncClient, overseerr: Overseerr, portal: Portal
) -> None:
    there = (await alice.get(f"{ADMIN}/accounts")).json()["items"]
    assert {one["id"]: one["name"] for one in there} == {user.id: user.name for user in overseerr.users}
    cast, path = portal.cast, f"{ADMIN}/people"

    mapped = await alice.put(f"{path}/{cast.bob.id}", json={"account": 3})
    assert mapped.json() == {"user": {"id": cast.bob.id, "name": "Bob"}, "is_linked": False, "account": 3}
    assert mapped.json() in (await alice.get(path)).json()["items"]
    assert (await alice.put(f"{path}/{cast.bob.id}", json={"account": None})).json()["account"] is None

    unknown = await alice.put(f"{path}/{cast.bob.id}", json={"account": 99})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "no_such_account")
    for nobody in (cast.gus.id, "nobody"):
        assert (await alice.put(f"{path}/{nobody}", json={"account": 3})).status_code == 404
    assert (await alice.put(f"{path}/{cast.bob.id}", json={})).status_code == 422


async def test_what_is_left_is_told_and_what_may_be_chosen_to_who_decides(
    alice: httpx.AsyncClient, overseerr: Overseerr, portal: Portal
) -> None:
    overseerr.users[2].movie_quota = (2, 7)
    overseerr.services["radarr"].append({"id": 0, "name": "Films", "isDefault": True, "activeDirectory": "/films"})
    bob, carol = [await portal.program(who, Scope.REQUESTS) for who in (portal.cast.bob, portal.cast.carol)]
    assert (await bob.get(f"{REQUESTS}/allowances")).json()["code"] == "no_account_there"
    await alice.put(f"{ADMIN}/people/{portal.cast.bob.id}", json={"account": 3})

    left = (await bob.get(f"{REQUESTS}/allowances")).json()
    assert left["movie"] == {"used": 0, "limit": 2, "remaining": 2, "days": 7, "is_4k_allowed": False}
    assert (left["tv"]["limit"], left["tv"]["remaining"]) == (None, None)
    assert (await bob.get(f"{REQUESTS}/allowances?for_user={portal.cast.alice.id}")).status_code == 403

    assert (await bob.get(f"{REQUESTS}/fetchers?media_type=movie")).status_code == 403
    assert (await carol.get(f"{REQUESTS}/fetchers?media_type=music")).status_code == 422
    assert (await carol.get(f"{REQUESTS}/fetchers?media_type=tv")).json()["items"] == []
    answer = await carol.get(f"{REQUESTS}/fetchers?media_type=movie")
    (films,) = answer.json()["items"]
    assert (films["name"], films["is_4k"], [one["name"] for one in films["folders"]]) == ("Films", False, ["/films"])
