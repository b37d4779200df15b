"""What a note says, in a sentence that stands for itself in a list, a push or a letter, and why."""

from typing import Any

from medianest.core.i18n import Message, msg
from medianest.core.jobs import JobFailed
from medianest.core.journal import Entry
from medianest.media_requests.events import RequestDeclined
from medianest.notifications.queries import Note
from medianest.status.events import LinkRefused, WorksAgain

_VALUES = frozenset({"title", "name", "error", "label", "in_use"})
_SAID_WHOLE = frozenset({WorksAgain.kind})
"""The reason of these is the sentence."""


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
    if note.entry.kind == LinkRefused.kind:
        return msg(f"status.{data['error']}")
    if "reason" in data:
        return Message(str(data["reason"]), data.get("values", {}))
    return msg("notifications.said", error=data["error"]) if data.get("error") else None


def _facts(entry: Entry) -> dict[str, Any]:
    facts = {name: value for name, value in entry.data.items() if name in _VALUES}
    if not facts.get("title"):
        facts["title"] = msg("notifications.untitled")
    if entry.kind == JobFailed.kind:
        facts["job"] = msg(f"jobs.{entry.subject_id}")
    return facts | {"actor": entry.actor_name or msg("notifications.somebody")}


def _number(note: Note) -> int:
    """A list brought so many; else so many notes stand together."""
    told = note.entry.data.get("n", note.entry.data.get("number"))
    return int(told) if told is not None else note.n
