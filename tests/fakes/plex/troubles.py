"""What can be the matter with an answer."""

import dataclasses
from dataclasses import dataclass

from tests.fakes.plex.messages import Reply

ALWAYS = 10**9


@dataclass(slots=True, kw_only=True)
class Trouble:
    """Trouble with what lies below `path`, for `times` requests after the first `after`.

    wait        seconds of silence before the answer
    slow        bytes a second
    fail        this status instead of an answer, with a page of HTML as proxies send it
    retry_after goes with it, whatever it says
    malformed   half of the text, in a message that is whole
    cut         the connection breaks off half way
    body        this instead of the answer's body, under the answer's status and type
    """

    path: str
    wait: float = 0
    slow: float | None = None
    fail: int | None = None
    retry_after: str | None = None
    malformed: bool = False
    cut: bool = False
    body: bytes | None = None
    times: int = ALWAYS
    after: int = 0
    seen: int = 0

    def strikes(self, path: str) -> bool:
        """Count a request for `path`; whether it is one of those that are in trouble."""
        if not path.startswith(self.path):
            return False
        self.seen += 1
        return self.after < self.seen <= self.after + self.times

    def instead(self) -> Reply | None:
        """What comes without the service being asked."""
        if self.fail is None:
            return None
        page = f"<html><head><title>{self.fail}</title></head><body><h1>{self.fail}</h1></body></html>"
        headers = {} if self.retry_after is None else {"Retry-After": self.retry_after}
        return Reply(status=self.fail, body=page.encode(), headers=headers)

    def spoil(self, reply: Reply) -> Reply:
        body = reply.body if self.body is None else self.body
        return dataclasses.replace(reply, body=body[: len(body) // 2] if self.malformed else body)
