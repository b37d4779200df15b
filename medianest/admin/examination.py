"""What the doctor of a running portal looks at."""

from collections.abc import Callable, Sequence

from medianest.admin import doctor, doctor_plex
from medianest.admin.types import Fact, Programs
from medianest.core.config import Settings
from medianest.downloads.queue import Queue
from medianest.plex.service import Plex


class Examination:
    """Called, it looks at everything, by the settings that hold then."""

    def __init__(self, settings: Callable[[], Settings], queue: Queue, plex: Plex) -> None:
        self._settings = settings
        self._queue = queue
        self._plex = plex

    async def __call__(self) -> Sequence[Fact]:
        programs = Programs.of(self._queue.tools, await self._queue.ytdlp.status())
        return [*await doctor.examine(self._settings(), programs), *await doctor_plex.examine(self._plex)]
