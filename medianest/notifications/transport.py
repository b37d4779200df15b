"""What every channel's transport is: it takes a message to a target, or says why not and whether a retry can help."""

from typing import Protocol

from medianest.core.circuit import Ended
from medianest.core.i18n import Message
from medianest.notifications.types import Outgoing

ANSWER_MOST = 500


def heard(answer: str) -> str:
    """What the other side said, as far as it can be kept: not without end, and no bytes that are no text."""
    return answer[:ANSWER_MOST].encode("utf-8", "replace").decode()


class Undelivered(Exception):
    """A message did not arrive; `said` is why, for people, `answer` what the other side said, word for word.

    `is_final` tells that no retry can help, `is_gone` that the target is no more; `ended` is what the link learns.
    """

    def __init__(
        self,
        said: Message,
        *,
        answer: str = "",
        ended: Ended = Ended.FAILED,
        is_final: bool = False,
        is_gone: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(answer or said.id)
        self.said = said
        self.answer = heard(answer)
        self.ended = ended
        self.is_final = is_final or is_gone
        self.is_gone = is_gone
        self.retry_after_s = retry_after_s


class Transport(Protocol):
    """Speaks one protocol; a target is the text that the channel was made with."""

    def place(self, target: str) -> str:
        """What fails together: the host, or the service, that this target is at."""

    async def send(self, target: str, message: Outgoing) -> str:
        """What the other side answered, in a line. Raises Undelivered."""

    async def stop(self) -> None:
        """Close what is open."""
