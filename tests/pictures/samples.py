"""Pictures of every kind, and what only looks like one."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

POSTER = (1000, 1500)


def picture(kind: str, size: tuple[int, int] = POSTER, *, mode: str = "RGB", **more: Any) -> bytes:
    """A picture with something to see in it: a gradient."""
    image = Image.linear_gradient("L").resize(size).convert(mode)
    return encoded(image, kind, **more)


def encoded(image: Image.Image, kind: str, **more: Any) -> bytes:
    target = BytesIO()
    image.save(target, kind, **more)
    return target.getvalue()


def frames(kind: str, count: int) -> bytes:
    """An animation."""
    images = [Image.new("RGB", (64, 64), (number % 256, 0, 0)) for number in range(count)]
    target = BytesIO()
    images[0].save(target, kind, save_all=True, append_images=images[1:], duration=20)
    return target.getvalue()


def empty_png(width: int, height: int) -> bytes:
    """A PNG of that size, all of it black, in next to no bytes."""
    rows = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    data = b"".join(rows.compress(row) for _ in range(height)) + rows.flush()
    head = struct.pack("!IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))


def seen(webp: bytes) -> Image.Image:
    """What a browser makes of it."""
    image = Image.open(BytesIO(webp))
    assert image.format == "WEBP"
    image.load()
    return image
