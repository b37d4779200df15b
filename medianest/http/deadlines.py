"""How long the other side of a connection may take; uvicorn leaves that to a proxy, which a household may not have."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """In seconds; who is slow in anything but reading is gone after fifteen of them.

    A request's `head` has so long altogether, its `body` for each 64 KiB, and `rest` is for what is left of a body that
    nobody wanted. `idle` is the pause between two requests. A `reader` who takes nothing of what they asked for is left
    late, for a film that is paused looks like that.
    """

    head_s: float = 10.0
    body_s: float = 10.0
    rest_s: float = 5.0
    idle_s: float = 14.0
    reader_s: float = 120.0
