"""Versions of yt-dlp: which is newer, how old one is, which yt-dlp-ejs belongs to it, and what is told of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from medianest.core.i18n import Message

_VERSION = re.compile(r"\d{1,6}(?:\.\d{1,6}){1,4}(?:\.?(?:dev|post|rc|a|b)\d{1,6})?")
_EJS = re.compile(r"yt[-_.]dlp[-_.]ejs\s*==\s*(?P<version>[\w.]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A yt-dlp with the yt-dlp-ejs that belongs to it; `folder` is None for the one that MediaNest came with."""

    version: str
    ejs: str | None
    folder: Path | None
    installed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What an index offers: its version, the yt-dlp-ejs that it wants, and the SHA-256 that its file must have."""

    version: str
    ejs: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What is in use, what a way back leads to, and how the last look for a newer one ended."""

    copy: Copy
    back_to: str | None
    policy: str
    checked_at: datetime | None
    trouble: Message | None
    updating: bool

    @property
    def is_bundled(self) -> bool:
        return self.copy.folder is None

    def age_days(self, today: date) -> int | None:
        """How old it is; its version is the day it was made."""
        made = made_on(self.copy.version)
        return (today - made).days if made else None


def is_version(text: str) -> bool:
    """Whether it looks like one; such a text can name a folder."""
    return _VERSION.fullmatch(text) is not None


def newer(one: str, other: str) -> bool:
    """A nightly release of a day is newer than the stable one of that day."""
    return numbers(one) > numbers(other)


def same(one: str, other: str) -> bool:
    """The index writes 2026.8.19 where yt-dlp says 2026.08.19, and adds `.dev0` to a nightly."""
    return numbers(one) == numbers(other)


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def made_on(version: str) -> date | None:
    """The day in a version; None where there is none."""
    try:
        year, month, day = numbers(version)[:3]
        return date(year, month, day)
    except ValueError:
        return None


def ejs_of(requirements: Sequence[str]) -> str | None:
    """The version of yt-dlp-ejs that a yt-dlp names in the requirements of its wheel."""
    return next((found["version"] for found in map(_EJS.match, requirements) if found), None)
