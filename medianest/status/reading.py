"""What every way in has in common when it reads Uptime Kuma's own words: numbers, times, texts and states; pure.

Whatever is sent, what comes out is of the right kind and of bounded size, or nothing.
"""

import math
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TypeVar

from msgspec import DecodeError, Raw, json

from medianest.status.board import BEATS_MOST
from medianest.status.types import Beat, State

T = TypeVar("T")

NAME_MOST = 120
WORDS_MOST = 300
ID_MOST = 2**53
LATENCY_MOST_MS = 3_600_000.0
_STATES = {0: State.DOWN, 1: State.UP, 2: State.PENDING, 3: State.MAINTENANCE}
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_FIRST_YEAR, _LAST_YEAR = 2000, 2200


def read(raw: Raw | bytes | str, kind: type[T]) -> T | None:
    """The value as that type; None where it is another, or too deep to be read. Digits in a text are a number."""
    try:
        return json.decode(raw, type=kind, strict=False)
    except (DecodeError, RecursionError, UnicodeError):
        return None


def each(raws: Iterable[Raw], kind: type[T]) -> Iterator[T]:
    """Those of many that can be read."""
    return (value for raw in raws if (value := read(raw, kind)) is not None)


def number(told: int) -> int | None:
    """The number of a monitor."""
    return told if 0 < told <= ID_MOST else None


def text(told: str | None, most: int) -> str:
    """What people wrote, in one line, and no longer than that."""
    return _UNPRINTABLE.sub(" ", (told or "")[: most + 1]).strip()[:most]


def state(told: int) -> State:
    return _STATES.get(told, State.UNKNOWN)


def moment(told: str | None) -> datetime | None:
    """`YYYY-MM-DD HH:MM:SS.mmm` without a zone, which is UTC, or a time with one."""
    try:
        found = datetime.fromisoformat((told or "")[:40])
    except ValueError:
        return None
    if not _FIRST_YEAR <= found.year < _LAST_YEAR:
        return None
    return (found.replace(tzinfo=UTC) if found.tzinfo is None else found).astimezone(UTC)


def share(told: float) -> float | None:
    """How much of a time a service was up, from 0 to 1."""
    return min(1.0, max(0.0, told)) if math.isfinite(told) else None


def latency(told: float | None) -> float | None:
    """Milliseconds; Prometheus is told -1 where there are none."""
    if told is None or not math.isfinite(told) or not 0 <= told <= LATENCY_MOST_MS:
        return None
    return told


def beats(found: Iterable[tuple[str | None, int, float | None]]) -> tuple[Beat, ...]:
    """The latest beats of so many times, states and latencies; of a service that is not up, there is no latency."""
    kept: list[Beat] = []
    for at, told, ping in found:
        known, how = moment(at), state(told)
        if known is not None:
            kept.append(Beat(known, how, latency(ping) if how is State.UP else None))
    return tuple(kept[-BEATS_MOST:])
