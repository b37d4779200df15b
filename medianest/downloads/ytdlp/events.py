"""What is announced of yt-dlp itself."""

from dataclasses import dataclass
from typing import ClassVar

from medianest.core.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class YtdlpEvent(Event):
    """Something about the yt-dlp in use."""

    kind: ClassVar[str] = "ytdlp"
    subject_type: ClassVar[str] = "ytdlp"

    in_use: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YtdlpUpdated(YtdlpEvent):
    """New work begins with a newer one from now on."""

    kind: ClassVar[str] = "ytdlp.updated"
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YtdlpRolledBack(YtdlpEvent):
    """New work begins with an older one: somebody wished so, or the newer one is damaged or gone."""

    kind: ClassVar[str] = "ytdlp.rolled_back"
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YtdlpOutdated(YtdlpEvent):
    """It is `n` days old, and no newer one was to be had; told once for each version."""

    kind: ClassVar[str] = "ytdlp.outdated"
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class YtdlpKept(YtdlpEvent):
    """A newer one could not be had or did not work; `reason` and `values` are the message that says why."""

    kind: ClassVar[str] = "ytdlp.kept"
    reason: str
    values: dict[str, str]
