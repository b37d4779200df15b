"""How the portal and the child that draws speak: what goes before a picture, each way."""

import struct

REQUEST = struct.Struct("!HHI")
"""The width and height of the box, and how many bytes of picture follow."""
ANSWER = struct.Struct("!I")
"""How many bytes follow: the picture's tone, or `NO_TONE`, and it as WebP; 0 where it could not be drawn."""
NO_TONE = 255
ANSWER_MOST = 4 * 1024 * 1024


def is_whole(webp: bytes) -> bool:
    """Whether it is a WebP file of the length that it says it has."""
    return webp[:4] == b"RIFF" and webp[8:12] == b"WEBP" and int.from_bytes(webp[4:8], "little") + 8 == len(webp)
