"""What the portal and its child that speaks to services say to each other: one question, one answer, as JSON."""

from enum import StrEnum

import msgspec


class Check(msgspec.Struct, frozen=True, kw_only=True, tag="check"):
    """Which of these addresses are known?"""

    urls: tuple[str, ...]


class Send(msgspec.Struct, frozen=True, kw_only=True, tag="send"):
    """Tell this one, in so many seconds."""

    url: str
    title: str
    body: str
    seconds: float


class Checked(msgspec.Struct, frozen=True, kw_only=True, tag="checked"):
    """Whether each of them is, in their order."""

    known: tuple[bool, ...]


class Why(StrEnum):
    """Why there was no answer."""

    CONNECT = "connect"
    TLS = "tls"
    TIME = "time"
    ANSWER = "answer"
    NAME = "name"


class Told(msgspec.Struct, frozen=True, kw_only=True, tag="told"):
    """How it went: what the service said, word for word, and its HTTP status, 0 where there was none."""

    is_well: bool
    is_known: bool = True
    status: int = 0
    said: str = ""
    why: Why | None = None
    retry_after: str = ""


Question = Check | Send
Answer = Checked | Told
