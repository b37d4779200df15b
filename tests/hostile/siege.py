"""Hundreds of texts in hundreds of fields, over a few connections at once, and what became of each."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, cycle
from typing import Final

from tests.hostile.raw_http import Connection
from tests.hostile.requests import CSRF, Request, Spot

AT_ONCE: Final = 4
_ENDED = (OSError, EOFError, ValueError, TimeoutError, asyncio.LimitOverrunError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Besieger:
    """Somebody who asks: let in by these headers, and in forms by this word; or a stranger."""

    headers: Mapping[str, str] = field(default_factory=dict)
    csrf_token: str = ""

    def armed(self, request: Request, spot: Spot) -> Request:
        """The request as this one would send it, from an address that nobody used before."""
        headers = {**self.headers, "X-Forwarded-For": next(_ADDRESSES), **request.headers}
        if request.is_form and spot[1] != (CSRF,) and self.csrf_token:
            return replace(request, headers=headers, body={**(request.body or {}), CSRF: self.csrf_token})
        return replace(request, headers=headers)


@dataclass(slots=True)
class Outcome:
    """How often each field was answered with which status, every answer that was a failure, and the texts sent."""

    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)

    def note(self, request: Request, spot: Spot, text: str, status: int, said: object) -> None:
        place = f"{request} {spot[0]}.{'.'.join(spot[1])}"
        self.statuses.setdefault(place, Counter())[status] += 1
        self.texts.add(text)
        if not 200 <= status < 500:
            self.failures.append(f"{place} = {text!r:.80}: {status} {said!r:.300}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arsenal:
    """The texts, and how many of them each field is given: the next field gets the next ones."""

    texts: Sequence[str]
    each: int
    _taken: Iterator[int] = field(default_factory=count)

    def next(self) -> Iterator[str]:
        first = next(self._taken) * self.each
        return (self.texts[(first + n) % len(self.texts)] for n in range(self.each))


async def besiege(
    outcome: Outcome, address: str, requests: Iterable[Request], arsenal: Arsenal, besiegers: Sequence[Besieger]
) -> None:
    """Send every request with the next texts in each of its fields; the besiegers take turns."""
    attacks = ((request, spot, text) for request in requests for spot in request.spots for text in arsenal.next())
    turns = cycle(besiegers)
    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(_attack(address, attacks, turns, outcome))


async def _attack(
    address: str, attacks: Iterator[tuple[Request, Spot, str]], turns: Iterator[Besieger], outcome: Outcome
) -> None:
    async with Connection(address) as connection:
        for request, spot, text in attacks:
            sent = next(turns).armed(request, spot).attacked(spot, text)
            try:
                answer = await connection.ask(sent.method, sent.target, list(sent.lines), sent.content)
                outcome.note(request, spot, text, answer.status, answer.body)
            except _ENDED as error:
                await connection.close()
                outcome.note(request, spot, text, 0, error)


_ADDRESSES = (f"2001:db8:{n >> 16:x}:{n & 0xFFFF:x}::1" for n in count())
