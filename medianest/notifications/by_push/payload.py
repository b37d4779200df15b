"""What a browser is told, as JSON that fits one message: texts are cut for that, nothing else is."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from medianest.core.i18n import direction
from medianest.notifications.types import Outgoing

_TITLE_MOST = 400
_CUT = "…"


class ActPayload(msgspec.Struct, frozen=True, kw_only=True):
    """A button under the message."""

    label: str
    url: str


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """What the worker of the page shows: `at` in milliseconds since 1970, `unread` for the number on the icon."""

    key: str
    title: str
    body: str
    path: str
    tag: str
    unread: int
    at: int
    lang: str
    dir: str
    acts: Sequence[ActPayload]


def payload(message: Outgoing, *, most: int) -> bytes:
    """At most so many bytes; the title stays longest."""
    told = Payload(
        key=message.key,
        title=_cut(message.title, _TITLE_MOST),
        body=message.body,
        path=message.path,
        tag=message.tag,
        unread=message.unread,
        at=int(message.at.timestamp() * 1000),
        lang=message.language,
        dir=direction(message.language),
        acts=[ActPayload(label=act.label, url=act.url) for act in message.acts],
    )
    without = msgspec.structs.replace(told, body="")
    room = most - len(msgspec.json.encode(without))
    if room < 0 and told.acts:
        return payload(replace(message, acts=()), most=most)
    return msgspec.json.encode(msgspec.structs.replace(told, body=_cut(told.body, max(0, room))))


def _cut(text: str, most: int) -> str:
    """The beginning of a text that takes at most so many bytes in JSON, which writes some characters as several."""
    if _size(text) <= most:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _size(text[:middle]) + len(_CUT.encode()) <= most else (low, middle - 1)
    return text[:low].rstrip() + _CUT if low else ""


def _size(text: str) -> int:
    return len(msgspec.json.encode(text)) - 2
