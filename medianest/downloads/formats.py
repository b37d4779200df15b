"""What a recipe asks of a site: yt-dlp's words for it, and a guess at the bytes; decisions only."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from medianest.downloads.recipes import AudioFormat, Container, Recipe, VideoCodec

Format = Mapping[str, object]
"""One of the `formats` of yt-dlp's info, sorted from worst to best."""

VIDEO_EXTENSIONS = frozenset({"mp4", "mkv", "webm", "mov", "m4v", "avi", "flv", "3gp", "ts", "mpg", "ogv", "wmv"})
AUDIO_EXTENSIONS = frozenset({"m4a", "mp3", "opus", "ogg", "flac", "wav", "aac", "mka", "wma", "aiff"})
EXTENSIONS = VIDEO_EXTENSIONS | AUDIO_EXTENSIONS
_PROTOCOLS = frozenset({"http", "https", "m3u8", "m3u8_native", "http_dash_segments", "ism"})
_CODEC = MappingProxyType(
    {
        VideoCodec.H264: "^(avc|h264)",
        VideoCodec.H265: "^(hev|hvc|h265)",
        VideoCodec.VP9: "^vp0?9",
        VideoCodec.AV1: "^av0?1",
    }
)
_OF_WEBM = (VideoCodec.AV1, VideoCodec.VP9)
_KBIT_S = MappingProxyType(
    {AudioFormat.MP3: 190, AudioFormat.M4A: 160, AudioFormat.OPUS: 128, AudioFormat.FLAC: 900, AudioFormat.WAV: 1411}
)
_USUAL_SOUND_KBIT_S = 130
_USUAL_SIDE = 1440
_USUAL_PICTURE_KBIT_S = ((360, 700), (480, 1100), (720, 2000), (1080, 4000), (1440, 6500), (1 << 20, 14_000))
_PICTURE_FIRST = ("fps", "hdr:12", "vcodec")
"""yt-dlp's own order of pictures, said again so that a wish for the sound does not come before it."""
_SOUND_OF_FORMAT = MappingProxyType({AudioFormat.M4A: "aac", AudioFormat.OPUS: "opus"})
_SOUND_OF_CONTAINER = MappingProxyType({Container.MP4: "aac", Container.WEBM: "opus"})
_SOUND = MappingProxyType({"aac": "^(mp4a|aac)", "opus": "^opus"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """One combination that would do: a codec of the picture and a language of the sound, each None for any."""

    codec: str | None
    language: str | None


def selector(recipe: Recipe) -> str:
    """yt-dlp's `format`: every wish, the dearest first."""
    return "/".join(_selected(recipe, wish) for wish in _wishes(recipe))


def order(recipe: Recipe) -> list[str]:
    """yt-dlp's `format_sort`: what decides among the formats that fulfil a wish."""
    sound = _sound(recipe)
    size = f"res:{recipe.short_side}" if recipe.short_side and not recipe.audio_only else "res"
    if sound is None:
        return [size] if ":" in size else []
    return [size, *_PICTURE_FIRST, f"acodec:{sound}"]


def fetchable(formats: Iterable[Format]) -> list[Format]:
    """The formats that are fetched by yt-dlp itself over HTTP, and that are video or sound."""
    return [one for one in formats if one.get("protocol") in _PROTOCOLS and one.get("ext") in EXTENSIONS]


def estimated_bytes(recipe: Recipe, formats: Iterable[Format], duration_s: float | None) -> int | None:
    """About how large the finished file will be; None where the site, or a raw option, leaves that open."""
    if "format" in recipe.options or "format_sort" in recipe.options:
        return None
    if recipe.audio_only and recipe.audio_format in _KBIT_S and duration_s:
        return round(duration_s * (recipe.audio_kbit_s or _KBIT_S[recipe.audio_format]) * 1000 / 8)
    offered = fetchable(formats)
    choices = (_choice(recipe, wish, offered) for wish in _wishes(recipe))
    sizes = [_bytes(one, duration_s) for one in next(filter(None, choices), [])]
    known = [size for size in sizes if size]
    return sum(known) if known and len(known) == len(sizes) else None


def typical_bytes(recipe: Recipe, duration_s: float) -> int | None:
    """About how large so many seconds usually are, where nothing is known of the formats."""
    if "format" in recipe.options or "format_sort" in recipe.options:
        return None
    sound = recipe.audio_kbit_s or _KBIT_S.get(recipe.audio_format, _USUAL_SOUND_KBIT_S)
    picture = next(rate for side, rate in _USUAL_PICTURE_KBIT_S if (recipe.short_side or _USUAL_SIDE) <= side)
    return round(duration_s * (sound if recipe.audio_only else picture) * 1000 / 8)


def _wishes(recipe: Recipe) -> Iterator[_Wish]:
    codecs = recipe.video_codecs or (_OF_WEBM if recipe.container is Container.WEBM else ())
    wanted = [] if recipe.audio_only else [_CODEC[codec] for codec in codecs]
    for language in (*recipe.audio_languages, None):
        for codec in (*wanted, None):
            yield _Wish(codec=codec, language=language and f"^{language}(-|$)")


def _selected(recipe: Recipe, wish: _Wish) -> str:
    codec = f"[vcodec~='{wish.codec}']" if wish.codec else ""
    language = f"[language~='{wish.language}']" if wish.language else ""
    if recipe.audio_only:
        return f"ba{language}/b{language}"
    picture = "bv" if language else "bv*"
    return f"{picture}{codec}+ba{language}/b{codec}{language}"


def _choice(recipe: Recipe, wish: _Wish, formats: list[Format]) -> list[Format]:
    """What yt-dlp will most likely choose for a wish; empty where it is not to be had."""
    sounds = [one for one in formats if _is_sound(one) and _speaks(one, wish)]
    pictures = [one for one in formats if not _is_sound(one) and _is_coded(one, wish)]
    speaking = [one for one in pictures if _has_sound(one) and _speaks(one, wish)]
    sound = _best(sounds, recipe, _sound_rank)
    if recipe.audio_only:
        return sound or _best(speaking if wish.language else pictures, recipe, _picture_rank)
    if not wish.language:
        picture = _best(pictures, recipe, _picture_rank)
        return picture if any(map(_has_sound, picture)) else picture + (sound if picture or not wish.codec else [])
    picture = _best([one for one in pictures if one.get("acodec") == "none"], recipe, _picture_rank)
    return picture + sound if picture and sound else _best(speaking, recipe, _picture_rank)


def _best(formats: list[Format], recipe: Recipe, rank: Callable[[Recipe, Format], tuple[int, ...]]) -> list[Format]:
    return sorted(formats, key=lambda one: rank(recipe, one))[-1:]


def _sound_rank(recipe: Recipe, one: Format) -> tuple[int, ...]:
    wanted = _sound(recipe)
    return (wanted is not None and _matches(one, "acodec", _SOUND[wanted]),)


def _picture_rank(recipe: Recipe, one: Format) -> tuple[int, ...]:
    if recipe.short_side is None:
        return (0,)
    sides = [side for key in ("width", "height") if isinstance(side := one.get(key), int | float)]
    short = round(min(sides, default=0))
    fits = short <= recipe.short_side
    return fits, short if fits else -short


def _sound(recipe: Recipe) -> str | None:
    """The codec of sound that is taken before others, because it need not be converted or plays in more places."""
    if recipe.audio_only:
        return _SOUND_OF_FORMAT.get(recipe.audio_format)
    return "aac" if recipe.plays_anywhere else _SOUND_OF_CONTAINER.get(recipe.container)


def _is_sound(one: Format) -> bool:
    return one.get("vcodec") == "none" and one.get("acodec") != "none"


def _has_sound(one: Format) -> bool:
    return one.get("acodec") != "none"


def _is_coded(one: Format, wish: _Wish) -> bool:
    return wish.codec is None or _matches(one, "vcodec", wish.codec)


def _speaks(one: Format, wish: _Wish) -> bool:
    return wish.language is None or _matches(one, "language", wish.language)


def _matches(one: Format, key: str, pattern: str) -> bool:
    return re.match(pattern, str(one.get(key))) is not None


def _bytes(one: Format, duration_s: float | None) -> int | None:
    for key in ("filesize", "filesize_approx"):
        if isinstance(size := one.get(key), int | float) and size > 0:
            return round(size)
    if isinstance(kilobits := one.get("tbr"), int | float) and duration_s:
        return round(kilobits * 1000 / 8 * duration_s)
    return None
