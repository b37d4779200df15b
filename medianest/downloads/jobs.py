"""What the queue does by itself, besides working."""

from collections.abc import Sequence
from datetime import time, timedelta

from medianest.core.db import Database
from medianest.core.i18n import Message, msg
from medianest.core.jobs import Job
from medianest.downloads.lists import ledger as playlist_ledger
from medianest.downloads.plans import usage
from medianest.downloads.ytdlp.updates import Ytdlp

_LOOK_FOR_YTDLP = timedelta(hours=12)


def jobs(db: Database, ytdlp: Ytdlp) -> Sequence[Job]:
    async def purge_usage() -> Message | None:
        async with db.transaction() as session:
            purged = await usage.purge(session)
        return msg("downloads.usage_purged", n=purged) if purged else None

    async def purge_lists() -> Message | None:
        async with db.transaction() as session:
            purged = await playlist_ledger.purge(session)
        return msg("downloads.lists_purged", n=purged) if purged else None

    return [
        Job(name="purge_playlists", daily_at=time(3, 55), run=purge_lists),
        Job(name="purge_download_usage", daily_at=time(3, 50), run=purge_usage),
        Job(name="ytdlp", every=_LOOK_FOR_YTDLP, run=ytdlp.keep_fresh),
    ]
