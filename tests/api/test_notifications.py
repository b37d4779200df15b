"""What a person was told, as a program of theirs reads it."""

from sqlalchemy import insert, update

from medianest.accounts.events import NewDevice
from medianest.accounts.types import Scope, User
from medianest.core import clock, journal
from medianest.core.actor import SYSTEM
from medianest.core.event import ADMINS, HOUSEHOLD, Event, people
from medianest.core.jobs import JobFailed
from medianest.downloads.events import DownloadFailed
from medianest.downloads.models import DownloadRow
from medianest.downloads.types import State
from medianest.media_requests.events import RequestFailed, RequestSent
from medianest.media_requests.models import RequestRow
from medianest.media_requests.types import State as Asked
from tests.api.portal import Portal
from tests.people import sign_in

NOTIFICATIONS = "/api/v1/notifications"
READ = f"{NOTIFICATIONS}/read"
RETRY = f"{NOTIFICATIONS}/retry"
WISH = {
    "media_type": "movie", "is_4k": False, "seasons": [], "name": "Metropolis", "folded": "metropolis", "asker": "",
    "reason": "", "is_unwanted": False, "is_announced": True, "attempts": 0, "created_at": clock.now(),
    "changed_at": clock.now(),
}  # fmt: skip
WISHES = {
    "asked": {"tmdb_id": 19, "upstream_id": 1, "state": Asked.PENDING},
    "not_sent": {"tmdb_id": 20, "state": Asked.FAILED},
}


async def happen(portal: Portal, *events: Event) -> None:
    listener = portal.services.inbox.listeners()[0]
    for event in events:
        async with portal.services.db.transaction() as session:
            id = await journal.record(session, event)
            await listener.handle(session, (await session.run_sync(journal.by_ids, [id]))[id])


def failed(portal: Portal, id: str) -> DownloadFailed:
    bob = portal.cast.bob.id
    audience = HOUSEHOLD | people([bob])
    return DownloadFailed(
        actor=SYSTEM, subject_id=id, audience=audience, title="Harbour lights", owner_id=bob, code="network"
    )


async def test_what_one_was_told_is_read_marked_and_counted(portal: Portal) -> None:
    await happen(portal, failed(portal, "d1"), failed(portal, "d2"))
    bob = await portal.program(portal.cast.bob, Scope.READ)
    (note,) = (await bob.get(NOTIFICATIONS)).json()["items"]
    assert {name: note[name] for name in ("kind", "topic", "text", "count", "read", "subject", "path")} == {
        "kind": "download.failed",
        "topic": "trouble",
        "text": "2 videos could not be fetched, “Harbour lights” among them.",
        "count": 2,
        "read": False,
        "subject": {"type": "download", "id": "d2"},
        "path": "/queue",
    }
    unchanged = await bob.get(NOTIFICATIONS)
    again = await bob.get(NOTIFICATIONS, headers={"If-None-Match": unchanged.headers["etag"]})
    assert again.status_code == 304
    assert (await bob.post(READ, json={"topics": ["ready"]})).json() == {"unread": 1}
    assert (await bob.post(READ, json={"ids": [note["id"]]})).json() == {"unread": 0}
    fresh = await bob.get(NOTIFICATIONS, headers={"If-None-Match": unchanged.headers["etag"]})
    assert [one["read"] for one in fresh.json()["items"]] == [True]
    assert (await bob.get(f"{NOTIFICATIONS}?unread=true")).json()["items"] == []
    assert (await bob.get(f"{NOTIFICATIONS}?topic=ready")).json()["items"] == []
    assert (await bob.get(f"{NOTIFICATIONS}?topic=gossip")).status_code == 422
    assert (await bob.post(READ, json={"ids": [0]})).status_code == 422


async def test_what_can_be_done_about_it_is_told_with_it(portal: Portal) -> None:
    bob = await portal.program(portal.cast.bob, Scope.DOWNLOADS)
    _, actor = await sign_in(portal.services.accounts, portal.cast.bob)
    download, _ = await portal.services.downloads.enqueue(actor, "http://127.0.0.1:9/film.mp4")
    async with portal.services.db.transaction() as session:
        await session.execute(update(DownloadRow).values(state=State.FAILED, error_code="network"))
    await happen(portal, failed(portal, download.id))
    (note,) = (await bob.get(NOTIFICATIONS)).json()["items"]
    assert (note["actions"], note["path"]) == (["retry"], f"/downloads/{download.id}")
    seen = await bob.get(NOTIFICATIONS)
    assert (await bob.post(f"/api/v1/downloads/{download.id}/retry")).status_code == 200
    now = await bob.get(NOTIFICATIONS, headers={"If-None-Match": seen.headers["etag"]})
    assert [one["actions"] for one in now.json()["items"]] == [[]]


async def test_only_what_a_program_may_do_is_told_with_it(portal: Portal) -> None:
    bob, carol = portal.cast.bob, portal.cast.carol
    _, actor = await sign_in(portal.services.accounts, bob)
    download, _ = await portal.services.downloads.enqueue(actor, "http://127.0.0.1:9/film.mp4")
    async with portal.services.db.transaction() as session:
        await session.execute(update(DownloadRow).values(state=State.FAILED, error_code="network"))
        for id, wish in WISHES.items():
            await session.execute(insert(RequestRow).values(**WISH, **wish, id=id, owner_id=bob.id, asked_by_id=bob.id))
    about = {"audience": HOUSEHOLD | people([bob.id]), "title": "Metropolis", "owner_id": bob.id, "actor": SYSTEM}
    asked, not_sent = RequestSent(subject_id="asked", **about), RequestFailed(subject_id="not_sent", **about)
    await happen(portal, failed(portal, download.id), asked, not_sent)
    mine = [await actions(portal, bob, scope) for scope in (Scope.READ, Scope.DOWNLOADS, Scope.REQUESTS)]
    assert mine == [[[], []], [[], ["retry"]], [["retry"], []]]
    to_decide = [await actions(portal, carol, scope) for scope in (Scope.READ, Scope.DOWNLOADS, Scope.REQUESTS)]
    assert to_decide == [[[]], [[]], [["approve", "decline"]]]


async def actions(portal: Portal, user: User, scope: Scope) -> list[list[str]]:
    """What a program of this scope may do about what its owner was told, the newest first."""
    program = await portal.program(user, scope)
    return [note["actions"] for note in (await program.get(NOTIFICATIONS)).json()["items"]]


async def test_several_that_failed_together_are_tried_again_by_one_call_of_who_may(portal: Portal) -> None:
    _, actor = await sign_in(portal.services.accounts, portal.cast.bob)
    made = [await portal.services.downloads.enqueue(actor, f"http://127.0.0.1:9/{name}.mp4") for name in "abc"]
    async with portal.services.db.transaction() as session:
        await session.execute(update(DownloadRow).values(state=State.FAILED, error_code="network"))
    await happen(portal, *(failed(portal, download.id) for download, _ in made))
    reading = await portal.program(portal.cast.bob, Scope.READ)
    (note,) = (await reading.get(NOTIFICATIONS)).json()["items"]
    assert (note["count"], note["actions"]) == (3, []), "it may not"
    nothing = {"went": 0, "stayed": 0, "reason": None}
    assert (await reading.post(RETRY, json={"id": note["id"]})).json() == nothing
    carol = await portal.program(portal.cast.carol, Scope.DOWNLOADS)
    assert (await carol.post(RETRY, json={"id": note["id"]})).status_code == 404

    bob = await portal.program(portal.cast.bob, Scope.DOWNLOADS)
    (note,) = (await bob.get(NOTIFICATIONS)).json()["items"]
    assert note["actions"] == ["retry_all"]
    told = await bob.post(RETRY, json={"id": note["id"]})
    assert (told.status_code, told.json()) == (200, nothing | {"went": 3})
    assert [one["actions"] for one in (await bob.get(NOTIFICATIONS)).json()["items"]] == [[]]
    assert (await bob.post(RETRY, json={"id": note["id"]})).json() == nothing


async def test_a_program_without_the_scope_of_an_administrator_reads_nothing_of_the_house(portal: Portal) -> None:
    await happen(portal, JobFailed(actor=SYSTEM, subject_id="backup", audience=ADMINS, error="disk full"))
    reading, all_of_it = [await portal.program(portal.cast.alice, scope) for scope in (Scope.READ, Scope.ADMIN)]
    assert (await reading.get(NOTIFICATIONS)).json()["items"] == []
    assert [one["reason"] for one in (await all_of_it.get(NOTIFICATIONS)).json()["items"]] == ["It says: disk full"]
    assert (await reading.post(READ, json={})).json() == {"unread": 0}
    assert (await all_of_it.get(f"{NOTIFICATIONS}?unread=true")).json()["items"] != []


async def test_a_note_about_somebody_who_left_leads_to_who_is_here(portal: Portal) -> None:
    bob = portal.cast.bob
    audience = ADMINS | people([bob.id])
    await happen(portal, NewDevice(actor=SYSTEM, subject_id=bob.id, audience=audience, user_agent="Firefox"))
    alice = await portal.program(portal.cast.alice, Scope.ADMIN)
    before = await alice.get(NOTIFICATIONS)
    assert [note["path"] for note in before.json()["items"]] == [f"/admin/people/{bob.id}"]
    await portal.services.accounts.people.remove(SYSTEM, bob.id)
    after = await alice.get(NOTIFICATIONS, headers={"If-None-Match": before.headers["etag"]})
    assert [note["path"] for note in after.json()["items"]] == ["/admin/people"]
