"""What a look at an address of a server found."""

from dataclasses import dataclass
from enum import StrEnum


class Found(StrEnum):
    """How it went; all but the first say why the address cannot be used."""

    HERE = "here"
    NAME = "name"  # nobody knows the name, or it leads where nothing may be asked
    CONNECT = "connect"
    TLS = "tls"
    TIME = "time"
    ANSWER = "answer"  # something answers that is no Plex server
    OTHER = "other"  # a Plex server, but another one
    REFUSED = "refused"  # the server, which does not take the token


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at one address; who it is and what it is called is known only of what is a Plex server."""

    found: Found
    machine_id: str = ""
    name: str = ""
    version: str = ""
