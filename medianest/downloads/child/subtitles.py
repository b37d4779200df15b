"""Which of a site's subtitles a recipe takes: people's own before automatic ones, never translations by a machine."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

ORIGINAL = "original"
KINDS = ("vtt", "srt", "ass")
"""What ffmpeg reads, the first before the next."""
LANGUAGES_MOST = 300
TEXT_MOST = 200_000
_KEPT = ("url", "data", "ext", "protocol", "http_headers")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_AS_SPOKEN = "-orig"


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One subtitle of a site; `entry` is what yt-dlp knows of it."""

    language: str
    entry: Mapping[str, Any]


def reduced(info: Mapping[str, Any]) -> dict[str, Any]:
    """yt-dlp's own fields with only what may be taken: one kind of each, and automatic ones as they were spoken."""
    spoken = _base(info.get("language"))
    automatic = {
        language: entries
        for language, entries in _entries(info, "automatic_captions")
        if language.endswith(_AS_SPOKEN) or language == spoken
    }
    return {
        "subtitles": {language: [entry] for language, entry in _entries(info, "subtitles")},
        "automatic_captions": {language: [entry] for language, entry in automatic.items()},
    }


def chosen(info: Mapping[str, Any], languages: Sequence[str]) -> tuple[list[Track], list[str]]:
    """The tracks of these languages, each once, and the languages that are not to be had."""
    taken: dict[str, Track] = {}
    missing: list[str] = []
    for language in languages:
        found = _original(info) if language == ORIGINAL else _of_language(info, language)
        if found:
            taken.setdefault(found.language, found)
        elif language != ORIGINAL:
            missing.append(language)
    return list(taken.values()), missing


def _original(info: Mapping[str, Any]) -> Track | None:
    """In the language that is spoken, as far as the site says it; what is alone is that."""
    spoken = info.get("language")
    as_spoken = next((language for language, _ in _entries(info, "automatic_captions")), None)
    if language := spoken or (as_spoken and as_spoken.removesuffix(_AS_SPOKEN)):
        return _of_language(info, language)
    own = dict(_entries(info, "subtitles"))
    return _of_language(info, next(iter(own))) if len(own) == 1 else None


def _of_language(info: Mapping[str, Any], language: str) -> Track | None:
    for key in ("subtitles", "automatic_captions"):
        offered = {name.removesuffix(_AS_SPOKEN): entry for name, entry in _entries(info, key)}
        if name := _nearest(language, offered):
            return Track(language=name, entry=offered[name])
    return None


def _nearest(language: str, offered: Iterable[str]) -> str | None:
    """The language itself, else a kind of it: `en-GB` where `en` is asked for, and the other way round."""
    fitting = [name for name in offered if _LANGUAGE.fullmatch(name)]
    exact = (name for name in fitting if name.lower() == language.lower())
    alike = (name for name in fitting if _base(name) == _base(language))
    return next(exact, None) or next(alike, None)


def _entries(info: Mapping[str, Any], key: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each language with the best kind of its subtitles."""
    offered = info.get(key)
    for language, entries in islice(offered.items() if isinstance(offered, dict) else (), LANGUAGES_MOST):
        readable = [entry for entry in entries if _is_readable(entry)] if isinstance(entries, list) else []
        if readable:
            best = min(readable, key=lambda entry: KINDS.index(entry["ext"]))
            yield language, {key: best[key] for key in _KEPT if key in best}


def _is_readable(entry: object) -> bool:
    if not isinstance(entry, dict) or entry.get("ext") not in KINDS:
        return False
    return len(str(entry.get("data") or entry.get("url"))) <= TEXT_MOST


def _base(language: object) -> str:
    return str(language or "").partition("-")[0].lower()
