"""The event hub: news from the journal and from live signals to every open stream (architecture.md sections 4 and 6).

Each piece of news is written once for each language and class of viewer, and the same bytes go to all of them. A
stream that does not keep up loses what waits for it and starts anew from its face's summary; one that comes back with
the id it heard last is told what it missed, as far as its person may see it now. One whose person lost the right to it
ends with that summary, so that an open page reads itself anew and finds itself signed out, or with other rights.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Hashable, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

from medianest.core import journal
from medianest.core.actor import Actor
from medianest.core.db import Database
from medianest.core.errors import TooMany
from medianest.core.i18n import msg
from medianest.core.journal import Entry
from medianest.core.live import Live, Signal
from medianest.http.leases import Leases
from medianest.http.sse import PING
from medianest.http.streaming import StreamedAnswer

log = logging.getLogger(__name__)

QUEUE_MOST = 64
REPLAYED_MOST = 200
STREAMS_MOST = 12
PING_EVERY_S = 15.0

News = Entry | Signal


class Writer(Protocol):
    """How a face tells news: what it makes of them, and for whom it makes the same."""

    def view(self, actor: Actor, news: News) -> Hashable:
        """The class of viewers (of one language) that `actor` belongs to; None where this is nothing for them."""

    async def write(self, actor: Actor, news: News) -> bytes | None:
        """The message for the class of `actor`, as `sse.message` makes it; None where there is nothing to say."""

    async def resync(self, actor: Actor) -> bytes:
        """What somebody needs who missed an unknown amount of news."""


class _Stream:
    """One open stream, and the messages that wait for it."""

    def __init__(self, actor: Actor, writer: Writer) -> None:
        self.actor = actor
        self.writer = writer
        self.wake = asyncio.Event()
        self._waiting: deque[bytes] = deque()
        self._behind = False

    def put(self, message: bytes) -> None:
        """Never waits: who is too far behind has everything taken away and is brought up to date at once."""
        if self._behind:
            return
        if len(self._waiting) >= QUEUE_MOST:
            self.fall_behind()
        else:
            self._waiting.append(message)
            self.wake.set()

    def fall_behind(self) -> None:
        self._behind = True
        self._waiting.clear()
        self.wake.set()

    async def take(self) -> bytes:
        """All that waits, in one piece; empty where nothing does."""
        self.wake.clear()
        if self._behind:
            self._behind = False
            return await self.writer.resync(self.actor)
        taken = b"".join(self._waiting)
        self._waiting.clear()
        return taken


class EventHub:
    """One follower of the journal and of the live signals, for all streams."""

    def __init__(self, db: Database, live: Live, leases: Leases) -> None:
        self._db = db
        self._live = live
        self._leases = leases
        self._streams: set[_Stream] = set()
        self._position = 0
        self._news = asyncio.Event()
        self._turn = asyncio.Lock()

    def tables_changed(self, tables: frozenset[str]) -> None:
        """After a commit: there may be news."""
        if journal.TABLE in tables:
            self._news.set()

    async def prepare(self) -> None:
        """Begin with what is recorded from now on."""
        self._position = await self._db.read(journal.newest_id)

    async def run(self) -> None:
        """Bring news to the streams until cancelled; `prepare` comes first.

        Started again after a fault, it has all streams begin anew.
        """
        for stream in self._streams:
            stream.fall_behind()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow_journal())
            group.create_task(self._follow_live())

    @property
    def heard(self) -> int:
        """The version of the live signals up to which a page is true that is made from now on."""
        return self._live.version

    def answer(
        self, actor: Actor, writer: Writer, *, last_event_id: str | None, heard: int | None = None
    ) -> StreamedAnswer:
        """A stream for this person, from the entry and the signal heard last. Raises TooMany for too many of theirs."""
        if sum(stream.actor.id == actor.id for stream in self._streams) >= STREAMS_MOST:
            raise TooMany(msg("http.too_many_streams"), code="too_many_streams")
        headers = {
            "content-type": "text/event-stream; charset=utf-8",
            "cache-control": "private, no-store",
            "x-accel-buffering": "no",
        }
        return StreamedAnswer(lambda: self._messages(actor, writer, last_event_id, heard), headers=headers)

    async def _messages(
        self, actor: Actor, writer: Writer, last_event_id: str | None, heard: int | None
    ) -> AsyncGenerator[bytes, None]:
        stream = _Stream(actor, writer)
        with self._leases.hold(actor, stream.wake.set) as lease:
            position = self._position
            self._streams.add(stream)
            try:
                yield PING
                if last_event_id:
                    yield await self._missed(stream, last_event_id, position) or PING
                if heard is not None:
                    yield await self._passed(stream, heard) or PING
                while True:
                    message = await _next(stream)
                    if lease.revoked:
                        yield await writer.resync(actor)
                    if lease.ended:
                        return
                    yield message or PING
            finally:
                self._streams.discard(stream)

    async def _missed(self, stream: _Stream, last_event_id: str, position: int) -> bytes:
        """What was recorded since, up to `position`; from there on the stream hears of it."""
        since = int(last_event_id) if last_event_id.isdecimal() and len(last_event_id) < 19 else -1
        oldest = await self._db.read(journal.oldest_id)
        if not oldest - 1 <= since <= position or since < 0:
            return await stream.writer.resync(stream.actor)
        entries = await self._db.read(journal.after, since, limit=REPLAYED_MOST + 1)
        if len(entries) > REPLAYED_MOST:
            return await stream.writer.resync(stream.actor)
        messages = [await _written(stream, entry) for entry in entries if entry.id <= position]
        return b"".join(message for message in messages if message)

    async def _passed(self, stream: _Stream, heard: int) -> bytes:
        """The last signal of each subject since: what passed while nobody of theirs listened."""
        messages: list[bytes | None] = []
        for signal in self._live.since(heard):
            with _alone(signal, ()):
                messages += [await _written(stream, signal)] if await self._holds(signal) else []
        return b"".join(message for message in messages if message)

    async def _follow_journal(self) -> None:
        while True:
            self._news.clear()
            entries = await self._db.read(journal.after, self._position)
            for entry in entries:
                self._position = entry.id
                await self._spread(entry)
            if not entries:
                await self._news.wait()

    async def _follow_live(self) -> None:
        with self._live.watch() as signals:
            while True:
                await self._spread(await signals.get())

    async def _spread(self, news: News) -> None:
        """One after the other: what held as it was looked at is put before the entry that ends it.

        Where nobody can say whether it holds it is not told: it comes again, and no stream has to begin anew for it.
        """
        async with self._turn:
            with _alone(news, ()):
                if self._streams and await self._holds(news):
                    await self._tell(news)

    async def _holds(self, news: News) -> bool:
        if isinstance(news, Entry) or news.holds is None:
            return True
        return await self._db.read(news.holds)

    async def _tell(self, news: News) -> None:
        classes: dict[Hashable, list[_Stream]] = {}
        for stream in self._streams:
            with _alone(news, [stream]):
                view = stream.writer.view(stream.actor, news) if stream.actor.sees(news.audience) else None
                if view is not None:
                    classes.setdefault((stream.writer, stream.actor.language, view), []).append(stream)
        for streams in classes.values():
            first = streams[0]
            with _alone(news, streams):
                if message := await first.writer.write(first.actor, news):
                    for stream in streams:
                        stream.put(message)


@contextmanager
def _alone(news: News, streams: Iterable[_Stream]) -> Iterator[None]:
    """A writer that fails at some news concerns its own streams, which start anew, and nobody else.

    Left to the supervisor, a signal that comes twice a second would keep everybody's streams from being told anything.
    """
    try:
        yield
    except Exception:
        log.exception("Some news could not be written for those who watch", extra={"kind": news.kind})
        for stream in streams:
            stream.fall_behind()


async def _next(stream: _Stream) -> bytes:
    """The next messages; empty after a while without any."""
    try:
        async with asyncio.timeout(PING_EVERY_S):
            await stream.wake.wait()
    except TimeoutError:
        return b""
    return await stream.take()


async def _written(stream: _Stream, news: News) -> bytes | None:
    if not stream.actor.sees(news.audience) or stream.writer.view(stream.actor, news) is None:
        return None
    return await stream.writer.write(stream.actor, news)
