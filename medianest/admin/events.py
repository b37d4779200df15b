"""What looking after the installation announces, to the administrators."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
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
class BackupFailed(Event):
    """The daily backup could not be made."""

    kind: ClassVar[str] = "backup.failed"
    subject_type: ClassVar[str] = "backup"

    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskLow(Event):
    """Little is left where the folder is that the subject names; `reason` is a message that says how much."""

    kind: ClassVar[str] = "disk.low"
    subject_type: ClassVar[str] = "disk"

    free_bytes: int
    reason: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskRoomy(Event):
    """There is room again."""

    kind: ClassVar[str] = "disk.roomy"
    subject_type: ClassVar[str] = "disk"

    free_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamDown(Event):
    """What the portal leans on cannot be used, and not for a moment only; `reason` is a message that says why."""

    kind: ClassVar[str] = "upstream.down"
    subject_type: ClassVar[str] = "upstream"
    topic: ClassVar[str] = "status"
    keep: ClassVar[timedelta] = timedelta(days=90)

    name: str
    reason: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamBack(Event):
    """It can be used again."""

    kind: ClassVar[str] = "upstream.back"
    subject_type: ClassVar[str] = "upstream"
    topic: ClassVar[str] = "status"
    keep: ClassVar[timedelta] = timedelta(days=90)

    name: str


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
