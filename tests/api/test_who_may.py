"""What becomes of who may no longer, and what a stranger is told (who may call what: `tests.rights`)."""

from medianest.accounts.types import Scope
from tests.api.portal import Portal


async def test_a_revoked_token_and_an_ended_session_are_nobodys(portal: Portal) -> None:
    program = await portal.program(portal.cast.bob, Scope.READ)
    bob = await portal.browser(portal.cast.bob)
    token = (await bob.get("/api/v1/tokens")).json()["items"][0]
    session = next(
        item
        for item in (await bob.get(f"/api/v1/users/{portal.cast.bob.id}/sessions")).json()["items"]
        if item["is_current"]
    )
    assert (await bob.delete(f"/api/v1/tokens/{token['id']}")).status_code == 204
    assert (await program.get("/api/v1/me")).status_code == 401
    assert (await bob.delete(f"/api/v1/sessions/{session['id']}")).status_code == 204
    assert (await bob.get("/api/v1/me")).status_code == 401


async def test_who_is_not_signed_in_is_told_how_to_be(portal: Portal) -> None:
    answer = await (await portal.nobody(authorization="Bearer mn_nonsense")).get("/api/v1/me")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
