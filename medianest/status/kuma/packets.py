"""Engine.IO 4 and Socket.IO 5 packets over a web socket, as far as Uptime Kuma uses them; pure.

By the protocols' own documents (github.com/socketio/engine.io-protocol, v4, and socket.io-protocol, v5): a frame is an
Engine.IO packet, whose first digit is its type; a message of Engine.IO is a Socket.IO packet, again with a digit first,
then an optional namespace, the number of a call, and JSON. Attachments and other namespaces are not used here. The
packet codec of python-socketio brings five packages along for these lines.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from msgspec import Raw, Struct, json

from medianest.status import reading

PATH = "/socket.io/?EIO=4&transport=websocket"
PONG = "3"
CONNECT = "40"
_EVENT = re.compile(r"42(?:/,)?(?:\d{1,9})?(?=\[)")
_ANSWER = re.compile(r"43(?:/,)?(\d{1,9})(?=\[)")


class Kind(StrEnum):
    """What a frame is about."""

    OPENED = "opened"  # the Engine.IO session is there
    PING = "ping"  # it wants a pong
    CONNECTED = "connected"  # the Socket.IO session is there
    EVENT = "event"  # something happened
    ANSWER = "answer"  # to a call of ours
    GOODBYE = "goodbye"  # the session is over
    OTHER = "other"  # nothing that concerns us


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """A frame that was read: an event with its name, or the answer to the call `number`, and what was told."""

    kind: Kind
    name: str = ""
    number: int = 0
    told: Sequence[Raw] = ()


_BY_TYPE = {
    "0": Kind.OPENED,
    "2": Kind.PING,
    "40": Kind.CONNECTED,
    "1": Kind.GOODBYE,
    "41": Kind.GOODBYE,
    "44": Kind.GOODBYE,
}


class _Handshake(Struct, rename="camel"):
    sid: str
    ping_interval: int
    ping_timeout: int


def unpack(frame: str | bytes) -> Packet:
    """What a frame says; one that nobody can read is of no concern."""
    if isinstance(frame, bytes):
        return Packet(kind=Kind.OTHER)
    if frame.startswith("42"):
        return _event(frame)
    if frame.startswith("43"):
        return _answer(frame)
    if frame.startswith("0"):
        return Packet(kind=Kind.OPENED if reading.read(frame[1:], _Handshake) else Kind.OTHER)
    return Packet(kind=_BY_TYPE.get(frame[:2] if frame.startswith("4") else frame[:1], Kind.OTHER))


def call(number: int, name: str, *said: object) -> str:
    """The frame that calls `name` and wants an answer by that number."""
    return f"42{number}{json.encode([name, *said]).decode()}"


def _event(frame: str) -> Packet:
    head = _EVENT.match(frame)
    told = reading.read(frame[head.end() :], list[Raw]) if head else None
    name = reading.read(told[0], str) if told else None
    return Packet(kind=Kind.EVENT, name=name, told=told[1:]) if name and told else Packet(kind=Kind.OTHER)


def _answer(frame: str) -> Packet:
    head = _ANSWER.match(frame)
    told = reading.read(frame[head.end() :], list[Raw]) if head else None
    return (
        Packet(kind=Kind.ANSWER, number=int(head[1]), told=told)
        if head and told is not None
        else Packet(kind=Kind.OTHER)
    )
