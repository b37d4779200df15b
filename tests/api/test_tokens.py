"""Tokens and sessions: one's own, shown once, ended at once."""

from datetime import timedelta

from sqlalchemy import update

from medianest.accounts.models import SessionRow
from medianest.accounts.types import Scope
from medianest.core import clock
from tests.api.portal import Portal

TOKENS = "/api/v1/tokens"


async def test_a_token_is_shown_once_and_opens_what_it_says(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    answer = await bob.post(TOKENS, json={"label": "Phone", "scopes": ["downloads", "read"]})
    assert answer.status_code == 201
    made = answer.json()
    secret = made.pop("token")
    assert secret.startswith("mn_")
    assert made == {
        "id": made["id"],
        "label": "Phone",
        "scopes": ["downloads", "read"],
        "user": {"id": portal.cast.bob.id, "name": "Bob"},
        "created_at": made["created_at"],
        "last_used_at": None,
    }
    listed = (await bob.get(TOKENS)).json()
    assert listed == {"items": [made], "next_cursor": None}
    program = await portal.nobody(authorization=f"Bearer {secret}")
    assert (await program.get("/api/v1/me")).json()["user"]["id"] == portal.cast.bob.id


async def test_a_secret_is_not_said_again_to_the_same_key(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    wanted = {"json": {"label": "Phone", "scopes": ["read"]}, "headers": {"idempotency-key": "one"}}
    assert (await bob.post(TOKENS, **wanted)).status_code == 201
    again = await bob.post(TOKENS, **wanted)
    assert (again.status_code, again.json()["code"]) == (409, "already_done")
    assert len((await bob.get(TOKENS)).json()["items"]) == 1


async def test_an_old_sign_in_makes_no_token(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    long_ago = clock.now() - timedelta(minutes=11)
    async with portal.services.db.transaction() as session:
        await session.execute(update(SessionRow).values(authenticated_at=long_ago))
    answer = await bob.post(TOKENS, json={"label": "Phone", "scopes": ["read"]})
    assert (answer.status_code, answer.json()["code"]) == (403, "fresh_sign_in_needed")


async def test_nobody_makes_a_token_that_may_more_than_they_do(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    for scope in ("admin", "metrics"):
        answer = await bob.post(TOKENS, json={"label": "Phone", "scopes": [scope]})
        assert (answer.status_code, answer.json()["code"]) == (422, "scope_not_owned")
        assert answer.json()["errors"][0]["field"] == "scopes"


async def test_a_program_makes_tokens_only_with_an_administrators_own(portal: Portal) -> None:
    wanted = {"label": "Phone", "scopes": ["read"], "user": "bob"}
    reading = await portal.program(portal.cast.alice, Scope.READ)
    assert (await reading.post(TOKENS, json=wanted)).status_code == 403
    program = await portal.program(portal.cast.alice, Scope.ADMIN)
    answer = await program.post(TOKENS, json=wanted)
    assert (answer.status_code, answer.json()["user"]["name"]) == (201, "Bob")


async def test_administrators_see_and_end_everyones_tokens_and_others_their_own(portal: Portal) -> None:
    alice, bob = await portal.browser(portal.cast.alice), await portal.browser(portal.cast.bob)
    carol = await portal.browser(portal.cast.carol)
    id = (await bob.post(TOKENS, json={"label": "Phone", "scopes": ["read"]})).json()["id"]
    assert (await carol.delete(f"{TOKENS}/{id}")).status_code == 404
    assert (await carol.get(f"{TOKENS}?everyone=true")).status_code == 403
    assert (await carol.get(TOKENS)).json()["items"] == []
    assert [item["id"] for item in (await alice.get(f"{TOKENS}?everyone=true")).json()["items"]] == [id]
    assert (await alice.delete(f"{TOKENS}/{id}")).status_code == 204
    assert (await bob.get(TOKENS)).json()["items"] == []


async def test_a_list_of_tokens_comes_in_pages(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    made = [(await bob.post(TOKENS, json={"label": label, "scopes": ["read"]})).json()["id"] for label in "abc"]
    first = (await bob.get(f"{TOKENS}?limit=2")).json()
    rest = (await bob.get(f"{TOKENS}?limit=2&cursor={first['next_cursor']}")).json()
    assert {item["id"] for item in first["items"] + rest["items"]} == set(made)
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)


async def test_somebody_sees_where_they_are_signed_in(portal: Portal) -> None:
    await portal.browser(portal.cast.bob)
    bob = await portal.browser(portal.cast.bob)
    own = f"/api/v1/users/{portal.cast.bob.id}/sessions"
    items = (await bob.get(own)).json()["items"]
    assert [item["is_current"] for item in items].count(True) == 1
    assert items[0].keys() == {
        "id",
        "user_agent",
        "address",
        "created_at",
        "authenticated_at",
        "last_seen_at",
        "expires_at",
        "is_current",
    }
    other = next(item["id"] for item in items if not item["is_current"])
    assert (await bob.delete(f"/api/v1/sessions/{other}")).status_code == 204
    assert len((await bob.get(own)).json()["items"]) == 1


async def test_another_persons_sessions_are_the_administrators_to_see(portal: Portal) -> None:
    alice, bob = await portal.browser(portal.cast.alice), await portal.browser(portal.cast.bob)
    bobs, alices = (f"/api/v1/users/{user.id}/sessions" for user in (portal.cast.bob, portal.cast.alice))
    assert (await bob.get(alices)).status_code == 404
    hers = (await alice.get(alices)).json()["items"][0]["id"]
    assert (await bob.delete(f"/api/v1/sessions/{hers}")).status_code == 404
    his = (await alice.get(bobs)).json()["items"][0]["id"]
    assert (await alice.delete(f"/api/v1/sessions/{his}")).status_code == 204
    assert (await bob.get("/api/v1/me")).status_code == 401
