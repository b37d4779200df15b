"""What keeps the index true when nobody hears the server."""

from collections.abc import Sequence
from datetime import time, timedelta

from medianest.core.i18n import Message
from medianest.core.jobs import Job
from medianest.plex.titles.service import Titles

_CATCH_UP = timedelta(minutes=10)


def jobs(titles: Titles) -> Sequence[Job]:
    async def read_wholly() -> Message | None:
        return await titles.refresh(wholly=True)

    return [
        Job(name="plex_titles", every=_CATCH_UP, run=titles.refresh),
        Job(name="plex_titles_wholly", daily_at=time(4, 30), run=read_wholly),
    ]
