"""Looking after the installation over HTTP: journal, jobs, dead letters, backups."""

import asyncio

import pytest

from medianest.core import journal_pages
from medianest.core.journal_pages import Sought
from tests.api.portal import Portal

ADMIN = "/api/v1/admin"


async def test_the_journal_tells_who_did_what_from_where(portal: Portal) -> None:
    alice, bob = await portal.browser(portal.cast.alice), await portal.browser(portal.cast.bob)
    id = await portal.queued(bob)
    query = f"kind=download.queued&actor={portal.cast.bob.id}&subject=download:{id}"
    page = (await alice.get(f"{ADMIN}/journal?{query}")).json()
    assert page == {
        "items": [
            {
                "id": page["items"][0]["id"],
                "at": page["items"][0]["at"],
                "kind": "download.queued",
                "version": 1,
                "actor": {"id": portal.cast.bob.id, "name": "Bob"},
                "via": "api",
                "address": "127.0.0.1",
                "subject": {"type": "download", "id": id},
                "data": page["items"][0]["data"],
                "request_id": page["items"][0]["request_id"],
            }
        ],
        "next_cursor": None,
    }
    assert page["items"][0]["request_id"]
    assert (await alice.get(f"{ADMIN}/journal?subject=download:other")).json()["items"] == []


async def test_the_journal_is_looked_through_by_person_topic_door_and_time(portal: Portal) -> None:
    alice, bob = await portal.browser(portal.cast.alice), await portal.browser(portal.cast.bob)
    await portal.queued(bob)
    await alice.post(f"{ADMIN}/backups")

    async def kinds(query: str) -> set[str]:
        return {item["kind"] for item in (await alice.get(f"{ADMIN}/journal?{query}")).json()["items"]}

    assert await kinds("topic=backup") == {"backup.made"}
    assert await kinds("topic=backup,sign_in") == {"backup.made", "user.signed_in"}
    assert await kinds("topic=backup&topic=sign_in&kind=backup.made") == {"backup.made"}
    assert await kinds("topic=backup&kind=user.signed_in") == set()
    assert await kinds(f"actor={portal.cast.bob.id}&via=api") == {"download.queued"}
    assert await kinds("via=cli") == set()
    assert "user.created" in await kinds("actor=portal")
    assert "backup.made" not in await kinds("actor=portal")
    newest = (await alice.get(f"{ADMIN}/journal?limit=1")).json()["items"][0]
    assert await kinds(f"since={newest['at']}") == {"backup.made"}
    assert "backup.made" not in await kinds(f"until={newest['at']}")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("topic=gardening", "topic"),
        ("via=post", "via"),
        ("since=yesterday", "since"),
        ("until=2026-11-20T08:00", "until"),
    ],
)
async def test_a_filter_that_is_none_is_refused(portal: Portal, query: str, field: str) -> None:
    alice = await portal.browser(portal.cast.alice)
    answer = await alice.get(f"{ADMIN}/journal?{query}")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_dead_letters_come_in_pages(portal: Portal) -> None:
    alice = await portal.browser(portal.cast.alice)
    for entry in (await portal.services.db.read(journal_pages.page, limit=3)).items:
        await portal.park(entry)
    first = (await alice.get(f"{ADMIN}/dead-letters?limit=2")).json()
    second = (await alice.get(f"{ADMIN}/dead-letters?limit=2&cursor={first['next_cursor']}")).json()
    assert [letter["id"] for page in (first, second) for letter in page["items"]] == [3, 2, 1]
    assert second["next_cursor"] is None


async def test_the_journal_comes_in_pages_newest_first(portal: Portal) -> None:
    alice = await portal.browser(portal.cast.alice)
    ids, cursor = [], ""
    while cursor is not None:
        page = (await alice.get(f"{ADMIN}/journal?limit=2&cursor={cursor}")).json()
        ids += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == len(set(ids)) > 2


async def test_a_job_is_run_now_and_not_twice_at_once(portal: Portal) -> None:
    alice = await portal.browser(portal.cast.alice)
    before = (await alice.get(f"{ADMIN}/jobs")).json()["items"]
    assert before == [
        {
            "name": "errand",
            "title": "jobs.errand",
            "every_s": 86400,
            "daily_at": None,
            "running": False,
            "next_at": None,
            "last": None,
        }
    ]
    begun = await alice.post(f"{ADMIN}/jobs/errand/run")
    assert (begun.status_code, begun.json()["name"]) == (202, "errand")
    again = await alice.post(f"{ADMIN}/jobs/errand/run")
    assert (again.status_code, again.json()["code"]) == (409, "already_running")
    changed = asyncio.Event()
    portal.services.db.after_commit(lambda _tables: changed.set())
    portal.errands.hold.set()
    last = None
    async with asyncio.timeout(10):
        while not last or not last["finished_at"]:
            await changed.wait()
            changed.clear()
            last = (await alice.get(f"{ADMIN}/jobs")).json()["items"][0]["last"]
    assert last.keys() == {"started_at", "finished_at", "ok", "summary"}
    assert (last["ok"], last["summary"]) == (True, "This job is running already.")


async def test_a_dead_letter_is_handed_over_again(portal: Portal) -> None:
    alice = await portal.browser(portal.cast.alice)
    token = (await alice.post("/api/v1/tokens", json={"label": "x", "scopes": ["read"]})).json()["id"]
    entry = (await portal.services.db.read(journal_pages.page, Sought(kinds=frozenset({"token.created"})))).items[0]
    await portal.park(entry)
    page = (await alice.get(f"{ADMIN}/dead-letters")).json()
    letter = page["items"][0]
    assert letter.keys() == {"id", "listener", "entry", "error", "at"}
    assert (letter["listener"], letter["error"]) == ("errands", "cannot take it")
    assert letter["entry"]["subject"] == {"type": "token", "id": token}
    portal.errands.broken = True
    again = await alice.post(f"{ADMIN}/dead-letters/{letter['id']}/retry")
    assert (again.status_code, again.json()["code"]) == (409, "still_failing")
    portal.errands.broken = False
    assert (await alice.post(f"{ADMIN}/dead-letters/{letter['id']}/retry")).status_code == 204
    assert (await alice.get(f"{ADMIN}/dead-letters")).json()["items"] == []
    assert (await alice.post(f"{ADMIN}/dead-letters/{letter['id']}/retry")).status_code == 404


async def test_dead_letters_of_one_cause_are_handed_over_all_together(portal: Portal) -> None:
    alice = await portal.browser(portal.cast.alice)
    for entry in (await portal.services.db.read(journal_pages.page, limit=3)).items:
        await portal.park(entry, error=f"KeyError('{entry.id}')")
        await portal.park(entry, error="OSError(28)")
    causes = (await alice.get(f"{ADMIN}/dead-letters/causes")).json()["items"]
    assert [(cause["listener"], cause["error"], cause["count"]) for cause in causes] == [
        ("errands", "KeyError", 3),
        ("errands", "OSError", 3),
    ]
    portal.errands.broken = True
    cause = {"listener": "errands", "error": "KeyError"}
    assert (await alice.post(f"{ADMIN}/dead-letters/retry", json=cause)).json() == {"done": 0, "left": 3}
    portal.errands.broken = False
    assert (await alice.post(f"{ADMIN}/dead-letters/retry", json=cause)).json() == {"done": 3, "left": 0}
    assert [one["error"] for one in (await alice.get(f"{ADMIN}/dead-letters")).json()["items"]] == ["OSError(28)"] * 3
    assert (await alice.post(f"{ADMIN}/dead-letters/retry", json=cause)).json() == {"done": 0, "left": 0}


async def test_a_backup_is_made_and_listed(portal: Portal) -> None:
    alice = await portal.browser(portal.cast.alice)
    answer = await alice.post(f"{ADMIN}/backups")
    made = answer.json()
    assert answer.status_code == 201
    assert made.keys() == {"name", "made_at", "size_bytes", "sealed"}
    assert made["sealed"] is False
    listed = await alice.get(f"{ADMIN}/backups")
    assert listed.json() == {"items": [made], "next_cursor": None}
    known = {"if-none-match": listed.headers["etag"]}
    assert (await alice.get(f"{ADMIN}/backups", headers=known)).status_code == 304


async def test_yt_dlp_is_told_of_updated_and_rolled_back(portal: Portal) -> None:
    alice = await portal.browser(portal.cast.alice)
    known = (await alice.get(f"{ADMIN}/ytdlp")).json()
    assert (known["bundled"], known["back_to"], known["policy"], known["updating"]) == (True, None, "stable", False)
    answer = await alice.post(f"{ADMIN}/ytdlp/update")
    assert (answer.status_code, answer.json()["updating"]) == (202, True)
    again = await alice.post(f"{ADMIN}/ytdlp/update")
    assert (again.status_code, again.json()["code"]) == (409, "already_updating")
    await portal.services.ytdlp.idle()
    known = (await alice.get(f"{ADMIN}/ytdlp")).json()
    assert known["trouble"].startswith("pip could not fetch a newer yt-dlp")
    refused = await alice.post(f"{ADMIN}/ytdlp/rollback")
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_go_back_to")
