"""The same request twice: one effect, one answer."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, update

from medianest.accounts.types import Scope
from medianest.core import clock, idempotency
from medianest.core.actor import SYSTEM
from medianest.core.db import Database
from medianest.http.idempotency import jobs
from tests.http.portal import Portal

KEY = {"idempotency-key": "c0ffee"}


@pytest.fixture
async def alice(portal: Portal) -> dict[str, str]:
    _, fields = await portal.enter(portal.cast.alice)
    return fields | {"content-type": "text/plain"}


async def test_a_repeated_request_gets_the_same_answer_and_has_one_effect(
    portal: Portal, http: httpx.AsyncClient, alice: dict[str, str]
) -> None:
    first = await http.post("/api/v1/users", headers=alice | KEY, content="Eve")
    again = await http.post("/api/v1/users", headers=alice | KEY, content="Eve")
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first.headers["content-type"] == again.headers["content-type"]
    assert first.headers["x-request-id"] != again.headers["x-request-id"]
    assert len(await portal.accounts.people.listing(SYSTEM)) == 6


async def test_another_body_under_the_same_key_is_refused(
    portal: Portal, http: httpx.AsyncClient, alice: dict[str, str]
) -> None:
    await http.post("/api/v1/users", headers=alice | KEY, content="Eve")
    for change in ({"content": "Adam"}, {"content": "Eve", "params": {"x": "1"}}, {"content": b""}):
        refused = await http.post("/api/v1/users", headers=alice | KEY, **change)  # type: ignore[arg-type]
        assert (refused.status_code, refused.text.partition(":")[0]) == (422, "idempotency_key_reused")
    assert len(await portal.accounts.people.listing(SYSTEM)) == 6


async def test_keys_of_other_people_and_routes_are_other_keys(
    portal: Portal, http: httpx.AsyncClient, alice: dict[str, str]
) -> None:
    _, bob = await portal.enter(portal.cast.bob)
    for fields, path in (
        (alice, "/change"),
        (bob | {"content-type": "text/plain"}, "/change"),
        (alice, "/api/v1/change"),
    ):
        assert (await http.post(path, headers=fields | KEY, content="x")).status_code == 201
    assert portal.changes == ["Alice x", "Bob x", "Alice x"]


async def test_one_still_under_way_is_a_conflict(
    portal: Portal, http: httpx.AsyncClient, alice: dict[str, str]
) -> None:
    first = asyncio.create_task(http.post("/api/v1/held", headers=alice | KEY))
    while not portal.changes:
        await http.get("/")
    second = await http.post("/api/v1/held", headers=alice | KEY)
    assert (second.status_code, second.text.partition(":")[0]) == (409, "under_way")
    portal.hold.set()
    done = await first
    again = await http.post("/api/v1/held", headers=alice | KEY)
    assert done.text == again.text == "held 1"


async def test_fifty_at_once_have_one_effect(portal: Portal, http: httpx.AsyncClient, alice: dict[str, str]) -> None:
    many = await asyncio.gather(*(http.post("/api/v1/users", headers=alice | KEY, content="Eve") for _ in range(50)))
    assert {answer.status_code for answer in many} <= {201, 409}
    assert len({answer.text for answer in many if answer.status_code == 201}) == 1
    assert len(await portal.accounts.people.listing(SYSTEM)) == 6


async def test_a_secret_is_shown_once_and_never_kept(
    portal: Portal, http: httpx.AsyncClient, alice: dict[str, str], db: Database
) -> None:
    first = await http.post("/api/v1/tokens", headers=alice | KEY)
    again = await http.post("/api/v1/tokens", headers=alice | KEY)
    assert (first.status_code, first.text) == (201, "mn_secret")
    assert (again.status_code, again.text.partition(":")[0]) == (409, "already_done")
    assert portal.changes == ["token"]
    rows = await db.read(lambda session: session.execute(select(*idempotency.KeyRow.__table__.c)).all())
    assert "mn_secret" not in repr(rows)


async def test_what_was_refused_may_be_tried_again(
    portal: Portal, http: httpx.AsyncClient, alice: dict[str, str]
) -> None:
    taken = await http.post("/api/v1/users", headers=alice | KEY, content="Bob")
    assert taken.status_code == 409
    assert (await http.post("/api/v1/users", headers=alice | KEY, content="Eve")).status_code == 201


async def test_a_fault_after_the_effect_does_not_have_it_twice(
    portal: Portal, http: httpx.AsyncClient, alice: dict[str, str]
) -> None:
    broken = await http.post("/api/v1/users", headers=alice | KEY, content="crash")
    again = await http.post("/api/v1/users", headers=alice | KEY, content="crash")
    assert broken.status_code == 500
    assert (again.status_code, again.text.partition(":")[0]) == (409, "already_done")
    assert len(await portal.accounts.people.listing(SYSTEM)) == 6


def _key(request_id: str) -> idempotency.Key:
    return idempotency.Key(person_id="p", route="POST /x", key="k", fingerprint="f", request_id=request_id)


async def test_a_claim_of_a_process_that_died_is_judged_by_the_journal(portal: Portal, db: Database) -> None:
    async def claim(key: idempotency.Key, process: str) -> idempotency.Found:
        async with db.transaction() as session:
            return (await idempotency.claim(session, key, process=process))[0]

    assert await claim(_key("nothing-done"), "first") is idempotency.Found.NEW
    assert await claim(_key("again"), "first") is idempotency.Found.UNDER_WAY
    assert await claim(_key("again"), "second") is idempotency.Found.NEW

    actor = SYSTEM.on(address=None, request_id="again")
    await portal.accounts.create_token(actor, "done", frozenset({Scope.READ}), owner="Bob")
    assert await claim(_key("later"), "third") is idempotency.Found.DONE


@pytest.mark.parametrize("key", ["", "a b", "ü", "x" * 256, "a\tb"])
async def test_a_key_is_visible_characters(
    portal: Portal, http: httpx.AsyncClient, alice: dict[str, str], key: str
) -> None:
    headers = [(name.encode(), value.encode()) for name, value in (alice | {"idempotency-key": key}).items()]
    assert (await http.post("/change", headers=headers, content="x")).status_code == 400
    assert portal.changes == []


async def test_a_key_means_nothing_for_strangers_and_other_methods(
    portal: Portal, http: httpx.AsyncClient, alice: dict[str, str], db: Database
) -> None:
    assert (await http.get("/me", headers=alice | KEY)).status_code == 200
    assert (await http.put("/big", headers=alice | KEY, content=b"x")).status_code == 200
    for _ in range(2):
        assert (await http.post("/webhooks/news", headers=KEY)).status_code == 201
    rows = await db.read(lambda session: session.execute(select(*idempotency.KeyRow.__table__.c)).all())
    assert rows == []


async def test_yesterdays_keys_are_forgotten(
    portal: Portal, http: httpx.AsyncClient, alice: dict[str, str], db: Database
) -> None:
    await http.post("/change", headers=alice | KEY, content="x")
    (purge,) = jobs(db)
    assert await purge.run() is None
    await _grow_old(db)
    assert (await http.post("/change", headers=alice | KEY, content="y")).status_code == 201
    await _grow_old(db)
    done = await purge.run()
    assert done is not None
    assert done.values["n"] == 1


async def _grow_old(db: Database) -> None:
    yesterday = clock.now() - timedelta(hours=24, seconds=1)
    async with db.transaction() as session:
        await session.execute(update(idempotency.KeyRow).values(created_at=yesterday))
