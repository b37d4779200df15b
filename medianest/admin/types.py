"""What looking after the installation speaks in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from medianest.core.i18n import Message
from medianest.downloads.spawn import Tools
from medianest.downloads.ytdlp.versions import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A verified backup in the data folder; its name is its identity."""

    name: str
    made_at: datetime
    size_bytes: int
    sealed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A backup that was given away: what its file should be called, and how to know that all of it arrived."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a backup says of itself: when and by which release it was made, at which revision of the tables."""

    made_at: datetime
    release: str
    revision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did: what is there now, and where that which was there has been kept."""

    contents: Contents
    kept_in: Path | None


class Verdict(StrEnum):
    """How a fact of the doctor is to be taken."""

    FINE = "fine"
    LOOK = "look"
    WRONG = "wrong"


class Group(StrEnum):
    """Where a fact of the doctor belongs."""

    PATHS = "paths"
    VERSIONS = "versions"
    SERVICES = "services"
    SURROUNDINGS = "surroundings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that the doctor looked at; `mend` is what to do about it, `data` what programs read."""

    id: str
    group: Group
    verdict: Verdict
    title: Message
    finding: Message
    mend: Message | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """Where the programs are that children of the portal start, None for one that is not there; and their yt-dlp."""

    ffmpeg: str | None
    deno: str | None
    ytdlp: Status

    @classmethod
    def of(cls, tools: Tools, ytdlp: Status) -> Self:
        return cls(ffmpeg=tools.ffmpeg, deno=tools.deno, ytdlp=ytdlp)


class Reached(StrEnum):
    """How far a call to the public address came; each is the last word of a message id."""

    OURSELVES = "ourselves"
    SOMETHING_ELSE = "something_else"
    NO_NAME = "no_name"
    NO_ROUTE = "no_route"
    BAD_CERTIFICATE = "bad_certificate"
    NO_TLS = "no_tls"
    TOO_SLOW = "too_slow"
