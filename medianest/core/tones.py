"""The colour that stands in for a picture until it is there: a hue, in twelfths of the circle in which pages draw.

The circle is that of OKLCH, by https://bottosson.github.io/posts/oklab/; pure.
"""

import math
from collections.abc import Iterable

TONES = 12
_GREY_CHROMA = 0.012
Pixel = tuple[int, int, int]


def tone(pixel: Pixel) -> int | None:
    """The hue of one colour; None for a grey."""
    a, b = _chroma(pixel)
    return _hue(a, b) if math.hypot(a, b) >= _GREY_CHROMA else None


def dominant(pixels: Iterable[Pixel]) -> int | None:
    """The hue that most of a picture has, or that is strongest there; None where there is hardly any colour."""
    weights, number = [0.0] * TONES, 0
    for pixel in pixels:
        a, b = _chroma(pixel)
        weights[_hue(a, b)] += math.hypot(a, b)
        number += 1
    strongest = max(range(TONES), key=weights.__getitem__)
    return strongest if number and weights[strongest] >= _GREY_CHROMA * number else None


def _hue(a: float, b: float) -> int:
    return round(math.atan2(b, a) / math.tau * TONES) % TONES


def _chroma(pixel: Pixel) -> tuple[float, float]:
    red, green, blue = (_linear(value / 255) for value in pixel)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return a, b


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
