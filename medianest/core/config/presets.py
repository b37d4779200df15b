"""Presets of a household's own, as tables of the section of downloads."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from medianest.core.config import path_templates, values
from medianest.core.config.found import Name
from medianest.core.config.path_templates import NoTemplate
from medianest.core.config.problems import nearest
from medianest.core.config.section import Section
from medianest.core.config.ytdlp_options import YtdlpOptions
from medianest.core.i18n import Message, msg

BUILT_IN = ("best", "1080p", "720p", "phone", "audio-mp3", "audio-original")
PRESETS_MOST = 50
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*")


def preset_name(value: object) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise values.refuse("config.want_preset_name")
    return value


def language(value: object) -> str:
    written = values.text(value)
    if not _LANGUAGE.fullmatch(written):
        raise values.refuse("config.want_language")
    return written


def path_template(value: object) -> str:
    written = values.text(value)
    try:
        path_templates.parse(written)
    except NoTemplate as wrong:
        raise values.refuse(f"config.template_{wrong.reason}", what=wrong.what) from None
    return written


def subtitle_language(value: object) -> str:
    return "original" if value == "original" else language(value)


PresetName: TypeAlias = Annotated[str, BeforeValidator(preset_name)]
Languages: TypeAlias = Annotated[tuple[str, ...], BeforeValidator(values.each(language))]
_Place: TypeAlias = Literal["off", "embed", "file", "both"]
_Codec: TypeAlias = Literal["h264", "h265", "vp9", "av1"]


class PresetDefaults(Section):
    """What a preset may say; what it leaves out is said by the one that it is based on, else by the defaults."""

    short_side: Annotated[int, Field(ge=100, le=8640)] | None = None
    video_codecs: Annotated[tuple[_Codec, ...], BeforeValidator(values.each(values.text))] | None = None
    container: Literal["auto", "mp4", "mkv", "webm"] | None = None
    audio_format: Literal["original", "mp3", "m4a", "opus", "flac", "wav"] | None = None
    audio_kbit_s: Annotated[int, Field(ge=8, le=512)] | None = None
    audio_languages: Languages | None = None
    metadata: bool | None = None
    thumbnail: _Place | None = None
    subtitles: Annotated[tuple[str, ...], BeforeValidator(values.each(subtitle_language))] | None = None
    subtitles_as: _Place | None = None
    chapters: bool | None = None
    template: Annotated[str, BeforeValidator(path_template)] | None = None
    nfo: Literal["off", "movie", "episode", "musicvideo"] | None = None
    ytdlp_options: YtdlpOptions | None = None


class PresetSettings(PresetDefaults):
    """One preset; under the name of a built-in one it changes that."""

    label: values.Title | None = None
    based_on: PresetName | None = None
    roles: values.Roles | None = None
    audio_only: bool | None = None
    plays_anywhere: bool | None = None


Presets: TypeAlias = Annotated[dict[PresetName, PresetSettings], Field(max_length=PRESETS_MOST)]


def contradictions(presets: Mapping[str, PresetSettings], default: str) -> Iterator[tuple[Name, Message]]:
    """Names that lead to no preset, and presets that are based on themselves."""
    known = [*BUILT_IN, *(name for name in presets if name not in BUILT_IN)]
    if default not in known:
        yield ("downloads", "default_preset"), _unknown(default, known)
    for name, preset in presets.items():
        place = ("downloads", "presets", name, "based_on")
        if preset.based_on and preset.based_on not in known:
            yield place, _unknown(preset.based_on, known)
        elif _is_circular(presets, name):
            yield place, msg("config.preset_circle")


def _is_circular(presets: Mapping[str, PresetSettings], name: str) -> bool:
    seen, here = {name}, presets[name].based_on
    while here and here in presets and here not in seen:
        seen.add(here)
        here = presets[here].based_on
    return here == name


def _unknown(name: str, known: list[str]) -> Message:
    return msg("config.unknown_preset", nearest=nearest(name, known), choices=", ".join(known))
