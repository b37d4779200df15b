"""What lets go of old incidents."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import time

from medianest.core.i18n import Message
from medianest.core.jobs import Job


def jobs(prune: Callable[[], Awaitable[Message | None]]) -> Sequence[Job]:
    return [Job(name="purge_status", daily_at=time(4, 50), run=prune)]
