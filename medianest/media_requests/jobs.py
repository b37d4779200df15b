"""What keeps requests true when no webhook comes."""

from collections.abc import Sequence
from datetime import timedelta

from medianest.core.i18n import Message, msg
from medianest.core.jobs import Job
from medianest.media_requests.overseerr import Overseerr

_LOOK = timedelta(minutes=5)


def jobs(overseerr: Overseerr) -> Sequence[Job]:
    async def look() -> Message | None:
        if not overseerr.standing.is_set_up:
            return None
        changed = await overseerr.requests.reconcile()
        return msg("requests.reconciled", n=changed) if changed else None

    return [Job(name="requests", every=_LOOK, run=look)]
