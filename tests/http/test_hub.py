"""Event streams: who hears what, what is replayed, and that they end when they must."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from medianest.accounts.types import NewUser, Scope, User, UserChange
from medianest.core import journal
from medianest.core.actor import SYSTEM, Role
from medianest.core.event import HOUSEHOLD, people
from medianest.core.live import Signal
from medianest.http import hub, sse
from tests.http.portal import Portal


@dataclass
class Listener:
    """A browser's end of a stream: the messages so far, and whether it is over."""

    messages: list[str] = field(default_factory=list)
    over: bool = False
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def until(self, wanted: str) -> list[str]:
        async with asyncio.timeout(5), self.news:
            await self.news.wait_for(lambda: any(wanted in message for message in self.messages))
        return self.messages

    async def end(self) -> None:
        async with asyncio.timeout(5), self.news:
            await self.news.wait_for(lambda: self.over)

    async def hear(self, answer: httpx.Response) -> None:
        text = ""
        async for piece in answer.aiter_text():
            text += piece
            *complete, text = text.split("\n\n")
            async with self.news:
                self.messages += complete
                self.news.notify_all()
        async with self.news:
            self.over = True
            self.news.notify_all()


async def caught_up(portal: Portal) -> None:
    """The hub is through with what happened so far, as with the signing in of who is to listen."""
    async with asyncio.timeout(10):
        while portal.ground.hub._position < await portal.db.read(journal.newest_id):
            pass


@asynccontextmanager
async def listening(
    portal: Portal, headers: dict[str, str], *, last_event_id: object = None, heard: int | None = None
) -> AsyncIterator[Listener]:
    if last_event_id is None:
        await caught_up(portal)
    path = "/api/v1/events" if heard is None else f"/api/v1/events?heard={heard}"
    headers = headers | ({"last-event-id": str(last_event_id)} if last_event_id is not None else {})
    listener = Listener()
    async with (
        httpx.AsyncClient(base_url=portal.url, trust_env=False, timeout=20) as http,
        http.stream("GET", path, headers=headers) as answer,
    ):
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["x-accel-buffering"] == "no"
        assert answer.headers["cache-control"] == "private, no-store"
        hearing = asyncio.create_task(listener.hear(answer))
        await listener.until(": ping")
        try:
            yield listener
        finally:
            hearing.cancel()
            await asyncio.wait([hearing])


async def _cookie(portal: Portal, user: User) -> dict[str, str]:
    return (await portal.enter(user))[1]


def _signal(data: object, *, audience: frozenset[str] = HOUSEHOLD) -> Signal:
    return Signal(kind="download.progress", subject_id="1", audience=audience, data=data)


async def test_news_reach_who_may_see_them_and_nobody_else(portal: Portal) -> None:
    alice, bob = await _cookie(portal, portal.cast.alice), await _cookie(portal, portal.cast.bob)
    async with listening(portal, alice) as administrator, listening(portal, bob) as member:
        eve = await portal.accounts.people.create(SYSTEM, NewUser(name="Eve", role=Role.GUEST))
        await portal.accounts.people.change(SYSTEM, portal.cast.bob.id, UserChange(display_name="Bobby"))
        heard = await administrator.until(portal.cast.bob.id)
        own = await member.until(portal.cast.bob.id)
    assert [line.partition("\n")[0] for line in heard[1:]] == ["event: user.created", "event: user.changed"]
    assert eve.id in heard[1]
    assert "\nid: " in heard[1]
    assert len(own) == 2
    assert eve.id not in repr(own)


async def test_live_signals_carry_no_id_and_reach_their_audience(portal: Portal) -> None:
    bob, gus = await _cookie(portal, portal.cast.bob), await _cookie(portal, portal.cast.gus)
    async with listening(portal, bob) as member, listening(portal, gus) as guest:
        portal.live.publish(_signal("12 %"))
        portal.live.publish(_signal("for gus", audience=people([portal.cast.gus.id])))
        assert (await member.until("12 %"))[1] == "event: download.progress\ndata: 12 %"
        assert "12 %" not in repr(await guest.until("for gus"))


async def test_a_message_is_written_once_for_each_class_of_viewer(portal: Portal) -> None:
    async with (
        listening(portal, await _cookie(portal, portal.cast.bob)) as first,
        listening(portal, await _cookie(portal, portal.cast.bob)) as second,
        listening(portal, await _cookie(portal, portal.cast.alice)) as third,
        listening(portal, (await _cookie(portal, portal.cast.bob)) | {"accept-language": "de"}) as fourth,
    ):
        portal.live.publish(_signal("42 %"))
        for listener in (first, second, third, fourth):
            await listener.until("42 %")
    assert sorted(line for line in portal.writer.written if "download" in line) == [
        "download.progress for admin",
        "download.progress for member",
        "download.progress for member",
    ]


async def test_who_comes_back_hears_what_was_missed_and_then_goes_on(portal: Portal) -> None:
    alice = await _cookie(portal, portal.cast.alice)
    last = await portal.db.read(journal.newest_id)
    missed = [await portal.accounts.people.create(SYSTEM, NewUser(name=f"G{n}", role=Role.GUEST)) for n in range(3)]
    async with listening(portal, alice, last_event_id=last) as listener:
        await listener.until(missed[-1].id)
        later = await portal.accounts.people.create(SYSTEM, NewUser(name="Later", role=Role.GUEST))
        heard = await listener.until(later.id)
    told = [message for message in heard if "user.created" in message]
    assert [user.id in message for user, message in zip([*missed, later], told, strict=True)] == [True] * 4


async def test_nothing_is_missed_or_told_twice_between_replay_and_live(portal: Portal) -> None:
    alice = await _cookie(portal, portal.cast.alice)
    last = await portal.db.read(journal.newest_id)
    users: list[User] = []

    async def keep_creating() -> None:
        for name in (f"N{number}" for number in range(30)):
            user = await portal.accounts.people.create(SYSTEM, NewUser(name=name, role=Role.GUEST))
            users.append(user)

    creating = asyncio.create_task(keep_creating())
    for _ in range(4):
        async with listening(portal, alice, last_event_id=last) as listener:
            if not creating.done():
                await asyncio.wait([creating], timeout=0.1)
            if creating.done():
                await listener.until(users[-1].id)
                ids = [
                    message.partition("id: ")[2].partition("\n")[0]
                    for message in listener.messages
                    if "id: " in message
                ]
                assert len(ids) == len(set(ids))
    await creating
    async with listening(portal, alice, last_event_id=last) as listener:
        heard = await listener.until(users[-1].id)
    assert [user.id in message for user, message in zip(users, heard[1:], strict=True)] == [True] * 30


async def test_what_comes_while_a_stream_is_brought_up_to_date_is_told_once(portal: Portal) -> None:
    _, fields = await portal.enter(portal.cast.alice)
    actor = await portal.accounts.identities.of_session(fields["cookie"].partition("=")[2], None)
    assert actor
    last = await portal.db.read(journal.newest_id)
    missed = await portal.accounts.people.create(SYSTEM, NewUser(name="Missed", role=Role.GUEST))
    async with listening(portal, fields) as other, asyncio.timeout(5):
        while portal.ground.hub._position <= last:
            await portal.db.read(journal.newest_id)
        async with aclosing(portal.ground.hub._messages(actor, portal.writer, str(last), None)) as messages:
            await anext(messages)
            meanwhile = await portal.accounts.people.create(SYSTEM, NewUser(name="Meanwhile", role=Role.GUEST))
            await other.until(meanwhile.id)
            replayed, live = await anext(messages), await anext(messages)
    assert (replayed.count(missed.id.encode()), replayed.count(meanwhile.id.encode())) == (1, 0)
    assert (live.count(missed.id.encode()), live.count(meanwhile.id.encode())) == (0, 1)


async def test_a_replay_shows_only_what_the_person_may_see_now(portal: Portal) -> None:
    last = await portal.db.read(journal.newest_id)
    hidden = await portal.accounts.people.create(SYSTEM, NewUser(name="Hidden", role=Role.GUEST))
    await portal.accounts.people.change(SYSTEM, portal.cast.carol.id, UserChange(display_name="C"))
    carol = await _cookie(portal, portal.cast.carol)
    async with listening(portal, carol, last_event_id=last) as listener:
        assert hidden.id not in repr(await listener.until(portal.cast.carol.id))


@pytest.mark.parametrize("last", ["999999", "-1", "x", "1e3", "0x10", "9" * 40, ""])
async def test_an_id_that_is_unknown_begins_anew(portal: Portal, last: str) -> None:
    async with listening(portal, await _cookie(portal, portal.cast.bob), last_event_id=last) as listener:
        if last:
            assert (await listener.until("reset"))[1] == "event: reset\ndata: anew"
        portal.live.publish(_signal("goes on"))
        await listener.until("goes on")


async def test_an_id_that_is_too_old_begins_anew(portal: Portal) -> None:
    async with portal.db.transaction() as session:
        await session.execute(journal.EntryRow.__table__.delete().where(journal.EntryRow.id < 4))
    fields = await _cookie(portal, portal.cast.bob)
    async with listening(portal, fields, last_event_id=2) as listener:
        await listener.until("reset")
    async with listening(portal, fields, last_event_id=3) as listener:
        portal.live.publish(_signal("here"))
        assert "reset" not in repr(await listener.until("here"))


async def test_who_missed_very_much_begins_anew(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "REPLAYED_MOST", 2)
    last = await portal.db.read(journal.newest_id)
    alice = await _cookie(portal, portal.cast.alice)
    for number in range(3):
        await portal.accounts.people.create(SYSTEM, NewUser(name=f"G{number}", role=Role.GUEST))
    async with listening(portal, alice, last_event_id=last) as listener:
        assert "user.created" not in repr(await listener.until("reset"))


async def test_a_stream_that_does_not_keep_up_is_brought_up_to_date_at_once(portal: Portal) -> None:
    actor = SYSTEM
    stream = hub._Stream(actor, portal.writer)
    for number in range(hub.QUEUE_MOST):
        stream.put(sse.message(str(number)))
    assert (await stream.take()).count(b"data: ") == hub.QUEUE_MOST
    for number in range(hub.QUEUE_MOST + 5):
        stream.put(sse.message(str(number)))
    assert await stream.take() == sse.message("anew", event="reset")
    stream.put(sse.message("later"))
    assert await stream.take() == sse.message("later")


async def test_news_that_cannot_be_written_for_some_reach_the_others(
    portal: Portal, caplog: pytest.LogCaptureFixture
) -> None:
    bob, gus = await _cookie(portal, portal.cast.bob), await _cookie(portal, portal.cast.gus)
    async with listening(portal, bob) as member, listening(portal, gus) as guest:
        everybody = people([portal.cast.bob.id, portal.cast.gus.id])
        portal.live.publish(_signal("breaks for guest", audience=everybody))
        portal.live.publish(_signal("the next", audience=everybody))
        heard = await member.until("the next")
        assert [message.rpartition(": ")[2] for message in heard[1:]] == ["breaks for guest", "the next"]
        assert "event: reset" in (await guest.until("anew"))[1]
        portal.live.publish(_signal("the last", audience=everybody))
        await guest.until("the last")
    assert [record.levelname for record in caplog.records if record.exc_info] == ["ERROR"]


async def test_a_slow_listener_holds_up_nobody(portal: Portal) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", portal.port, limit=1024)
    cookie = (await _cookie(portal, portal.cast.bob))["cookie"]
    writer.write(f"GET /events HTTP/1.1\r\nHost: nas\r\nCookie: {cookie}\r\n\r\n".encode())
    await reader.readuntil(b": ping")
    async with listening(portal, await _cookie(portal, portal.cast.bob)) as quick:
        for number in range(200):
            portal.live.publish(_signal(f"{number} " + "x" * 20_000))
            await quick.until(f"data: {number} ")
            quick.messages.clear()
    writer.close()


async def _revoke_session(portal: Portal) -> None:
    (session,) = await portal.accounts.list_sessions(SYSTEM, portal.cast.bob.id)
    await portal.accounts.end_session(SYSTEM, session.id)


async def _suspend(portal: Portal) -> None:
    await portal.accounts.people.change(SYSTEM, portal.cast.bob.id, UserChange(suspended=True))


async def _reset_password(portal: Portal) -> None:
    await portal.accounts.people.reset_password(SYSTEM, "Bob", "another long one")


async def _demote(portal: Portal) -> None:
    await portal.accounts.people.change(SYSTEM, portal.cast.bob.id, UserChange(role=Role.GUEST))


@pytest.mark.parametrize("revoke", [_revoke_session, _suspend, _reset_password, _demote])
async def test_a_stream_ends_with_the_right_to_it_and_tells_nothing_more(portal: Portal, revoke: object) -> None:
    async with (
        listening(portal, await _cookie(portal, portal.cast.bob)) as ended,
        listening(portal, await _cookie(portal, portal.cast.carol)) as stays,
    ):
        await revoke(portal)  # type: ignore[operator]
        async with asyncio.timeout(1):
            await ended.end()
        portal.live.publish(_signal("afterwards"))
        await stays.until("afterwards")
        assert "afterwards" not in repr(ended.messages)
        assert ended.messages[-1].startswith("event: reset")
        assert "reset" not in repr(stays.messages)


async def test_a_revoked_tokens_stream_ends_too(portal: Portal) -> None:
    token, secret = await portal.accounts.create_token(SYSTEM, "x", frozenset({Scope.READ}), owner="Bob")
    async with listening(portal, {"authorization": f"Bearer {secret}"}) as listener:
        await portal.accounts.revoke_token(SYSTEM, token.id)
        async with asyncio.timeout(1):
            await listener.end()


async def test_a_stop_ends_every_stream_first(portal: Portal) -> None:
    async with listening(portal, await _cookie(portal, portal.cast.bob)) as listener:
        portal.server.stop()
        async with asyncio.timeout(2):
            await listener.end()
        assert "reset" not in repr(listener.messages)


async def test_a_person_has_only_so_many_streams(portal: Portal, http: httpx.AsyncClient) -> None:
    bob = await _cookie(portal, portal.cast.bob)
    open_streams = [listening(portal, bob) for _ in range(hub.STREAMS_MOST)]
    for stream in open_streams:
        await stream.__aenter__()
    assert (await http.get("/events", headers=bob)).status_code == 429
    async with listening(portal, await _cookie(portal, portal.cast.dora)):
        pass
    for stream in open_streams:
        await stream.__aexit__(None, None, None)


async def test_a_quiet_stream_says_that_it_lives(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "PING_EVERY_S", 0.1)
    bob = await _cookie(portal, portal.cast.bob)
    async with listening(portal, bob) as listener, asyncio.timeout(3), listener.news:
        await listener.news.wait_for(lambda: listener.messages.count(": ping") >= 4)


async def test_strangers_and_pages_of_others_open_no_stream(portal: Portal, http: httpx.AsyncClient) -> None:
    assert (await http.get("/events")).status_code == 401
    _, metrics = await portal.accounts.create_token(SYSTEM, "x", frozenset({Scope.METRICS}), owner="Alice")
    assert (await http.get("/api/v1/events", headers={"authorization": f"Bearer {metrics}"})).status_code == 403


@pytest.mark.parametrize(
    ("data", "wire"),
    [
        ("one", b"data: one\n\n"),
        ("one\ntwo", b"data: one\ndata: two\n\n"),
        ("a\rb\r\nc", b"data: a\ndata: b\ndata: c\n\n"),
        ("x\n\nevent: evil\ndata: y", b"data: x\ndata: \ndata: event: evil\ndata: data: y\n\n"),
        ("", b"data: \n\n"),
    ],
)
def test_what_is_said_cannot_end_its_message(data: str, wire: bytes) -> None:
    assert sse.message(data) == wire
    assert sse.message(data, event="k", id=7) == b"event: k\nid: 7\n" + wire
