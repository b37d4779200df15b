"""A backlog: several places at once, each in its order, written down together; what is broken or slow holds up none."""

import asyncio
from collections.abc import Sequence

from sqlalchemy import event, update
from sqlalchemy.orm import Session

from medianest.core import clock
from medianest.core.journal_tables import EntryRow
from medianest.notifications import claiming
from medianest.notifications.models import DeliveryRow
from medianest.notifications.types import Channel, DeliveryState
from tests.fakes.webhook_sink import WebhookSink
from tests.notifications.conftest import about_download
from tests.notifications.sending import Telling
from tests.notifications.test_email import about_wish
from tests.notifications.test_webhooks import HOOK, hooked

PATHS = [f"/hook{number}" for number in range(5)]


async def hooks(telling: Telling, sink: WebhookSink, paths: Sequence[str] = PATHS) -> list[Channel]:
    """Bob has so many webhooks at the sink."""
    telling.allow(sink.address)
    bob, add = await telling.actor(telling.cast.bob), telling.notifications.add_webhook
    return [(await add(bob, url=sink.url(path), label=path))[0] for path in paths]


async def lined_up(telling: Telling, channels: Sequence[Channel], *, n: int) -> None:
    """So many wait for each."""
    async with telling.listening():
        await telling.record(*(about_download(telling.cast.bob, subject_id=f"d{number}") for number in range(n)))
        for channel in channels:
            await telling.until_lined_up(channel.id, n=n)


async def test_a_backlog_goes_to_several_at_once_in_order_and_in_fewer_transactions_than_messages(
    telling: Telling, sink: WebhookSink
) -> None:
    channels = await hooks(telling, sink)
    await lined_up(telling, channels, n=10)
    commits: list[frozenset[str]] = []
    telling.db.after_commit(commits.append)
    async with telling.living():
        for channel in channels:
            await telling.until_over(channel.id, n=10)
    for path in PATHS:
        assert [body["path"] for body in sink.told(path)] == [f"/downloads/d{number}" for number in range(10)]
    writing = sum(DeliveryRow.__tablename__ in tables for tables in commits)
    assert writing <= 50, "each transaction ends some and begins others"


async def test_a_slow_place_holds_up_no_other_and_what_waits_behind_it_is_not_looked_at(
    telling: Telling, sink: WebhookSink
) -> None:
    slow, quick = await hooks(telling, sink, ["/slow", "/quick"])
    await lined_up(telling, [slow, quick], n=12)
    sink.trouble("/slow", wait=30, times=1)
    async with telling.living():
        await asyncio.to_thread(sink.wait_until_under_way, "/slow")
        found = await telling.until_over(quick.id, n=12)
        assert {one.state for one in found} == {DeliveryState.DELIVERED}
        assert {one.state for one in await telling.deliveries(slow.id)} == {DeliveryState.WAITING}
    sink.calm()
    plans = await telling.db.read(plans_of_due)
    assert any("ix_deliveries_next (channel_id=? AND due_at>?)" in plan for plan in plans)
    assert not any(plan.startswith("SCAN deliveries") for plan in plans)


def plans_of_due(session: Session) -> list[str]:
    """How SQLite finds what is due."""
    asked: list[tuple[str, tuple[object, ...]]] = []
    connection = session.connection()

    def note(_c: object, _cursor: object, sql: str, values: tuple[object, ...], _context: object, _many: bool) -> None:
        asked.append((sql, values))

    event.listen(connection, "before_cursor_execute", note)
    claiming.due(session, clock.now(), busy={"x"}, limit=8)
    event.remove(connection, "before_cursor_execute", note)
    ((sql, values),) = asked
    return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]


async def test_what_cannot_be_said_holds_up_nothing_and_waits(telling: Telling, sink: WebhookSink) -> None:
    """An entry of a release that wrote less of it."""
    channel, _ = await hooked(telling, sink)
    (other,) = await hooks(telling, sink, ["/other"])
    await lined_up(telling, [channel, other], n=1)
    async with telling.db.transaction() as session:
        broken = update(EntryRow).where(EntryRow.kind == "download.finished").values(data='{"number": "x"}')
        await session.execute(broken)
    async with telling.living():
        await telling.record(about_wish(telling.cast.bob))
        for one in (channel, other):
            found = await telling.until_over(one.id)
            assert sorted(one.state for one in found) == [DeliveryState.DELIVERED, DeliveryState.WAITING]
            (waits,) = (one for one in found if one.state is DeliveryState.WAITING)
            assert waits.due_at
            assert waits.due_at > clock.now()
            assert waits.attempts == 0


async def test_who_stumbled_and_runs_again_sends_what_it_held(telling: Telling, sink: WebhookSink) -> None:
    channel, _ = await hooked(telling, sink)
    sink.trouble(HOOK, wait=30, times=1)
    async with telling.living():
        await telling.record(about_download(telling.cast.bob))
        await asyncio.to_thread(sink.wait_until_under_way, HOOK)
    async with telling.living():
        [delivery] = await telling.until_over(channel.id)
    assert delivery.state is DeliveryState.DELIVERED
    assert {request.headers["webhook-id"] for request in sink.asked(HOOK)} == {delivery.id}


async def test_what_arrived_before_a_stop_is_written_down_at_it(telling: Telling, sink: WebhookSink) -> None:
    channel, _ = await hooked(telling, sink)
    sink.trouble(HOOK, wait=0.5, times=1)
    await lined_up(telling, [channel], n=1)
    sender = asyncio.create_task(telling.notifications.runs()["notifications"]())
    await asyncio.to_thread(sink.wait_until_under_way, HOOK)
    async with telling.db.transaction():
        (delivering,) = (task for task in asyncio.all_tasks() if task.get_name().startswith("delivery-"))
        await asyncio.wait([delivering])
        sender.cancel()
    await asyncio.wait([sender])
    [delivery] = await telling.deliveries(channel.id)
    assert delivery.state is DeliveryState.DELIVERED
