"""How it stands now with what notes are about, and what their reader may do about it at once."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from medianest.accounts import queries as accounts
from medianest.accounts.events import NewDevice
from medianest.core.actor import Actor
from medianest.downloads import queries as downloads
from medianest.downloads import rights as download_rights
from medianest.downloads.events import DownloadFailed
from medianest.downloads.types import Download
from medianest.media_requests import queries as requests
from medianest.media_requests import rights as request_rights
from medianest.media_requests.events import RequestFailed, RequestSent
from medianest.media_requests.types import Request
from medianest.notifications import bundles
from medianest.notifications.queries import Note

TABLES = (*downloads.TABLES, *requests.TABLES, *accounts.NAME_TABLES)
_DOWNLOAD, _REQUEST, _PERSON = DownloadFailed.subject_type, RequestSent.subject_type, NewDevice.subject_type


class Act(StrEnum):
    """What may be done about a note where it is read."""

    APPROVE = "approve"
    DECLINE = "decline"
    RETRY = "retry"
    RETRY_ALL = "retry_all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a note is about as it is now, if that is a request or a download.

    `is_gone` tells that it was one, or a person who left.
    """

    request: Request | None = None
    download: Download | None = None
    acts: tuple[Act, ...] = ()
    is_gone: bool = False


def standings(session: Session, actor: Actor, notes: Collection[Note]) -> Mapping[int, Standing]:
    """By the ids of the notes, in as many queries for many as for one."""
    known = downloads.several(session, actor, _subjects(notes, _DOWNLOAD))
    asked = requests.several(session, actor, _subjects(notes, _REQUEST))
    here = accounts.here(session, _subjects(notes, _PERSON))
    found = {note.id: _standing(note, actor, known, asked, here) for note in notes}
    several = bundles.hopeful(session, actor, [note.id for note in notes if note.n > 1])
    return found | dict.fromkeys(several, Standing(acts=(Act.RETRY_ALL,)))


def _subjects(notes: Iterable[Note], kind: str) -> frozenset[str]:
    """What single notes are about; several that stand together lead to their list."""
    return frozenset(note.entry.subject_id for note in notes if note.n == 1 and note.entry.subject_type == kind)


def _standing(
    note: Note,
    actor: Actor,
    known: Mapping[str, Download],
    asked: Mapping[str, Request],
    here: Collection[str],
) -> Standing:
    id, kind = note.entry.subject_id, note.entry.kind
    if note.n > 1 or note.entry.subject_type not in (_DOWNLOAD, _REQUEST, _PERSON):
        return Standing()
    if download := known.get(id):
        may = kind == DownloadFailed.kind and download_rights.may_retry(actor, download)
        return Standing(download=download, acts=(Act.RETRY,) if may else ())
    if request := asked.get(id):
        return Standing(request=request, acts=_about(kind, actor, request))
    return Standing(is_gone=id not in here)


def _about(kind: str, actor: Actor, request: Request) -> tuple[Act, ...]:
    if kind == RequestSent.kind and request_rights.may_decide(actor, request):
        return Act.APPROVE, Act.DECLINE
    if kind == RequestFailed.kind and request_rights.may_retry(actor, request):
        return (Act.RETRY,)
    return ()
