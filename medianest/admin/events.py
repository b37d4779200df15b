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
