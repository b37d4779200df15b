"""What keeps requests true when no webhook comes."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from medianest.core.i18n import Message
from medianest.core.jobs import Job

_LOOK = timedelta(minutes=5)


def jobs(look: Callable[[], Awaitable[Message | None]]) -> Sequence[Job]:
    return [Job(name="requests", every=_LOOK, run=look)]
