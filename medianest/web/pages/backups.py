"""Admin: copies of the database and its keys."""

from dataclasses import dataclass, replace
from datetime import datetime

from litestar import Response
from litestar.params import FromPath

from medianest.admin.types import Backup
from medianest.http.ranges import file_response
from medianest.web import htmx
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html
from medianest.web.pages.admin import Room, RoomChip, rooms


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


async def show(reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """What backups there are."""
    kept = tuple(backup_row(backup) for backup in await services.backups.listing())
    view = BackupsView(places=rooms(Room.BACKUPS), backups=kept)
    return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/backups.html", view)


async def make(reader: CurrentReader, services: TheServices) -> Html:
    """Make one now."""
    await services.backups.make(reader.asking.actor)
    return htmx.go(reader, "/admin/backups")


async def hand_out(
    request: AnyRequest, reader: CurrentReader, services: TheServices, name: FromPath[str]
) -> Response[None]:
    """A backup, and with it every secret, to an administrator who has just proved who they are."""
    path = await services.backups.hand_out(reader.asking.actor, name)
    return await file_response(request, path, media_type="application/octet-stream", filename=name)


def backup_row(backup: Backup) -> BackupRow:
    return BackupRow(
        name=backup.name,
        made_at=backup.made_at,
        size_bytes=backup.size_bytes,
        path=f"/admin/backups/{backup.name}",
    )
