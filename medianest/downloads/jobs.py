"""What the queue does by itself, besides working."""

from collections.abc import Sequence
from datetime import time

from medianest.core.db import Database
from medianest.core.i18n import Message, msg
from medianest.core.jobs import Job
from medianest.downloads import usage


def jobs(db: Database) -> Sequence[Job]:
    async def purge_usage() -> Message | None:
        async with db.transaction() as session:
            purged = await usage.purge(session)
        return msg("downloads.usage_purged", n=purged) if purged else None

    return [Job(name="purge_download_usage", daily_at=time(3, 50), run=purge_usage)]
