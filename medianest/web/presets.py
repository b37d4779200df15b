"""What a preset is called on a page, and the presets to choose from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from medianest.core.i18n import Message, msg
from medianest.downloads.presets import Offer
from medianest.downloads.types import Preset

REMEMBERED = "preset"
"""The cookie with the preset that was chosen last."""
_OURS = frozenset(Preset)


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetChoice:
    """One quality to choose, and about how large it will be."""

    name: str
    label: Message
    size: int | None
    chosen: bool


def preset_choices(
    offers: Sequence[Offer], sizes: Mapping[str, int | None], *, remembered: str | None
) -> tuple[PresetChoice, ...]:
    """`remembered` is the name of the preset that was chosen last time, if it is still offered."""
    known = any(offer.name == remembered for offer in offers)
    return tuple(
        PresetChoice(
            name=offer.name,
            label=preset_name(offer.name, offer.label),
            size=sizes.get(offer.name),
            chosen=offer.name == remembered if known else offer.is_default,
        )
        for offer in offers
    )


def preset_name(name: str, label: str | None) -> Message:
    """The administrator's word for it, else our own, else its bare name: it may be gone from the settings."""
    if label is None and name in _OURS:
        return msg(f"web.preset.{name}")
    return msg("web.preset.own", label=label or name)
