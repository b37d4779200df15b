"""Real pictures, made by ffmpeg at the size that is asked for and kept."""

import subprocess
from functools import cache

from tests.fakes.media_site.recipes import ffmpeg

POSTER = (400, 600)
BACKGROUND = (640, 360)
_CODECS = {"jpg": "mjpeg", "png": "png"}
TYPES = {"jpg": "image/jpeg", "png": "image/png"}


@cache
def picture(size: tuple[int, int], form: str, number: int) -> bytes:
    """A picture of one of the colours, by `number`."""
    width, height = size
    colour = f"0x{(number * 2_654_435_761) & 0xFFFFFF:06x}"
    source = f"color={colour}:s={width}x{height},format=rgb24"
    command = [ffmpeg(), "-v", "error", "-nostdin", "-f", "lavfi", "-i", source]
    command += ["-frames:v", "1", "-c:v", _CODECS[form], "-f", "image2pipe", "-"]
    return subprocess.run(command, check=True, capture_output=True, timeout=30).stdout


def fitted(size: tuple[int, int], box: tuple[int, int], *, fills: bool, upscales: bool) -> tuple[int, int]:
    """The size within the box; `fills` lets one side go over it, and nothing grows unless `upscales`."""
    factors = (box[0] / size[0], box[1] / size[1])
    factor = max(factors) if fills else min(factors)
    if not upscales:
        factor = min(1.0, factor)
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))
