"""What every part of the settings is."""

from pydantic import BaseModel, ConfigDict


class _Reloadable:
    """Marks a setting that a running portal takes over without a restart."""


RELOADABLE = _Reloadable()


class Section(BaseModel):
    """A part of the settings, handed over as a whole to what needs it."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)
