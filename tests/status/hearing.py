"""A board of frames, as the live way makes it of them."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from medianest.status.arrival import Arrival
from medianest.status.board import EMPTY, Board, apply
from medianest.status.kuma import frames, packets
from medianest.status.types import Message


def heard(frame: str | bytes) -> Message | None:
    """What a frame means for the board."""
    packet = packets.unpack(frame)
    return frames.message(packet.name, packet.told)


def board_of(written: Iterable[str | bytes], board: Board = EMPTY) -> Board:
    for frame in written:
        if (message := heard(frame)) is not None:
            board = apply(board, message)
    return board


def framed(event: Sequence[Any]) -> str:
    return "42" + json.dumps(event)


def is_whole_after(events: Iterable[Sequence[Any]]) -> list[bool]:
    """After each event that means something, whether all that follows a login has come."""
    arrival, found = Arrival(), []
    for event in events:
        if (message := heard(framed(event))) is not None:
            arrival.hear(message)
            found.append(arrival.is_whole)
    return found
