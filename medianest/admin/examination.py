"""What the doctor of a running portal looks at, when somebody asks and by itself."""

import asyncio
from collections.abc import Callable, Sequence

from medianest.admin import doctor, doctor_kuma, doctor_mail, doctor_overseerr, doctor_plex, jobs
from medianest.admin.types import Fact, Programs
from medianest.admin.upkeep import Upkeep
from medianest.core.config import Settings
from medianest.core.db import Database
from medianest.core.jobs import Job
from medianest.downloads.queue import Queue
from medianest.media_requests.overseerr import Overseerr
from medianest.plex.service import Plex
from medianest.status.service import Status


class Examination:
    """Called, it looks at everything, by the settings that hold then."""

    def __init__(
        self,
        db: Database,
        settings: Callable[[], Settings],
        queue: Queue,
        plex: Plex,
        overseerr: Overseerr,
        status: Status,
        knock: doctor_mail.Knock,
    ) -> None:
        """`knock` tells whether the mail server takes letters."""
        self._upkeep = Upkeep(db, settings, queue.ytdlp, plex, overseerr)
        self._settings = settings
        self._queue = queue
        self._plex = plex
        self._overseerr = overseerr
        self._status = status
        self._knock = knock

    def jobs(self) -> Sequence[Job]:
        """What is looked at by itself."""
        return jobs.of_upkeep(self._upkeep)

    async def __call__(self) -> Sequence[Fact]:
        programs = Programs.of(self._queue.tools, await self._queue.ytdlp.status())
        settings = self._settings()
        house, plex, overseerr, mail = await asyncio.gather(
            doctor.examine(settings, programs),
            doctor_plex.examine(self._plex),
            doctor_overseerr.examine(settings.overseerr, self._overseerr),
            doctor_mail.examine(settings.notifications, self._knock),
        )
        return [*house, *plex, *overseerr, *doctor_kuma.examine(self._status), *mail]
