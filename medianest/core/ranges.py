"""Byte ranges of a file (RFC 9110, section 14): what a player asks for when it seeks, a browser when it goes on."""

import re
from dataclasses import dataclass

from medianest.core.errors import Invalid
from medianest.core.i18n import msg

_ONE_RANGE = re.compile(r"bytes=[ \t]*([0-9]{0,19})-([0-9]{0,19})[ \t]*", re.IGNORECASE)


class Unsatisfiable(Invalid):
    """A range that begins where the file has ended already."""

    default_code = "range_not_satisfiable"


@dataclass(frozen=True, slots=True)
class ByteRange:
    """A part of a file of `size` bytes, from the byte `start` up to and with the byte `last`."""

    start: int
    last: int
    size: int

    @property
    def length(self) -> int:
        return self.last - self.start + 1

    @property
    def content_range(self) -> str:
        return f"bytes {self.start}-{self.last}/{self.size}"


def parse_range(header: str | None, size: int) -> ByteRange | None:
    """The one range that a header asks for; None if the whole file is the answer.

    Several ranges, other units and what cannot be read are ignored, as the RFC allows. Raises Unsatisfiable.
    """
    found = _ONE_RANGE.fullmatch(header) if header and len(header) < 100 else None
    if not found or found.group(1, 2) == ("", ""):
        return None
    first, last = found[1], found[2]
    if not first:
        start, end = max(0, size - int(last)), size - 1
        satisfiable = int(last) > 0 and size > 0
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
        if last and int(last) < start:
            return None
        satisfiable = start < size
    if not satisfiable:
        raise Unsatisfiable(msg("files.range"), facts={"size": size})
    return ByteRange(start, end, size)
