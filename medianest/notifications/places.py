"""The page that a note leads to: one that is there, and that who is told may look at."""

from collections.abc import Mapping

from medianest.accounts.plex_events import PlexRefused
from medianest.downloads.events import DownloadDeleted, DownloadsHandedOver
from medianest.media_requests.events import RequestsHandedOver
from medianest.notifications.events import DigestDue
from medianest.notifications.queries import Note

_SEVERAL = "/queue"
_OWN_ACCOUNT, _SOMEBODY, _PEOPLE = "/account", "/admin/people/{id}", "/admin/people"
_OF_KIND: Mapping[str, str] = {
    DownloadDeleted.kind: "/queue",
    DownloadsHandedOver.kind: "/queue?show=mine",
    RequestsHandedOver.kind: "/requests",
    DigestDue.kind: "/",
    PlexRefused.kind: "/admin/journal?topic=sign_in",
}
"""What these are about has no page, or is gone."""
_OF_SUBJECT: Mapping[str, str] = {
    "download": "/downloads/{id}",
    "playlist": "/playlists/{id}",
    "media_request": "/requests/{id}",
    "media_problem": "/problems/{id}",
    "incident": "/status",
    "uptime_kuma": "/admin/doctor",
    "report": "/admin/journal?topic=status",
    "token": _OWN_ACCOUNT,
    "site": "/admin/sites/{id}",
    "ytdlp": "/admin/doctor",
    "plex": "/admin/plex",
    "job": "/admin/jobs",
    "settings": "/admin/journal?topic=settings",
    "channel": "/account/notifications",
    "backup": "/admin/backups",
    "disk": "/admin/doctor",
    "upstream": "/admin/doctor",
}
_GONE: Mapping[str, str] = {"download": "/queue", "media_request": "/requests"}
"""Where others of its kind are."""


def path(note: Note, user_id: str | None, *, is_gone: bool = False) -> str:
    """Somebody's own account to them, other people's to who looks after the house, while they are here."""
    entry = note.entry
    if note.n > 1:
        return _SEVERAL
    if is_gone and entry.subject_type in _GONE:
        return _GONE[entry.subject_type]
    if page := _OF_KIND.get(entry.kind):
        return page
    if entry.subject_type == "user" and entry.subject_id != user_id:
        return _PEOPLE if is_gone else _SOMEBODY.format(id=entry.subject_id)
    if entry.subject_type == "user":
        return _OWN_ACCOUNT
    return _OF_SUBJECT.get(entry.subject_type, "/").format(id=entry.subject_id)
