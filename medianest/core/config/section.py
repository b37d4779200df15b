"""What every part of the settings is."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict


class _Reloadable:
    """Marks a setting that a running portal takes over without a restart."""


RELOADABLE = _Reloadable()


class Section(BaseModel):
    """A part of the settings, handed over as a whole to what needs it."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)


class ListedSection(Section):
    """One table of a list of them, such as [[tiles]]."""

    @abstractmethod
    def clash(self, other: "ListedSection") -> str | None:
        """The key in which it repeats another one of its list."""

    @classmethod
    def unknown(cls, rows: "Sequence[ListedSection]") -> Iterator[tuple[int, str, str]]:
        """What of a list can only be checked together, once each is well: its place, key and message."""
        return iter(())
