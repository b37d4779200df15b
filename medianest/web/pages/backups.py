"""Admin: copies of the database and its keys."""

from dataclasses import dataclass
from datetime import datetime

from medianest.web.pages.admin import RoomChip


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupRow:
    """One backup."""

    name: str
    made_at: datetime
    size_bytes: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupsView:
    """The page of the backups."""

    places: tuple[RoomChip, ...]
    backups: tuple[BackupRow, ...]
