"""What looking after the installation announces, to the administrators."""

from dataclasses import dataclass
from typing import ClassVar

from medianest.core.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupMade(Event):
    """A verified backup lies in the data folder."""

    kind: ClassVar[str] = "backup.made"
    subject_type: ClassVar[str] = "backup"

    size_bytes: int
    sealed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupHandedOut(Event):
    """A backup, and with it every secret, was given to somebody."""

    kind: ClassVar[str] = "backup.handed_out"
    subject_type: ClassVar[str] = "backup"

    size_bytes: int
    sealed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupDeleted(Event):
    """A backup was removed from the data folder."""

    kind: ClassVar[str] = "backup.deleted"
    subject_type: ClassVar[str] = "backup"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsReloaded(Event):
    """Settings were read anew: `changed` hold now, `waiting` need a restart."""

    kind: ClassVar[str] = "settings.reloaded"
    subject_type: ClassVar[str] = "settings"
    changed: list[str]
    waiting: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsRefused(Event):
    """Settings that were saved are wrong; those from before still hold."""

    kind: ClassVar[str] = "settings.refused"
    subject_type: ClassVar[str] = "settings"
    problems: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalExported(Event):
    """The journal, as far as `filters` let through, was given to somebody."""

    kind: ClassVar[str] = "journal.exported"
    subject_type: ClassVar[str] = "journal"
    filters: dict[str, str]
