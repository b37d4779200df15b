"""What a note says, in a sentence that stands for itself in a list, a push or a letter, and where it leads."""

from collections.abc import Mapping
from typing import Any

from medianest.core.i18n import Message, msg
from medianest.core.journal import Entry
from medianest.media_requests.events import RequestDeclined
from medianest.notifications.queries import Note
from medianest.status.events import WorksAgain

_VALUES = frozenset({"title", "name", "error", "label"})
_PAGES: Mapping[str, str] = {
    "download": "/downloads/{id}",
    "playlist": "/playlists/{id}",
    "media_request": "/requests/{id}",
    "media_problem": "/requests",
    "incident": "/status",
    "uptime_kuma": "/status",
    "report": "/status",
    "token": "/account",
    "user": "/account",
    "site": "/admin/sites",
    "ytdlp": "/admin/doctor",
    "plex": "/admin/plex",
    "job": "/admin/jobs",
    "settings": "/admin/journal",
}
_SAID_WHOLE = frozenset({WorksAgain.kind})
"""The reason of these is the sentence."""
_FOR_ADMINS: Mapping[str, str] = {"user": "/admin/people/{id}"}


def sentence(note: Note) -> Message:
    """What happened; the count of what stands together is `n`, where it can be more than one."""
    if note.entry.kind in _SAID_WHOLE:
        return Message(str(note.entry.data["reason"]), note.entry.data["values"])
    id = f"notifications.{note.entry.kind.replace('.', '_')}"
    return msg(id, n=_number(note), **_facts(note.entry))


def reason(note: Note) -> Message | None:
    """Why, where somebody or something gave a reason."""
    data = note.entry.data
    if note.n > 1 or note.entry.kind in _SAID_WHOLE:
        return None
    if code := data.get("code"):
        return msg(f"downloads.error.{code}")
    if note.entry.kind == RequestDeclined.kind:
        return msg("notifications.because", why=data["reason"]) if data["reason"] else None
    if "reason" in data:
        return Message(str(data["reason"]), data.get("values", {}))
    return msg("notifications.said", error=data["error"]) if data.get("error") else None


def path(note: Note, user_id: str | None) -> str:
    """The page that it leads to; somebody's own account to them, other people's to who looks after the house."""
    entry = note.entry
    if note.n > 1:
        return "/queue"
    is_another = entry.subject_type in _FOR_ADMINS and entry.subject_id not in ("", user_id)
    page = (_FOR_ADMINS if is_another else _PAGES).get(entry.subject_type, "/")
    return page.format(id=entry.subject_id)


def _facts(entry: Entry) -> dict[str, Any]:
    facts = {name: value for name, value in entry.data.items() if name in _VALUES}
    if not facts.get("title"):
        facts["title"] = msg("notifications.untitled")
    return facts | {"actor": entry.actor_name or msg("notifications.somebody")}


def _number(note: Note) -> int:
    """A list brought so many; else so many notes stand together."""
    told = note.entry.data.get("n", note.entry.data.get("number"))
    return int(told) if told is not None else note.n
