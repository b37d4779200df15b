"""Where somebody who comes back from Plex ends up."""

from dataclasses import dataclass
from typing import TypeAlias

from medianest.accounts.types import Opened
from medianest.plex.types import Journey


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Plex has not heard a yes yet."""

    journey: Journey


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """They are in, and go on to `return_path`."""

    opened: Opened
    return_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Their Plex account is theirs here, too."""

    return_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """The portal asks Plex by another token now; or, if not `done`, a server has to be chosen."""

    journey: Journey
    done: bool


Arrival: TypeAlias = Waiting | Entered | Linked | Connected


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody with whom the server is shared, and who is not here yet."""

    plex_id: int
    name: str
    home: bool
