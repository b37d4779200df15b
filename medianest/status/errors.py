"""What can go wrong between us and Uptime Kuma."""

from datetime import timedelta

from medianest.core.errors import NotFound, Unavailable
from medianest.core.i18n import msg
from medianest.status.types import Trouble

NO_ANSWER = "no_answer"
"""Why somebody counts as away who was connected to, and said nothing in time."""


class NoLink(Unavailable):
    """There is no link; `trouble` is why. Credentials that were refused are not tried again soon."""

    default_code = "kuma_away"

    def __init__(self, trouble: Trouble, *, retry_after: timedelta | None = None, why: str = "") -> None:
        super().__init__(msg(f"status.{trouble}"), retry_after=retry_after, facts={"trouble": trouble, "why": why})
        self.trouble = trouble

    @property
    def is_refusal(self) -> bool:
        """Whether Uptime Kuma is there, and does not let the portal in."""
        return self.trouble in (
            Trouble.CREDENTIALS,
            Trouble.CODE,
            Trouble.THROTTLED,
            Trouble.NOT_SET_UP,
            Trouble.NO_PAGE,
        )


class NoMonitor(NotFound):
    """There is no such service, or it is not shown to who asks."""
