"""Who asks, and what they may."""

from medianest.accounts.types import Scope
from tests.api.portal import Portal


async def test_a_browser_learns_who_it_is_and_the_word_for_its_writes(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    me = (await bob.get("/api/v1/me")).json()
    assert me == {
        "user": {
            "id": portal.cast.bob.id,
            "name": "Bob",
            "display_name": "Bob",
            "language": None,
            "created_at": me["user"]["created_at"],
        },
        "role": "member",
        "permissions": ["download", "read", "request", "see_household"],
        "quotas": {},
        "plex": None,
        "csrf_token": bob.headers["x-csrf-token"],
    }


async def test_a_program_learns_what_its_token_may(portal: Portal) -> None:
    program = await portal.program(portal.cast.alice, Scope.READ)
    me = (await program.get("/api/v1/me")).json()
    assert (me["role"], me["permissions"], me["csrf_token"]) == ("member", ["read", "see_household"], None)
