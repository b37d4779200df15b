"""The program that draws: it waits, and for each picture makes a copy of itself behind walls that draws that one.

The copy dies with its picture, so that one that breaks its decoder cannot touch the next; what waits has all that
drawing needs in memory, so that a copy costs a millisecond and not a start of Python. Over its standard input and
output: `REQUEST` and the picture, then `ANSWER` and what was drawn, nothing where that could not be.
"""

import os

from medianest.pictures import drawing
from medianest.pictures.walls import Walls
from medianest.pictures.wire import ANSWER, ANSWER_MOST, REQUEST

_PIECE = 1 << 16
_NICE = 5


def main() -> None:
    """Until nobody says anything any more."""
    drawing.prepare()
    walls = Walls()
    os.nice(_NICE)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    while head := _read(REQUEST.size):
        width, height, size = REQUEST.unpack(head)
        drawn = _drawn_by_copy(walls, _read(size), (width, height))
        _write(1, ANSWER.pack(len(drawn)) + drawn)


def _drawn_by_copy(walls: Walls, data: bytes, box: tuple[int, int]) -> bytes:
    """What the copy drew; nothing if it refused or died."""
    reading, writing = os.pipe()
    copy = os.fork()
    if copy == 0:
        _draw_and_end(walls, data, box, writing)
    os.close(writing)
    drawn = bytearray()
    while len(drawn) <= ANSWER_MOST and (piece := os.read(reading, _PIECE)):
        drawn += piece
    os.close(reading)
    _, status = os.waitpid(copy, 0)
    return bytes(drawn) if status == 0 and len(drawn) <= ANSWER_MOST else b""


def _draw_and_end(walls: Walls, data: bytes, box: tuple[int, int], writing: int) -> None:
    code = 1
    try:
        walls.close(keep=writing)
        _write(writing, drawing.draw(data, box))
        code = 0
    finally:
        os._exit(code)


def _read(size: int) -> bytes:
    """So many bytes; none at the end of the input."""
    parts = bytearray()
    while len(parts) < size:
        piece = os.read(0, size - len(parts))
        if not piece:
            return b""
        parts += piece
    return bytes(parts)


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
