"""How sessions live and end."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import event, update

from medianest.accounts.errors import NoSuchSession, NoSuchUser
from medianest.accounts.jobs import jobs
from medianest.accounts.models import SessionRow
from medianest.accounts.service import Accounts
from medianest.accounts.types import SessionRules, UserChange
from medianest.core import clock
from medianest.core.actor import SYSTEM, Actor, Role
from medianest.core.db import Database
from tests.people import ELSEWHERE, HOME, PASSWORD, Cast, cheap_passwords, sign_in


async def _sign_out(accounts: Accounts, actor: Actor) -> None:
    await accounts.sign_out(actor)


async def _end_by_admin(accounts: Accounts, actor: Actor) -> None:
    assert actor.session_id
    await accounts.end_session(SYSTEM, actor.session_id)


async def _suspend(accounts: Accounts, actor: Actor) -> None:
    assert actor.id
    await accounts.people.change(SYSTEM, actor.id, UserChange(suspended=True))


async def _reset_password(accounts: Accounts, actor: Actor) -> None:
    await accounts.people.reset_password(SYSTEM, "Bob", "a new one for bob")


@pytest.mark.parametrize("revoke", [_sign_out, _end_by_admin, _suspend, _reset_password])
async def test_a_stolen_cookie_is_worth_nothing_the_moment_its_session_ends(
    accounts: Accounts, cast: Cast, revoke: Callable[[Accounts, Actor], Awaitable[None]]
) -> None:
    opened, actor = await sign_in(accounts, cast.bob)
    assert await accounts.identities.still(actor)
    await revoke(accounts, actor)
    assert await accounts.identities.of_session(opened.secret, None) is None
    assert not await accounts.identities.still(actor)


async def test_a_changed_role_holds_from_the_next_request_on(accounts: Accounts, cast: Cast) -> None:
    opened, actor = await sign_in(accounts, cast.carol)
    await accounts.people.change(SYSTEM, cast.carol.id, UserChange(role=Role.GUEST))
    now = await accounts.identities.of_session(opened.secret, None)
    assert now is not None
    assert now.role is Role.GUEST
    assert now.permissions < actor.permissions
    assert not await accounts.identities.still(actor)
    assert await accounts.identities.still(now)


async def test_who_is_back_from_a_suspension_signs_in_anew(accounts: Accounts, cast: Cast) -> None:
    opened, _ = await sign_in(accounts, cast.bob)
    await accounts.people.change(SYSTEM, cast.bob.id, UserChange(suspended=True))
    await accounts.people.change(SYSTEM, cast.bob.id, UserChange(suspended=False))
    assert await accounts.identities.of_session(opened.secret, None) is None
    await sign_in(accounts, cast.bob)


@pytest.mark.parametrize(
    "aged", [{"last_seen_at": clock.now() - timedelta(days=31)}, {"expires_at": clock.now() - timedelta(seconds=1)}]
)
async def test_a_session_ends_unused_and_at_its_age(
    accounts: Accounts, cast: Cast, db: Database, aged: dict[str, object]
) -> None:
    opened, actor = await sign_in(accounts, cast.bob)
    async with db.transaction() as session:
        await session.execute(update(SessionRow).where(SessionRow.id == opened.session_id).values(aged))
    assert await accounts.identities.of_session(opened.secret, None) is None
    assert not await accounts.identities.still(actor)
    assert await accounts.list_sessions(SYSTEM, cast.bob.id) == []

    purge = next(job for job in jobs(db, SessionRules()) if job.name == "purge_sessions")
    done = await purge.run()
    assert done is not None
    assert done.values["n"] == 1
    assert await purge.run() is None


async def test_a_remembered_session_ends_on_time_too(db: Database, cast: Cast) -> None:
    brief = Accounts(db, SessionRules(absolute=timedelta(seconds=0.5)), passwords=cheap_passwords())
    opened = await brief.sign_in("Bob", PASSWORD, HOME)
    assert await brief.identities.of_session(opened.secret, None)
    async with asyncio.timeout(5):
        while await brief.identities.of_session(opened.secret, None):
            await asyncio.to_thread(time.sleep, 0.05)


async def test_resolving_again_asks_the_database_nothing(accounts: Accounts, cast: Cast, db: Database) -> None:
    opened, actor = await sign_in(accounts, cast.bob)
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db._reader, "before_cursor_execute", note)
    for _ in range(5):
        assert await accounts.identities.of_session(opened.secret, None) == actor
    assert statements == []
    async with db.transaction() as session:
        await session.execute(update(SessionRow).values(user_agent="changed"))
    assert await accounts.identities.of_session(opened.secret, None) == actor
    assert statements


async def test_a_stranger_sees_and_ends_no_session_of_others(accounts: Accounts, cast: Cast) -> None:
    opened, bob = await sign_in(accounts, cast.bob)
    _, dora = await sign_in(accounts, cast.dora)
    _, alice = await sign_in(accounts, cast.alice)

    with pytest.raises(NoSuchUser):
        await accounts.list_sessions(dora, cast.bob.id)
    with pytest.raises(NoSuchSession):
        await accounts.end_session(dora, opened.session_id)
    assert [one.id for one in await accounts.list_sessions(bob)] == [opened.session_id]
    await accounts.end_session(alice, opened.session_id)
    with pytest.raises(NoSuchSession):
        await accounts.end_session(alice, opened.session_id)


async def test_use_is_written_down_now_and_then_and_all_together(accounts: Accounts, cast: Cast, db: Database) -> None:
    opened, actor = await sign_in(accounts, cast.bob)
    before = (await accounts.list_sessions(actor))[0]
    version = db.versions.of("sessions")
    for _ in range(10):
        await accounts.identities.of_session(opened.secret, ELSEWHERE.address)
    assert db.versions.of("sessions") == version

    await accounts.presence.write()
    after = (await accounts.list_sessions(actor))[0]
    assert after.last_seen_at > before.last_seen_at
    assert after.address == ELSEWHERE.address

    version = db.versions.of("sessions")
    await accounts.presence.write()
    assert db.versions.of("sessions") == version


async def test_what_was_noted_is_written_down_when_the_portal_stops(accounts: Accounts, cast: Cast) -> None:
    opened, actor = await sign_in(accounts, cast.bob)
    running = asyncio.create_task(accounts.presence.run())
    before = (await accounts.list_sessions(actor))[0].last_seen_at
    await accounts.identities.of_session(opened.secret, HOME.address)
    running.cancel()
    await asyncio.wait([running])
    assert (await accounts.list_sessions(actor))[0].last_seen_at > before
