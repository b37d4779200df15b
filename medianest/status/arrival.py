"""Whether all that follows a login has come: each login is told everything anew, in many events; pure."""

from medianest.status.types import Arrived, Beaten, Listed, Message


class Arrival:
    """Until it is whole, what is shown may be of before the login.

    The last event is only sent until somebody sets the server's time zone; the beats of each monitor always are.
    """

    def __init__(self) -> None:
        self._awaited: set[int] | None = None
        self.is_whole = False

    def hear(self, message: Message) -> None:
        match message:
            case Listed(whole=True):
                self._awaited = set(message.monitors)
            case Beaten(whole=True) if self._awaited is not None:
                self._awaited.discard(message.monitor)
            case Arrived():
                self.is_whole = True
        self.is_whole = self.is_whole or self._awaited == set()
