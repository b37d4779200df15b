"""The `@...` segments at the head of a path: under which conditions the rest of it is answered."""

import dataclasses
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

ALWAYS = 10**9


def _times(text: str) -> int:
    return ALWAYS if text == "always" else int(text)


def _flag(_: str) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """How an answer is given; the package's docstring says what each word does."""

    key: str | None = None
    slow: float | None = None
    wait: float | None = None
    hold: int | None = None
    cut: bool = False
    fail: int | None = None
    times: int = ALWAYS
    after: int = 0
    retry_after: str | None = None
    noranges: bool = False
    length: int | None = None
    nolength: bool = False
    type: str | None = None
    name: str | None = None
    cookie: str | None = None

    def for_request(self, number: int) -> Self:
        """The conditions of the request `number` (from 0) for a path: troubles hold for a window of requests only."""
        if self.after <= number < self.after + self.times:
            return self
        return dataclasses.replace(self, fail=None, cut=False, hold=None, wait=None)

    def with_(self, other: Self) -> Self:
        """These conditions, overruled by whatever `other` says."""
        fields = dataclasses.fields(other)
        said = {field.name: getattr(other, field.name) for field in fields}
        return dataclasses.replace(
            self, **{field.name: said[field.name] for field in fields if said[field.name] != field.default}
        )


_READ: dict[str, Callable[[str], Any]] = {
    "key": str,
    "slow": float,
    "wait": float,
    "hold": int,
    "cut": _flag,
    "fail": int,
    "times": _times,
    "after": int,
    "retry_after": str,
    "noranges": _flag,
    "length": int,
    "nolength": _flag,
    "type": str,
    "name": str,
    "cookie": str,
}


def parse(path: str) -> tuple[Conditions, str]:
    """Split a path into its conditions and the path that they are about; an unknown word is a `ValueError`."""
    said: dict[str, Any] = {}
    rest = path
    while rest.startswith("/@"):
        segment, slash, tail = rest[2:].partition("/")
        word, _, text = segment.partition("=")
        if word not in _READ:
            raise ValueError(f"no such condition: {word}")
        said[word] = _READ[word](urllib.parse.unquote(text))
        rest = slash + tail
    return Conditions(**said), rest or "/"


def write(**conditions: object) -> str:
    """The segments that say `conditions`: the inverse of `parse`. False and None say nothing."""
    if unknown := conditions.keys() - _READ.keys():
        raise ValueError(f"no such condition: {', '.join(sorted(unknown))}")
    said = {word: value for word, value in conditions.items() if value is not None and value is not False}
    return "".join(
        f"/@{word}" if value is True else f"/@{word}={urllib.parse.quote(str(value), safe='')}"
        for word, value in said.items()
    )
