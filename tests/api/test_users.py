"""People and invitations by REST: administrators look after everybody, everybody after themselves."""

from medianest.accounts.types import Scope
from medianest.core.actor import Role
from medianest.plex import people as plex_people
from medianest.plex.tv.types import Account
from tests.api.portal import Portal
from tests.people import PASSWORD

USERS = "/api/v1/users"
INVITATIONS = "/api/v1/invitations"


async def test_administrators_see_everybody_and_others_themselves(portal: Portal) -> None:
    alice, dora = await portal.browser(portal.cast.alice), await portal.browser(portal.cast.dora)
    everybody = (await alice.get(USERS)).json()["items"]
    assert [user["name"] for user in everybody] == ["Alice", "Bob", "Carol", "Dora", "Gus"]
    fields = [
        "id",
        "name",
        "display_name",
        "role",
        "language",
        "suspended_at",
        "last_seen_at",
        "created_at",
        "plan",
        "plex",
    ]
    assert list(everybody[0]) == fields
    assert [user["id"] for user in (await dora.get(USERS)).json()["items"]] == [portal.cast.dora.id]
    page = (await alice.get(f"{USERS}?limit=2")).json()
    rest = (await alice.get(f"{USERS}?limit=3&cursor={page['next_cursor']}")).json()
    assert page["items"] + rest["items"] == everybody


async def test_somebody_is_given_an_account_changed_suspended_and_let_go(portal: Portal) -> None:
    program = await portal.program(portal.cast.alice, Scope.ADMIN)
    made = await program.post(USERS, json={"name": "Zoe", "role": "guest", "password": PASSWORD})
    assert made.status_code == 201
    zoe = made.json()
    assert (zoe["display_name"], zoe["role"], zoe["suspended_at"]) == ("Zoe", "guest", None)
    assert (await program.post(USERS, json={"name": "zoe"})).json()["code"] == "name_taken"
    own = f"{USERS}/{zoe['id']}"
    changed = (await program.patch(own, json={"role": "member", "display_name": "Aunt Zoe", "language": "en"})).json()
    assert (changed["role"], changed["display_name"], changed["language"]) == ("member", "Aunt Zoe", "en")
    refused = await program.patch(own, json={"language": "tlh"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "language")
    assert (await program.patch(own, json={"suspended": True})).json()["suspended_at"]
    assert (await program.delete(own)).status_code == 204
    assert (await program.delete(own)).status_code == 404
    assert zoe["id"] not in [user["id"] for user in (await program.get(USERS)).json()["items"]]


async def test_everybody_changes_their_own_name_and_nothing_of_others(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    own, hers = f"{USERS}/{portal.cast.bob.id}", f"{USERS}/{portal.cast.alice.id}"
    assert (await bob.patch(own, json={"display_name": "Bobby"})).json()["display_name"] == "Bobby"
    for change in ({"role": "admin"}, {"suspended": False}):
        assert (await bob.patch(own, json=change)).status_code == 403
    assert (await bob.patch(hers, json={"display_name": "Mallory"})).status_code == 404
    assert (await bob.delete(own)).status_code == 403
    assert (await bob.delete(f"{hers}/sessions")).status_code == 404


async def test_the_last_administrator_stays_one(portal: Portal) -> None:
    alice = await portal.browser(portal.cast.alice)
    own = f"{USERS}/{portal.cast.alice.id}"
    for answer in (
        await alice.patch(own, json={"role": "member"}),
        await alice.patch(own, json={"suspended": True}),
        await alice.delete(own),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "last_admin")


async def test_all_devices_are_signed_out_but_the_one_that_asks(portal: Portal) -> None:
    phone, bob = await portal.browser(portal.cast.bob), await portal.browser(portal.cast.bob)
    own = f"{USERS}/{portal.cast.bob.id}/sessions"
    assert (await bob.delete(own)).status_code == 204
    assert (await phone.get("/api/v1/me")).status_code == 401
    assert [session["is_current"] for session in (await bob.get(own)).json()["items"]] == [True]
    alice = await portal.browser(portal.cast.alice)
    assert (await alice.delete(own)).status_code == 204
    assert (await bob.get("/api/v1/me")).status_code == 401


async def test_an_invitation_is_made_shown_once_listed_and_revoked(portal: Portal) -> None:
    alice = await portal.browser(portal.cast.alice)
    wanted = {"role": "guest", "label": "Neighbours", "uses": 3, "lasts_s": 86400}
    keyed = {"json": wanted, "headers": {"idempotency-key": "one"}}
    answer = await alice.post(INVITATIONS, **keyed)
    assert answer.status_code == 201
    made = answer.json()
    link = made.pop("link")
    assert link.startswith(f"{portal.url}/invite/mi_")
    assert (made["role"], made["uses"], made["uses_left"]) == ("guest", 0, 3)
    assert made["made_by"] == {"id": portal.cast.alice.id, "name": "Alice"}
    assert (await alice.post(INVITATIONS, **keyed)).json()["code"] == "already_done"
    listed = (await alice.get(INVITATIONS)).json()["items"]
    assert listed == [made]
    assert (await alice.delete(f"{INVITATIONS}/{made['id']}")).status_code == 204
    assert (await alice.delete(f"{INVITATIONS}/{made['id']}")).status_code == 404
    assert (await alice.get(INVITATIONS)).json()["items"] == []


async def test_an_invitation_within_bounds_only(portal: Portal) -> None:
    alice = await portal.browser(portal.cast.alice)
    for wrong in ({"uses": 0}, {"uses": 101}, {"lasts_s": 1}, {"lasts_s": 10**9}, {"role": "king"}, {"secret": "x"}):
        assert (await alice.post(INVITATIONS, json=wrong)).status_code == 422
    assert (await alice.post(INVITATIONS, json={})).json()["role"] == Role.MEMBER


async def test_the_plex_account_of_somebody_is_told_to_them_and_to_administrators(portal: Portal) -> None:
    async with portal.services.db.transaction() as session:
        await plex_people.expect(session, portal.cast.bob.id, Account(id=1000, name="frida"))
    alice, bob, carol = [await portal.browser(user) for user in (portal.cast.alice, portal.cast.bob, portal.cast.carol)]
    known = (await bob.get("/api/v1/me")).json()["plex"]
    assert (known["id"], known["name"], known["lost_at"]) == (1000, "frida", None)
    everybody = {user["name"]: user["plex"] for user in (await alice.get(USERS)).json()["items"]}
    assert everybody["Bob"] == known
    assert everybody["Carol"] is None
    assert [user["plex"] for user in (await carol.get(USERS)).json()["items"]] == [None]
