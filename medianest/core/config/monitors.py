"""How services that Uptime Kuma watches are shown, and what of the portal each carries: each [[monitors]] is one."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from medianest.core.actor import Role
from medianest.core.config import values
from medianest.core.config.section import ListedSection

SENTENCE_LENGTH_MOST = 300
CARRIED = ("plex", "overseerr", "downloads")
"""What of the portal a service of the house may carry."""


def watched(value: object) -> str:
    """A monitor by its name or number."""
    written = values.at_most(str(value) if type(value) is int else values.text(value), values.WORDS_LENGTH_MOST)
    if not written:
        raise values.refuse("config.want_words")
    return written


def sentence(value: object) -> str:
    return values.at_most(values.text(value), SENTENCE_LENGTH_MOST)


def carried(value: object) -> str:
    written = values.text(value)
    if written not in CARRIED:
        raise values.refuse("config.want_one_of", choices=", ".join(CARRIED))
    return written


def all_carried(value: object) -> frozenset[str]:
    return frozenset(values.each(carried)(value))


class MonitorSettings(ListedSection):
    """A service by its name or number in Uptime Kuma; without words of ours it is shown as it is there."""

    monitor: Annotated[str, BeforeValidator(watched)]
    name: values.Words = ""
    group: values.Words = ""
    hidden: bool = False
    roles: values.Roles = frozenset(Role)
    meaning: Annotated[str, BeforeValidator(sentence)] = ""
    carries: Annotated[frozenset[str], BeforeValidator(all_carried)] = frozenset()
    order: Annotated[int, Field(ge=-1000, le=1000)] = 0

    def clash(self, other: ListedSection) -> str | None:
        """One service is described once."""
        assert isinstance(other, MonitorSettings)
        return "monitor" if self.monitor.casefold() == other.monitor.casefold() else None
