"""What of the journal is told, and whom."""

from collections.abc import Mapping

from medianest.accounts import events as accounts
from medianest.accounts import plex_events
from medianest.core.jobs import JobFailed
from medianest.downloads import events as downloads
from medianest.downloads.ytdlp import events as ytdlp
from medianest.media_requests import events as requests
from medianest.notifications.types import Telling, Topic, Whom
from medianest.plex.events import TokenLost
from medianest.status import events as status

_SETTINGS_REFUSED = "settings.refused"
"""Announced by `admin`, which this feature does not know."""
_READY = (Telling(topic=Topic.READY, whom=Whom.CONCERNED),)
_TROUBLE = (Telling(topic=Topic.TROUBLE, whom=Whom.CONCERNED),)
_ANSWER = (Telling(topic=Topic.ANSWER, whom=Whom.CONCERNED),)
_DECIDE = (Telling(topic=Topic.DECIDE, whom=Whom.DECIDERS),)
_ACCOUNT = (Telling(topic=Topic.ACCOUNT, whom=Whom.CONCERNED),)
_HOUSE = (Telling(topic=Topic.HOUSE, whom=Whom.ADMINS),)
_SOMEBODY_AS_YOU = Telling(topic=Topic.ACCOUNT, whom=Whom.CONCERNED, even_who_did_it=True)

TOLD: Mapping[str, tuple[Telling, ...]] = {
    downloads.DownloadFinished.kind: _READY,
    downloads.DownloadFailed.kind: _TROUBLE,
    downloads.DownloadCancelled.kind: _ANSWER,
    downloads.DownloadDeleted.kind: _ANSWER,
    downloads.PlaylistCompleted.kind: _READY,
    downloads.PlaylistFailed.kind: _TROUBLE,
    downloads.DownloadsHandedOver.kind: _ANSWER,
    downloads.SiteCookiesRefused.kind: _HOUSE,
    ytdlp.YtdlpKept.kind: _HOUSE,
    requests.RequestSent.kind: _DECIDE,
    requests.RequestApproved.kind: _ANSWER,
    requests.RequestDeclined.kind: _ANSWER,
    requests.RequestRemoved.kind: _ANSWER,
    requests.RequestHandedOver.kind: _ANSWER,
    requests.RequestsHandedOver.kind: _ANSWER,
    requests.RequestPartlyAvailable.kind: _READY,
    requests.RequestAvailable.kind: _READY,
    requests.RequestFailed.kind: _TROUBLE,
    requests.ProblemReported.kind: _DECIDE,
    requests.ProblemCommented.kind: _ANSWER,
    requests.ProblemResolved.kind: _ANSWER,
    requests.ProblemReopened.kind: _DECIDE,
    status.ServiceDown.kind: _HOUSE,
    status.ServiceBack.kind: _HOUSE,
    status.WorksAgain.kind: _READY,
    status.NotWorking.kind: _HOUSE,
    status.LinkRefused.kind: _HOUSE,
    TokenLost.kind: _HOUSE,
    JobFailed.kind: _HOUSE,
    _SETTINGS_REFUSED: _HOUSE,
    accounts.NewDevice.kind: (_SOMEBODY_AS_YOU, *_HOUSE),
    accounts.PasswordReset.kind: _ACCOUNT,
    accounts.TokenCreated.kind: (_SOMEBODY_AS_YOU,),
    plex_events.PlexLinked.kind: (_SOMEBODY_AS_YOU,),
    plex_events.PlexRefused.kind: _HOUSE,
}
"""Each kind that is told; who is told by two reasons is told once, by the first."""

TOGETHER = frozenset({downloads.DownloadFinished.kind, downloads.DownloadFailed.kind})
"""What often comes in numbers, and then is one note."""
