"""What of the journal is told, and whom."""

from collections.abc import Mapping

from medianest.accounts import events as accounts
from medianest.accounts import plex_events
from medianest.core.jobs import JobFailed
from medianest.downloads import events as downloads
from medianest.downloads.ytdlp import events as ytdlp
from medianest.media_requests import events as requests
from medianest.notifications.events import ChannelBroken, DigestDue
from medianest.notifications.types import Notice, Telling, Whom
from medianest.plex.events import TokenLost
from medianest.status import events as status

_SETTINGS_REFUSED, _BACKUP_FAILED = "settings.refused", "backup.failed"
_DISK_LOW, _DISK_ROOMY = "disk.low", "disk.roomy"
_UPSTREAM_DOWN, _UPSTREAM_BACK = "upstream.down", "upstream.back"
"""Announced by `admin`, which this feature does not know."""
_SOMEBODY_AS_YOU = Telling(notice=Notice.SECURITY, whom=Whom.CONCERNED, even_who_did_it=True)


def _to(whom: Whom, notice: Notice) -> tuple[Telling, ...]:
    return (Telling(notice=notice, whom=whom),)


def _concerned(notice: Notice) -> tuple[Telling, ...]:
    return _to(Whom.CONCERNED, notice)


_UPKEEP = _to(Whom.ADMINS, Notice.UPKEEP)
_SERVICE = _to(Whom.ADMINS, Notice.SERVICE_DOWN)
_STRANGERS = _to(Whom.ADMINS, Notice.STRANGERS)

TOLD: Mapping[str, tuple[Telling, ...]] = {
    downloads.DownloadFinished.kind: _concerned(Notice.DOWNLOAD_READY),
    downloads.DownloadFailed.kind: _concerned(Notice.DOWNLOAD_FAILED),
    downloads.DownloadCancelled.kind: _concerned(Notice.TAKEN_AWAY),
    downloads.DownloadDeleted.kind: _concerned(Notice.TAKEN_AWAY),
    downloads.PlaylistCompleted.kind: _concerned(Notice.DOWNLOAD_READY),
    downloads.PlaylistFailed.kind: _concerned(Notice.DOWNLOAD_FAILED),
    downloads.DownloadsHandedOver.kind: _concerned(Notice.HANDED_OVER),
    downloads.SiteCookiesRefused.kind: _UPKEEP,
    ytdlp.YtdlpKept.kind: _UPKEEP,
    ytdlp.YtdlpOutdated.kind: _UPKEEP,
    requests.RequestSent.kind: _to(Whom.DECIDERS, Notice.TO_DECIDE),
    requests.RequestApproved.kind: _concerned(Notice.REQUEST_ANSWERED),
    requests.RequestDeclined.kind: _concerned(Notice.REQUEST_ANSWERED),
    requests.RequestRemoved.kind: _concerned(Notice.TAKEN_AWAY),
    requests.RequestHandedOver.kind: _concerned(Notice.HANDED_OVER),
    requests.RequestsHandedOver.kind: _concerned(Notice.HANDED_OVER),
    requests.RequestPartlyAvailable.kind: _concerned(Notice.REQUEST_READY),
    requests.RequestAvailable.kind: _concerned(Notice.REQUEST_READY),
    requests.RequestFailed.kind: _concerned(Notice.REQUEST_FAILED),
    requests.ProblemReported.kind: _to(Whom.DECIDERS, Notice.PROBLEM_REPORTED),
    requests.ProblemCommented.kind: _concerned(Notice.PROBLEM_ANSWERED),
    requests.ProblemResolved.kind: _concerned(Notice.PROBLEM_ANSWERED),
    requests.ProblemReopened.kind: _to(Whom.DECIDERS, Notice.PROBLEM_REPORTED),
    status.ServiceDown.kind: _SERVICE,
    status.ServiceBack.kind: _SERVICE,
    status.WorksAgain.kind: _concerned(Notice.WORKS_AGAIN),
    status.NotWorking.kind: _to(Whom.ADMINS, Notice.NOT_WORKING),
    status.LinkRefused.kind: _UPKEEP,
    TokenLost.kind: _UPKEEP,
    JobFailed.kind: _UPKEEP,
    _SETTINGS_REFUSED: _UPKEEP,
    _BACKUP_FAILED: _UPKEEP,
    _DISK_LOW: _UPKEEP,
    _DISK_ROOMY: _UPKEEP,
    _UPSTREAM_DOWN: _SERVICE,
    _UPSTREAM_BACK: _SERVICE,
    accounts.NewDevice.kind: (_SOMEBODY_AS_YOU, *_STRANGERS),
    accounts.PasswordReset.kind: _concerned(Notice.SECURITY),
    accounts.TokenCreated.kind: (_SOMEBODY_AS_YOU,),
    plex_events.PlexLinked.kind: (_SOMEBODY_AS_YOU,),
    DigestDue.kind: (Telling(notice=Notice.DIGEST, whom=Whom.CONCERNED, noted=False),),
    ChannelBroken.kind: _concerned(Notice.CHANNEL),
    plex_events.PlexRefused.kind: _STRANGERS,
}
"""Each kind that is told; who is told by two reasons is told once, by the first."""

TOGETHER = frozenset({downloads.DownloadFinished.kind, downloads.DownloadFailed.kind})
"""What often comes in numbers, and then is one note."""
