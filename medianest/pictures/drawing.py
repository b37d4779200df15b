"""A picture of any size, drawn into a box and written as WebP without what else it carried. Runs in the child."""

from io import BytesIO

from PIL import AvifImagePlugin, Image, WebPImagePlugin
from PIL.Image import Resampling, Transpose

from medianest.core import tones
from medianest.pictures.wire import NO_TONE

KINDS = ("JPEG", "PNG", "WEBP", "GIF", *(("AVIF",) if AvifImagePlugin.SUPPORTED else ()))
PIXELS_MOST = 25_000_000
_QUALITY = 80
_EFFORT = 4
_LOOKED_AT = (16, 16)
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""How a camera was held (Exif 2.3, 4.6.4), and what undoes it; from 5 on it lay on its side."""


class NotDrawn(Exception):
    """It is none of the kinds, broken, or larger than what is drawn."""


def prepare() -> None:
    """Load everything that drawing needs, by drawing one of each: later nothing can be loaded any more."""
    Image.MAX_IMAGE_PIXELS = PIXELS_MOST
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    assert WebPImagePlugin.SUPPORTED
    exif = Image.Exif()
    exif[_ORIENTATION] = 6
    for kind in KINDS:
        sample = BytesIO()
        Image.new("RGB", (16, 16)).save(sample, kind, exif=exif.tobytes())
        draw(sample.getvalue(), (8, 8))


def draw(data: bytes, box: tuple[int, int]) -> bytes:
    """Its tone and the first frame, as large as it fits into the box and never larger than it is. Raises NotDrawn."""
    try:
        with Image.open(BytesIO(data), formats=KINDS) as image:
            if image.width * image.height > PIXELS_MOST:
                raise NotDrawn("pixels")
            fitted = _fitted(image, box)
            return bytes([_tone(fitted)]) + _written(fitted)
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError) as error:
        raise NotDrawn(str(error)) from error


def _fitted(image: Image.Image, box: tuple[int, int]) -> Image.Image:
    """Shrunk while it is read, where its kind allows, and turned upright afterwards, when it is small."""
    orientation = image.getexif().get(_ORIENTATION, 1)
    small: Image.Image = image
    if image.mode not in ("RGB", "RGBA", "L", "LA", "CMYK", "YCbCr"):
        small = image.convert("RGBA" if image.has_transparency_data else "RGB")
    small.thumbnail((box[1], box[0]) if orientation in (5, 6, 7, 8) else box, Resampling.LANCZOS)
    return small.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else small


def _tone(image: Image.Image) -> int:
    few = image.convert("RGB").resize(_LOOKED_AT, Resampling.BOX).tobytes()
    tone = tones.dominant(zip(few[0::3], few[1::3], few[2::3], strict=True))
    return NO_TONE if tone is None else tone


def _written(image: Image.Image) -> bytes:
    plain = image.convert("RGBA" if image.has_transparency_data else "RGB")
    target = BytesIO()
    plain.save(target, "WEBP", quality=_QUALITY, method=_EFFORT)
    return target.getvalue()
