"""The presets by their names, the built-in ones and the household's own: what each asks for, and who is offered it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import msgspec

from medianest.core.actor import Actor
from medianest.core.config import DownloadsSettings, PresetSettings, path_templates
from medianest.core.config.path_templates import Component
from medianest.core.errors import FieldError, Invalid
from medianest.core.i18n import msg
from medianest.downloads.formats import AUDIO_EXTENSIONS
from medianest.downloads.recipes import Option, Recipe
from medianest.downloads.types import Download, Preset

_BUILT_IN: Mapping[str, PresetSettings] = MappingProxyType(
    {
        Preset.BEST.value: PresetSettings(),
        Preset.P1080.value: PresetSettings(short_side=1080),
        Preset.P720.value: PresetSettings(short_side=720),
        Preset.PHONE.value: PresetSettings(short_side=720, video_codecs=("h264",), plays_anywhere=True),
        Preset.AUDIO_MP3.value: PresetSettings(audio_only=True, audio_format="mp3"),
        Preset.AUDIO_ORIGINAL.value: PresetSettings(audio_only=True),
    }
)
_ABOUT = frozenset({"label", "based_on", "roles", "template", "ytdlp_options"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A preset that somebody may choose; `label` is the administrator's word, None where we have our own."""

    name: str
    label: str | None
    is_default: bool


class UnknownPreset(Invalid):
    """There is no preset of this name, or not for this person."""

    def __init__(self, names: list[str]) -> None:
        message = msg("downloads.unknown_preset", names=", ".join(names))
        super().__init__(message, fields=(FieldError(field="preset", message=message),))


def recipes(settings: DownloadsSettings) -> dict[str, Recipe]:
    """Every preset by its name, the built-in ones first."""
    return {name: _recipe(settings, name) for name in dict.fromkeys((*_BUILT_IN, *settings.presets))}


def template(settings: DownloadsSettings, name: str) -> tuple[Component, ...]:
    """Where the files of a preset go."""
    said = [layer.template for layer in (settings.defaults, *_layers(settings, name)) if layer.template]
    return path_templates.parse(said[-1] if said else path_templates.DEFAULT)


def named(settings: DownloadsSettings, download: Download) -> Download:
    """The download with what the settings say of its preset; without a word where it is gone from them."""
    label = _label(settings, download.preset)
    return replace(download, preset_label=label, is_sound=_is_sound(settings, download))


def offers(settings: DownloadsSettings, actor: Actor) -> list[Offer]:
    """The presets that this actor may choose, the built-in ones first; one of them is the default, if there is one."""
    names = [name for name in recipes(settings) if _is_for(settings, name, actor)]
    default = settings.default_preset if settings.default_preset in names else next(iter(names), None)
    return [Offer(name=name, label=_label(settings, name), is_default=name == default) for name in names]


def chosen(settings: DownloadsSettings, actor: Actor, name: str | None) -> str:
    """The preset that this actor asks for, or the default one. Raises UnknownPreset."""
    offered = offers(settings, actor)
    found = next((one.name for one in offered if (one.is_default if name is None else one.name == name)), None)
    if found is None:
        raise UnknownPreset([one.name for one in offered])
    return found


def _is_sound(settings: DownloadsSettings, download: Download) -> bool:
    """By its file; before there is one, by what its preset will make."""
    if extension := download.file.path.rpartition(".")[2] if download.file else None:
        return extension in AUDIO_EXTENSIONS
    is_known = download.preset in _BUILT_IN or download.preset in settings.presets
    return is_known and _recipe(settings, download.preset).audio_only


def _recipe(settings: DownloadsSettings, name: str) -> Recipe:
    """The defaults, over these what the preset is based on, over that what it says itself."""
    said: dict[str, Any] = {}
    options: dict[str, Option] = {}
    for layer in (settings.defaults, *_layers(settings, name)):
        said |= {key: getattr(layer, key) for key in layer.model_fields_set - _ABOUT}
        if raw := layer.ytdlp_options:
            options |= {key: getattr(raw, key) for key in raw.model_fields_set}
    return msgspec.convert(said | {"options": options}, Recipe)


def _layers(settings: DownloadsSettings, name: str) -> Iterator[PresetSettings]:
    own = settings.presets.get(name)
    if own and own.based_on:
        yield from _layers(settings, own.based_on)
    elif name in _BUILT_IN:
        yield _BUILT_IN[name]
    if own:
        yield own


def _label(settings: DownloadsSettings, name: str) -> str | None:
    own = settings.presets.get(name)
    return own.label if own else None


def _is_for(settings: DownloadsSettings, name: str, actor: Actor) -> bool:
    own = settings.presets.get(name)
    return own is None or own.roles is None or actor.role in own.roles
