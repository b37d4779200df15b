"""What the doctor of a running portal looks at."""

import asyncio
from collections.abc import Callable, Sequence

from medianest.admin import doctor, doctor_kuma, doctor_overseerr, doctor_plex
from medianest.admin.types import Fact, Programs
from medianest.core.config import Settings
from medianest.downloads.queue import Queue
from medianest.media_requests.overseerr import Overseerr
from medianest.plex.service import Plex
from medianest.status.service import Status


class Examination:
    """Called, it looks at everything, by the settings that hold then."""

    def __init__(
        self, settings: Callable[[], Settings], queue: Queue, plex: Plex, overseerr: Overseerr, status: Status
    ) -> None:
        self._settings = settings
        self._queue = queue
        self._plex = plex
        self._overseerr = overseerr
        self._status = status

    async def __call__(self) -> Sequence[Fact]:
        programs = Programs.of(self._queue.tools, await self._queue.ytdlp.status())
        settings = self._settings()
        house, plex, overseerr = await asyncio.gather(
            doctor.examine(settings, programs),
            doctor_plex.examine(self._plex),
            doctor_overseerr.examine(settings.overseerr, self._overseerr),
        )
        return [*house, *plex, *overseerr, *doctor_kuma.examine(self._status)]
