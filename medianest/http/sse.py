"""The wire form of server-sent events (HTML Standard, section 9.2)."""

import re

PING = b": ping\n\n"
_LINE_END = re.compile(r"\r\n|\r|\n")


def message(data: str, *, event: str | None = None, id: int | None = None) -> bytes:
    """One message; without `event` it is what a page's stream swaps in."""
    lines = [f"data: {line}" for line in _LINE_END.split(data)]
    if id is not None:
        lines.insert(0, f"id: {id}")
    if event is not None:
        lines.insert(0, f"event: {event}")
    return ("\n".join(lines) + "\n\n").encode()
