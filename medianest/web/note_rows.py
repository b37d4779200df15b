"""Notes as rows of the inbox: what happened, how that stands now, and what somebody may do about it at once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from medianest.core.actor import Actor
from medianest.core.i18n import Message, msg
from medianest.downloads import types as downloads
from medianest.downloads.events import DownloadFailed
from medianest.media_requests import types as requests
from medianest.media_requests.errand import Errand
from medianest.media_requests.events import RequestFailed, RequestSent
from medianest.notifications import places, sentences
from medianest.notifications.queries import Note
from medianest.notifications.standings import Act, Standing
from medianest.notifications.types import Topic
from medianest.web.errand_words import Said, said_of
from medianest.web.lines import line
from medianest.web.request_rows import name_of
from medianest.web.request_steps import progress

_ICONS: Mapping[Topic, str] = {
    Topic.READY: "check",
    Topic.TROUBLE: "error",
    Topic.DECIDE: "metoo",
    Topic.ANSWER: "chat",
    Topic.ACCOUNT: "key",
    Topic.HOUSE: "wrench",
}
_WAITS = requests.State.PENDING
_STILL_SO = {RequestSent.kind: _WAITS, RequestFailed.kind: requests.State.FAILED}
_STILL_FAILED = {DownloadFailed.kind: downloads.State.FAILED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """How it is by now, where the note does not say that: a shape and a word."""

    shape: str
    word: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRow:
    """One note; `path` is where something can be seen about it.

    `about` is what it is about by its name, `decides` the id of a request that waits for this reader's word, and
    `retry` where to have it tried again, or `retries_all`. `said` is what was decided and is not heard at the server
    yet.
    """

    id: int
    icon: str
    sentence: Message
    reason: Message | None
    at: datetime
    is_unread: bool
    path: str
    about: Message | None = None
    now: Now | None = None
    decides: str | None = None
    retry: str | None = None
    said: Said | None = None
    retries_all: bool = False


def note_row(
    note: Note, actor: Actor, standing: Standing, said: Callable[[str], Iterable[Errand]] = lambda _id: ()
) -> NoteRow:
    told = said_of(actor, said(standing.request.id)) if standing.request else None
    acts = () if told and told.is_under_way else standing.acts
    return NoteRow(
        id=note.id,
        icon=_ICONS[note.topic],
        sentence=_sentence(note, standing),
        reason=sentences.reason(note),
        at=note.entry.at,
        is_unread=not note.is_read,
        path=places.path(note, actor.id, is_gone=standing.is_gone),
        about=_about(standing),
        now=_now(note.entry.kind, standing),
        said=told,
        decides=standing.request.id if standing.request and Act.APPROVE in acts else None,
        retry=_retry(standing) if Act.RETRY in acts else None,
        retries_all=Act.RETRY_ALL in acts,
    )


def _sentence(note: Note, standing: Standing) -> Message:
    """What waited for a decision does so no longer."""
    if standing.request and note.entry.kind == RequestSent.kind and standing.request.state is not _WAITS:
        return msg("web.inbox.decided", title=name_of(standing.request))
    return sentences.sentence(note)


def _retry(standing: Standing) -> str | None:
    if standing.request:
        return f"/requests/{standing.request.id}/retry"
    return f"/downloads/{standing.download.id}/retry" if standing.download else None


def _about(standing: Standing) -> Message | None:
    if standing.request:
        return name_of(standing.request)
    return msg("web.asking.title", title=standing.download.title) if standing.download else None


def _now(kind: str, standing: Standing) -> Now | None:
    if (request := standing.request) and request.state is not _STILL_SO.get(kind, request.state):
        here = progress(request)
        return Now(shape=here.shape, word=here.word)
    if (download := standing.download) and download.state is not _STILL_FAILED.get(kind, download.state):
        moving = line(download)
        return Now(shape=moving.state_icon or "waiting", word=moving.stage)
    return None
