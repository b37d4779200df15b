"""What the pictures do by themselves."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import time

from medianest.core.i18n import Message
from medianest.core.jobs import Job


def jobs(tidy: Callable[[], Awaitable[Message | None]]) -> Sequence[Job]:
    return [Job(name="tidy_pictures", daily_at=time(4, 20), run=tidy)]
