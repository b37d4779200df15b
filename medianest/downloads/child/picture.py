"""The small picture of a download: the site's, or a frame of the file itself, and its colour."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from medianest.core.tones import tone
from medianest.downloads.child.ffmpeg import Ffmpeg, FfmpegError
from medianest.downloads.protocol import Pictured

COVER = "cover.jpg"
BYTES_MOST = 5 * 1024 * 1024
_WIDTH = 640
_PIXELS_MOST = 50_000_000
_TIMEOUT_S = 20.0
_FRAME_AT = 0.1
_SIZED = f"scale='trunc(min({_WIDTH},iw)/2)*2':-2"


def candidates(info: Mapping[str, Any]) -> list[str]:
    """The addresses to try: the smallest picture that is wide enough, then the one that the site prefers."""
    offered = [one for one in info.get("thumbnails") or () if isinstance(one, dict) and _is_web(one.get("url"))]
    wide = [one for one in offered if isinstance(one.get("width"), int) and one["width"] >= _WIDTH]
    first = min(wide, key=lambda one: one["width"])["url"] if wide else None
    last = offered[-1]["url"] if offered else info.get("thumbnail")
    return list(dict.fromkeys(str(url) for url in (first, last) if _is_web(url)))


def kind(data: bytes) -> str | None:
    """What an image is by its first bytes, whatever its site calls it; None for all that is not shown."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return "avif" if data[4:12] in {b"ftypavif", b"ftypavis"} else None


def of_site(ffmpeg: Ffmpeg, folder: Path, urls: Iterable[str], fetch: Callable[[str], bytes | None]) -> Pictured | None:
    """The first of the site's pictures that can be fetched and drawn."""
    for url in urls:
        data = fetch(url)
        suffix = kind(data) if data else None
        if not data or not suffix or len(data) > BYTES_MOST:
            continue
        source = folder / f"thumbnail.{suffix}"
        source.write_bytes(data)
        try:
            return _draw(ffmpeg, folder, source)
        except FfmpegError:
            continue
        finally:
            source.unlink()
    return None


def of_file(ffmpeg: Ffmpeg, folder: Path, file: Path, duration_s: float | None) -> Pictured | None:
    """A frame of a video; None where there is none."""
    try:
        return _draw(ffmpeg, folder, file, at_s=(duration_s or 0) * _FRAME_AT)
    except FfmpegError:
        return None


def _draw(ffmpeg: Ffmpeg, folder: Path, source: Path, *, at_s: float = 0.0) -> Pictured:
    """Write picture, cover and colour in one run. An ffmpeg without WebP writes the picture as JPEG."""
    dot, cover = folder / "tone.rgb", folder / COVER
    small = ["-frames:v", "1", "-update", "1", "-vf", _SIZED]
    rest = [*small, "-q:v", "4", "-f", "image2", "-c:v", "mjpeg", "-y", f"file:{cover}"]
    rest += ["-frames:v", "1", "-vf", "scale=1:1:flags=area,format=rgb24", "-f", "rawvideo", "-y", f"file:{dot}"]
    for name, encoder in (("picture.webp", ("-c:v", "libwebp", "-quality", "80")), ("picture.jpg", ("-c:v", "mjpeg"))):
        outputs = [*small, *encoder, "-f", "image2", "-y", f"file:{folder / name}", *rest]
        try:
            ffmpeg.still(source, outputs, timeout_s=_TIMEOUT_S, max_pixels=_PIXELS_MOST, at_s=at_s)
        except FfmpegError as error:
            (folder / name).unlink(missing_ok=True)
            if "encoder" in str(error).lower():
                continue
            raise
        pixel = dot.read_bytes()
        dot.unlink()
        colour = tone((pixel[0], pixel[1], pixel[2])) if len(pixel) >= len("rgb") else None
        return Pictured(file=name, tone=colour)
    raise FfmpegError("no encoder for pictures")


def _is_web(url: object) -> bool:
    return isinstance(url, str) and url.startswith(("http://", "https://"))
