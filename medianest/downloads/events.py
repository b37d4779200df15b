"""What the queue announces; the subject is always a download."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from medianest.core.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadEvent(Event):
    """Something that happened to a download; `owner_id` lets listeners tell the right person."""

    kind: ClassVar[str] = "download"
    subject_type: ClassVar[str] = "download"
    keep: ClassVar[timedelta] = timedelta(days=180)

    title: str
    owner_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadQueued(DownloadEvent):
    kind: ClassVar[str] = "download.queued"
    preset: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadFollowed(DownloadEvent):
    kind: ClassVar[str] = "download.followed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadJoined(DownloadEvent):
    """What somebody had asked for by another link turned out to be this, and is not fetched again."""

    kind: ClassVar[str] = "download.joined"
    given_up: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadStarted(DownloadEvent):
    kind: ClassVar[str] = "download.started"
    keep: ClassVar[timedelta] = timedelta(days=30)
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadChanged(DownloadEvent):
    """It was recognised."""

    kind: ClassVar[str] = "download.changed"
    keep: ClassVar[timedelta] = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadMoved(DownloadEvent):
    """It has another place in the line, or another priority."""

    kind: ClassVar[str] = "download.moved"
    keep: ClassVar[timedelta] = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadFinished(DownloadEvent):
    kind: ClassVar[str] = "download.finished"
    size_bytes: int
    warnings: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadFailed(DownloadEvent):
    kind: ClassVar[str] = "download.failed"
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadWaiting(DownloadEvent):
    """It will be tried again by itself, at `until` (RFC 3339)."""

    kind: ClassVar[str] = "download.waiting"
    keep: ClassVar[timedelta] = timedelta(days=30)
    code: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadInterrupted(DownloadEvent):
    """The portal stopped under it; it goes on from what is there."""

    kind: ClassVar[str] = "download.interrupted"
    keep: ClassVar[timedelta] = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadPaused(DownloadEvent):
    kind: ClassVar[str] = "download.paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadResumed(DownloadEvent):
    kind: ClassVar[str] = "download.resumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadEnding(DownloadEvent):
    """Somebody is content with what is recorded of this broadcast."""

    kind: ClassVar[str] = "download.ending"


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadRetried(DownloadEvent):
    kind: ClassVar[str] = "download.retried"


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadCancelled(DownloadEvent):
    kind: ClassVar[str] = "download.cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadDeleted(DownloadEvent):
    kind: ClassVar[str] = "download.deleted"
    file_deleted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadsWaiting(Event):
    """So many downloads wait for the same thing (`types.Wait`); the subject is the site, or nothing for all sites."""

    kind: ClassVar[str] = "downloads.waiting"
    subject_type: ClassVar[str] = "site"
    topic: ClassVar[str] = "download"
    keep: ClassVar[timedelta] = timedelta(days=30)

    n: int
    why: str
    until: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadsInLine(Event):
    """So many downloads that waited are in line again; the subject is the site, or nothing for all sites."""

    kind: ClassVar[str] = "downloads.in_line"
    subject_type: ClassVar[str] = "site"
    topic: ClassVar[str] = "download"
    keep: ClassVar[timedelta] = timedelta(days=30)

    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistEvent(Event):
    """Something that happened to a list, which is the subject; `title` is its own."""

    kind: ClassVar[str] = "playlist"
    subject_type: ClassVar[str] = "playlist"
    topic: ClassVar[str] = "download"
    keep: ClassVar[timedelta] = timedelta(days=180)

    title: str
    owner_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistAsked(PlaylistEvent):
    kind: ClassVar[str] = "playlist.asked"
    preset: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistCompleted(PlaylistEvent):
    """So many of it were queued, were here already, are not to be had."""

    kind: ClassVar[str] = "playlist.completed"
    n: int
    here: int
    unavailable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistWaiting(PlaylistEvent):
    """It goes on by itself when what it waits for (`ListWait`) is there, at the latest at `until` (RFC 3339)."""

    kind: ClassVar[str] = "playlist.waiting"
    keep: ClassVar[timedelta] = timedelta(days=30)
    why: str
    until: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistFailed(PlaylistEvent):
    kind: ClassVar[str] = "playlist.failed"
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistStopped(PlaylistEvent):
    """Nothing more of it is queued; so many of its downloads that waited were cancelled."""

    kind: ClassVar[str] = "playlist.stopped"
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteEvent(Event):
    """Something about a site, which is the subject by its name."""

    kind: ClassVar[str] = "site"
    subject_type: ClassVar[str] = "site"

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCooling(SiteEvent):
    """It refused us, and is left alone until then (RFC 3339)."""

    kind: ClassVar[str] = "site.cooling"
    keep: ClassVar[timedelta] = timedelta(days=90)

    code: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteAnswers(SiteEvent):
    kind: ClassVar[str] = "site.answers"
    keep: ClassVar[timedelta] = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteHeld(SiteEvent):
    """An admin has nothing asked of it."""

    kind: ClassVar[str] = "site.held"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReleased(SiteEvent):
    """An admin trusts it again."""

    kind: ClassVar[str] = "site.released"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteChanged(SiteEvent):
    """An admin gave it other limits."""

    kind: ClassVar[str] = "site.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCookiesSet(SiteEvent):
    """An admin gave cookies for it, or others than before."""

    kind: ClassVar[str] = "site.cookies_set"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCookiesRemoved(SiteEvent):
    kind: ClassVar[str] = "site.cookies_removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCookiesRefused(SiteEvent):
    """It does not know us by its cookies any more; told once until they help again or there are others."""

    kind: ClassVar[str] = "site.cookies_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadsHandedOver(Event):
    """Somebody left, and so many downloads of theirs belong to others now; the subject is who left."""

    kind: ClassVar[str] = "downloads.handed_over"
    subject_type: ClassVar[str] = "user"
    topic: ClassVar[str] = "download"

    name: str
    number: int
