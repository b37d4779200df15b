"""What a preset is called on a page."""

from medianest.core.i18n import Message, msg
from medianest.downloads.types import Preset

_OURS = frozenset(Preset)


def preset_name(name: str, label: str | None) -> Message:
    """The administrator's word for it, else our own, else its bare name: it may be gone from the settings."""
    if label is None and name in _OURS:
        return msg(f"web.preset.{name}")
    return msg("web.preset.own", label=label or name)
