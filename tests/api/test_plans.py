"""Plans by REST: administrators make them, everybody learns what theirs leaves, and the queue keeps to it."""

import pytest

from medianest.accounts.types import Scope
from tests.api.portal import Portal, link

PLANS = "/api/v1/plans"
NO_LIMIT = {"downloads": None, "bytes": None, "active": None, "window_days": 7}


async def test_a_plan_is_made_changed_given_and_removed(portal: Portal) -> None:
    alice = await portal.browser(portal.cast.alice)
    made = await alice.post(PLANS, json={"name": "Small", "quotas": {"downloads": 3}, "roles": ["member"]})
    small = made.json()
    assert made.status_code == 201
    assert small == {
        "id": small["id"],
        "name": "Small",
        "quotas": {**NO_LIMIT, "downloads": 3},
        "roles": ["member"],
        "people": 0,
    }
    large = (await alice.post(PLANS, json={"name": "Large"})).json()
    assert large["quotas"] == NO_LIMIT
    path = f"{PLANS}/{small['id']}"
    changed = await alice.patch(path, json={"quotas": {"bytes": 10**9, "downloads": None}, "roles": ["child"]})
    assert changed.json() == {**small, "quotas": {**NO_LIMIT, "bytes": 10**9}, "roles": ["child"]}
    own = f"/api/v1/users/{portal.cast.bob.id}"
    assert (await alice.patch(own, json={"plan": small["id"]})).json()["plan"] == small["id"]
    assert (await alice.patch(own, json={"display_name": "Bobby"})).json()["plan"] == small["id"]
    assert (await alice.delete(f"{path}?instead={large['id']}")).status_code == 204
    listed = (await alice.get(PLANS)).json()
    assert listed == {"items": [{**large, "roles": ["child"], "people": 1}], "next_cursor": None}
    assert (await alice.patch(own, json={"plan": None})).json()["plan"] is None
    assert (await alice.delete(path)).status_code == 404


async def test_what_is_wrong_with_a_plan_is_said_field_by_field(portal: Portal) -> None:
    alice = await portal.browser(portal.cast.alice)
    wrong = await alice.post(PLANS, json={"name": "", "quotas": {"bytes": -1}, "roles": ["king"], "colour": "red"})
    assert wrong.status_code == 422
    assert [error["field"] for error in wrong.json()["errors"]] == ["colour", "name", "quotas.bytes", "roles[0]"]
    small = (await alice.post(PLANS, json={"name": "Small"})).json()
    taken = await alice.post(PLANS, json={"name": "small"})
    assert (taken.status_code, taken.json()["code"]) == (409, "name_taken")
    unknown = await alice.patch(f"/api/v1/users/{portal.cast.bob.id}", json={"plan": "nothing"})
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "plan")
    itself = await alice.delete(f"{PLANS}/{small['id']}?instead={small['id']}")
    assert (itself.status_code, itself.json()["code"]) == (409, "same_plan")


async def test_nobody_gives_themselves_another_plan(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    assert (await bob.patch(f"/api/v1/users/{portal.cast.bob.id}", json={"plan": None})).status_code == 403


async def test_the_queue_keeps_to_the_plan_and_says_when_there_is_room(portal: Portal) -> None:
    alice, bob = await portal.browser(portal.cast.alice), await portal.browser(portal.cast.bob)
    quotas = {"downloads": 1, "bytes": 10**9, "active": 5}
    await alice.post(PLANS, json={"name": "Small", "quotas": quotas, "roles": ["member"]})
    before = (await bob.get("/api/v1/me")).json()["quotas"]
    assert before == {name: {"limit": limit, "used": 0, "resets_at": None} for name, limit in quotas.items()}
    await portal.queued(bob)
    refused = await bob.post("/api/v1/downloads", json={"url": link("another.mp4")})
    assert (refused.status_code, refused.json()["code"]) == (429, "quota_exceeded")
    assert refused.json()["detail"].startswith("Your plan’s downloads for 7 days are used up (1 of 1).")
    assert 0 <= 7 * 24 * 3600 - int(refused.headers["retry-after"]) < 60
    used = (await bob.get("/api/v1/me")).json()["quotas"]
    assert {name: quota["used"] for name, quota in used.items()} == {"downloads": 1, "bytes": 0, "active": 1}
    assert used["downloads"]["resets_at"]
    await portal.queued(alice, "another.mp4")
    assert (await alice.get("/api/v1/me")).json()["quotas"] == {}


@pytest.mark.parametrize("scope", [Scope.DOWNLOADS, Scope.READ])
async def test_a_token_shares_the_plan_of_its_owner(portal: Portal, scope: Scope) -> None:
    alice = await portal.browser(portal.cast.alice)
    await alice.post(PLANS, json={"name": "Modest", "quotas": {"active": 1}, "roles": ["admin"]})
    await portal.queued(alice)
    program = await portal.program(portal.cast.alice, scope)
    assert (await program.get("/api/v1/me")).json()["quotas"]["active"]["used"] == 1


async def test_who_you_are_is_told_again_only_when_something_of_it_changed(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    tag = (await bob.get("/api/v1/me")).headers["etag"]
    assert (await bob.get("/api/v1/me", headers={"if-none-match": tag})).status_code == 304
    alice = await portal.browser(portal.cast.alice)
    await alice.post(PLANS, json={"name": "Small", "quotas": {"active": 1}, "roles": ["member"]})
    assert (await bob.get("/api/v1/me", headers={"if-none-match": tag})).status_code == 200
