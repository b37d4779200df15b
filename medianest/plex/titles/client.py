"""Asking a Plex Media Server: its own JSON, over a connection that leads there and nowhere else.

Not by plexapi, which the tests use: it costs 12.6 MiB beside httpx, a thread for each call, and the whole of each
answer as XML and objects, where a library of 50,000 is read here in pages of some hundred kilobytes.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit

import httpx

from medianest.core.circuit import Ended, Outcome
from medianest.core.i18n import msg
from medianest.core.outbound import AddressPolicy, Refused
from medianest.core.outbound.calls import Calls, Guards
from medianest.core.outbound.clients import CallLimits, client, outcome, usual_tls
from medianest.core.outbound.sockets import SocketClosed, listening
from medianest.plex.titles import notices, wire
from medianest.plex.titles.errors import ServerAway, ServerRefuses
from medianest.plex.titles.notices import Notice
from medianest.plex.titles.types import Begun, Item, Kind, Listed, Section

T = TypeVar("T")
PAGE = 200
"""How many items are asked for at once; some 4 kB each, where the server does not leave out what nobody needs."""
_TYPES = {Kind.MOVIE: 1, Kind.SHOW: 2, Kind.SEASON: 3, Kind.EPISODE: 4}
_LISTS = CallLimits(first_byte_s=15.0, total_s=30.0, body_bytes=16 * 1024 * 1024)
_EVENTS = "/:/websockets/notifications"
_BRIEF = {
    "excludeElements": "Media,Genre,Country,Director,Writer,Producer,Role,Collection,Label,Rating,Image",
    "excludeFields": "tagline",
}
"""What the server may leave out; one that does not know these words sends all."""


class Asking:
    """Calls to one server; `token` is the one that is used where a call brings none of its own."""

    def __init__(self, url: str, token: str, guards: Guards, headers: Mapping[str, str]) -> None:
        parts = urlsplit(url)
        policy = AddressPolicy.upstream(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        self._url, self._tls = url, usual_tls()
        self._spoken = spoken = {**headers, "Accept": "application/json", "X-Plex-Token": token}
        self._quick = client(policy, base_url=url, headers=spoken)
        self._patient = client(policy, base_url=url, headers=spoken, limits=_LISTS)
        self._guards = guards
        self._calls = Calls(called=guards.called, release=self._release, away=_away)

    async def close(self) -> None:
        """Begin no calls any more; those that are under way come to their end."""
        await self._calls.close()

    async def machine(self) -> str:
        """The server's identifier, which it tells to everybody."""
        return await self._ask("/identity", wire.machine_of)

    async def sections(self, *, token: str | None = None) -> Sequence[Section]:
        """The sections of films and shows, or those of them that are shared with the holder of `token`."""
        return await self._ask("/library/sections", wire.sections, token=token)

    async def items(self, section: str, kind: Kind, start: int, size: int = PAGE) -> Listed:
        """A page of all items of a kind, those that came last at the end."""
        return await self._list(section, kind, start, size, {"sort": "addedAt:asc"})

    async def changed(self, section: str, kind: Kind, since: datetime, start: int, size: int = PAGE) -> Listed:
        """A page of the items that were added or changed after `since`, by the server's own clock."""
        since_s = str(int(since.timestamp()))
        return await self._list(section, kind, start, size, {"sort": "updatedAt:asc", "updatedAt>>": since_s})

    async def number(self, section: str, kind: Kind) -> int:
        """How many items of a kind there are."""
        return (await self._list(section, kind, 0, 0)).total

    async def metadata(self, keys: Sequence[str], *, token: str | None = None) -> Sequence[Item]:
        """Those of these items that are there, and that the holder of `token` may see."""
        path, wish = f"/library/metadata/{','.join(keys)}", {"includeGuids": "1", **_BRIEF}
        return (await self._ask(path, wire.listed, wish, token=token, absent=_NOTHING)).items

    async def begun(self, token: str, *, most: int) -> Sequence[Begun]:
        """What the holder of `token` is in the midst of; the latest first."""
        return await self._ask("/hubs/continueWatching/items", wire.begun, _paging(0, most) | _BRIEF, token=token)

    async def scan(self, section: str, folder: str) -> None:
        """Have the server look into a folder of a section; it answers at once, and goes on by itself."""
        await self._ask(f"/library/sections/{section}/refresh", _read_nothing, {"path": folder})

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[AsyncIterator[Notice]]:
        """What happens on the server, from now on. Raises ServerAway and ServerRefuses, also while iterating."""
        try:
            async with listening(f"{self._url}{_EVENTS}", headers=self._spoken, tls=self._tls) as messages:
                yield (notice async for message in messages if (notice := notices.of_stream(message)))
        except SocketClosed as error:
            if error.status in (401, 403):
                raise ServerRefuses(msg("titles.refused"), facts={"status": error.status}) from error
            raise ServerAway(msg("titles.away")) from error

    async def _list(self, section: str, kind: Kind, start: int, size: int, wish: Mapping[str, str] = {}) -> Listed:
        wish = {"type": str(_TYPES[kind]), "includeGuids": "1", **_BRIEF, **_paging(start, size), **wish}
        return await self._ask(f"/library/sections/{section}/all", wire.listed, wish, patient=True)

    async def _ask(
        self,
        path: str,
        read: Callable[[bytes], T],
        wish: Mapping[str, str] = {},
        *,
        token: str | None = None,
        patient: bool = False,
        absent: T | None = None,
    ) -> T:
        """The answer as `read` understands it, or `absent` where there is none; asked again when that can help."""

        async def once() -> T:
            headers = {} if token is None else {"X-Plex-Token": token}
            request = asking.build_request("GET", path, params=wish, headers=headers)
            return await self._once(asking, request, read, absent, own=token is None)

        asking = self._patient if patient else self._quick
        async with self._calls.one():
            return await self._guards.retry.run(once, on=(ServerAway,))

    async def _release(self) -> None:
        await self._quick.aclose()
        await self._patient.aclose()

    async def _once(
        self,
        asking: httpx.AsyncClient,
        request: httpx.Request,
        read: Callable[[bytes], T],
        absent: T | None,
        *,
        own: bool,
    ) -> T:
        async with self._guards.bulkhead.place():
            with self._guards.breaker.attempt() as attempt:
                try:
                    answer = await asking.send(request)
                except httpx.TransportError as error:
                    attempt.outcome = outcome(error)
                    raise ServerAway(msg("titles.away")) from error
                except Refused as error:
                    attempt.outcome = Outcome(ended=Ended.FAILED)
                    raise ServerAway(msg("titles.away")) from error
                attempt.outcome = _learnt(answer, own=own)
                if answer.status_code == 404 and absent is not None:
                    return absent
                _check(answer)
                try:
                    return read(answer.content)
                except ValueError as error:
                    attempt.outcome = Outcome(ended=Ended.FAILED)
                    raise ServerAway(msg("titles.unreadable")) from error


_NOTHING = Listed(items=(), read=0, total=0)


def _away() -> ServerAway:
    return ServerAway(msg("titles.away"))


def _paging(start: int, size: int) -> dict[str, str]:
    return {"X-Plex-Container-Start": str(start), "X-Plex-Container-Size": str(size)}


def _read_nothing(_body: bytes) -> None:
    return None


def _learnt(answer: httpx.Response, *, own: bool) -> Outcome:
    """What the circuit learns; that one person's token is refused says nothing about the server."""
    learnt = outcome(answer)
    return Outcome(ended=Ended.WELL) if learnt.ended is Ended.UNAUTHORISED and not own else learnt


def _check(answer: httpx.Response) -> None:
    """Raises for what is no answer; its text is HTML and for nobody."""
    if answer.status_code in (401, 403):
        raise ServerRefuses(msg("titles.refused"), facts={"status": answer.status_code})
    if not answer.is_success:
        raise ServerAway(msg("titles.away"), facts={"status": answer.status_code})
