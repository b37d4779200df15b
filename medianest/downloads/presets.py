"""The presets by their names: the built-in ones, and who is offered which."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from medianest.core.actor import Actor
from medianest.core.config import DownloadsSettings
from medianest.core.errors import FieldError, Invalid
from medianest.core.i18n import msg
from medianest.downloads.formats import AUDIO_EXTENSIONS
from medianest.downloads.recipes import AudioFormat, Recipe, VideoCodec
from medianest.downloads.types import Download, Preset

BUILT_IN: Mapping[str, Recipe] = MappingProxyType(
    {
        Preset.BEST.value: Recipe(),
        Preset.P1080.value: Recipe(short_side=1080),
        Preset.P720.value: Recipe(short_side=720),
        Preset.PHONE.value: Recipe(short_side=720, video_codecs=(VideoCodec.H264,), plays_anywhere=True),
        Preset.AUDIO_MP3.value: Recipe(audio_only=True, audio_format=AudioFormat.MP3),
        Preset.AUDIO_ORIGINAL.value: Recipe(audio_only=True),
    }
)


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


def recipes(settings: DownloadsSettings) -> Mapping[str, Recipe]:
    """Every preset by its name, the built-in ones first."""
    return BUILT_IN


def label(settings: DownloadsSettings, name: str) -> str | None:
    """What the settings call a preset."""
    return None


def named(settings: DownloadsSettings, download: Download) -> Download:
    """The download with what the settings say of its preset; without a word where it is gone from them."""
    recipe = recipes(settings).get(download.preset)
    extension = download.file.path.rpartition(".")[2] if download.file else None
    is_sound = extension in AUDIO_EXTENSIONS if extension else recipe is not None and recipe.audio_only
    return replace(download, preset_label=label(settings, download.preset), is_sound=is_sound)


def offers(settings: DownloadsSettings, actor: Actor) -> list[Offer]:
    """The presets that this actor may choose, the best first."""
    names = list(recipes(settings))
    default = settings.default_preset if settings.default_preset in names else names[0]
    return [Offer(name=name, label=label(settings, name), is_default=name == default) for name in names]


def chosen(settings: DownloadsSettings, actor: Actor, name: str | None) -> str:
    """The preset that this actor asks for, or the default one. Raises UnknownPreset."""
    offered = offers(settings, actor)
    found = next((one.name for one in offered if (one.is_default if name is None else one.name == name)), None)
    if found is None:
        raise UnknownPreset([one.name for one in offered])
    return found
