"""What a look at an address of a server found."""

from dataclasses import dataclass
from enum import StrEnum


class Found(StrEnum):
    """How it went; all but the first say what is wrong."""

    HERE = "here"
    NAME = "name"  # nobody knows the name, or it leads where nothing may be asked
    CONNECT = "connect"  # nobody listens there, or nothing leads there
    TLS = "tls"
    TIME = "time"
    ANSWER = "answer"  # what answers breaks off, or is no HTTP
    PATH = "path"  # something answers, but not the server: another path, or another program
    KEY = "key"  # the server, which does not take the key
    VERSION = "version"  # the server, which is too old


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at one address; the version is known only of what is such a server."""

    found: Found
    version: str = ""
