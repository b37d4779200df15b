"""What each preset asks of a site: a fixed map from our enum to yt-dlp's words, and a guess at the bytes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from medianest.downloads.types import Preset

Format = Mapping[str, object]
"""One of the `formats` of yt-dlp's info, sorted from worst to best."""

VIDEO_EXTENSIONS = frozenset({"mp4", "mkv", "webm", "mov", "m4v", "avi", "flv", "3gp", "ts", "mpg", "ogv", "wmv"})
AUDIO_EXTENSIONS = frozenset({"m4a", "mp3", "opus", "ogg", "flac", "wav", "aac", "mka", "wma", "aiff"})
EXTENSIONS = VIDEO_EXTENSIONS | AUDIO_EXTENSIONS
_PROTOCOLS = frozenset({"http", "https", "m3u8", "m3u8_native", "http_dash_segments", "ism"})
_MP3_BITS_PER_S = 190_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """`selector` and `sort` are yt-dlp's format and format_sort; the rest says the same to `estimated_bytes`."""

    selector: str = "bv*+ba/b"
    sort: tuple[str, ...] = ()
    short_side: int | None = None
    wants_video: bool = True
    wants_phone_codecs: bool = False


RECIPES: Mapping[Preset, Recipe] = MappingProxyType(
    {
        Preset.BEST: Recipe(),
        Preset.P1080: Recipe(sort=("res:1080",), short_side=1080),
        Preset.P720: Recipe(sort=("res:720",), short_side=720),
        Preset.PHONE: Recipe(sort=("vcodec:h264", "res:720", "acodec:aac"), short_side=720, wants_phone_codecs=True),
        Preset.AUDIO_MP3: Recipe(selector="ba/b", wants_video=False),
        Preset.AUDIO_ORIGINAL: Recipe(selector="ba/b", wants_video=False),
    }
)


def fetchable(formats: Iterable[Format]) -> list[Format]:
    """The formats that are fetched by yt-dlp itself over HTTP, and that are video or sound."""
    return [one for one in formats if one.get("protocol") in _PROTOCOLS and one.get("ext") in EXTENSIONS]


def estimated_bytes(preset: Preset, formats: Iterable[Format], duration_s: float | None) -> int | None:
    """About how large the finished file will be; None where the site does not say enough."""
    if preset is Preset.AUDIO_MP3 and duration_s:
        return round(duration_s * _MP3_BITS_PER_S / 8)
    sizes = [_bytes(one, duration_s) for one in _choice(RECIPES[preset], fetchable(formats))]
    known = [size for size in sizes if size]
    return sum(known) if known and len(known) == len(sizes) else None


def _choice(recipe: Recipe, formats: list[Format]) -> list[Format]:
    """What yt-dlp will most likely choose: its own order, then ours."""
    sounds = _best([one for one in formats if _is_sound(one)], recipe, _sound_rank)
    pictures = _best([one for one in formats if not _is_sound(one)], recipe, _picture_rank)
    if not recipe.wants_video:
        return sounds or pictures
    return pictures if any(one.get("acodec") != "none" for one in pictures) else pictures + sounds


def _best(formats: list[Format], recipe: Recipe, rank: Callable[[Recipe, Format], tuple[int, ...]]) -> list[Format]:
    return sorted(formats, key=lambda one: rank(recipe, one))[-1:]


def _sound_rank(recipe: Recipe, one: Format) -> tuple[int, ...]:
    return (recipe.wants_phone_codecs and _is_aac(one),)


def _picture_rank(recipe: Recipe, one: Format) -> tuple[int, ...]:
    if recipe.short_side is None:
        return (0,)
    sides = [side for key in ("width", "height") if isinstance(side := one.get(key), int | float)]
    short = round(min(sides, default=0))
    fits = short <= recipe.short_side
    return recipe.wants_phone_codecs and _is_h264(one), fits, short if fits else -short


def _is_sound(one: Format) -> bool:
    return one.get("vcodec") == "none" and one.get("acodec") != "none"


def _is_h264(one: Format) -> bool:
    return str(one.get("vcodec")).startswith(("avc", "h264"))


def _is_aac(one: Format) -> bool:
    return str(one.get("acodec")).startswith(("mp4a", "aac"))


def _bytes(one: Format, duration_s: float | None) -> int | None:
    for key in ("filesize", "filesize_approx"):
        if isinstance(size := one.get(key), int | float) and size > 0:
            return round(size)
    if isinstance(kilobits := one.get("tbr"), int | float) and duration_s:
        return round(kilobits * 1000 / 8 * duration_s)
    return None
