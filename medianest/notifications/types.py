"""What the feature speaks in: what people are told about, and who they are to it."""

from dataclasses import dataclass
from enum import StrEnum


class Topic(StrEnum):
    """What a note is about, as people choose among them."""

    READY = "ready"
    TROUBLE = "trouble"
    DECIDE = "decide"
    ANSWER = "answer"
    ACCOUNT = "account"
    HOUSE = "house"


class Whom(StrEnum):
    """Why somebody is told: it is theirs, they decide, or they look after the house."""

    CONCERNED = "concerned"
    DECIDERS = "deciders"
    ADMINS = "admins"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Whom an entry is told, and as what; who did it themselves need not be told, but for what somebody else may do."""

    topic: Topic
    whom: Whom
    even_who_did_it: bool = False
