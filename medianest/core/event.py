"""What features announce: the base of every journal entry."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, ClassVar

from medianest.core.actor import Actor, Role

HOUSEHOLD = frozenset({"role:admin", "role:curator", "role:member"})
ADMINS = frozenset({"role:admin"})


def people(ids: Iterable[str]) -> frozenset[str]:
    """The audience of exactly these people."""
    return frozenset(f"user:{id}" for id in ids)


def role(role: Role) -> frozenset[str]:
    """The audience of everybody who has this role."""
    return frozenset({f"role:{role}"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened; a subclass adds its facts as fields, which become the entry's data.

    Facts are JSON values, and only such as the whole audience may see: no secret, no address of a link.
    `topic` is what it belongs to for who looks through the journal, where that is not the first word of its kind.
    `audience` is a set of words, `role:ROLE` and `user:ID`; whoever holds one of them may see the entry.
    """

    kind: ClassVar[str]
    subject_type: ClassVar[str]
    topic: ClassVar[str] = ""
    version: ClassVar[int] = 1
    keep: ClassVar[timedelta] = timedelta(days=400)

    actor: Actor
    subject_id: str
    audience: frozenset[str]

    def data(self) -> dict[str, Any]:
        """The facts of the subclass, as JSON values."""
        own = {item.name for item in fields(Event)}
        return {item.name: getattr(self, item.name) for item in fields(self) if item.name not in own}


def topics() -> Mapping[str, frozenset[str]]:
    """The kinds of all events that there are, by their topic."""
    found: dict[str, set[str]] = {}
    for event in _descendants(Event):
        word, dot, _ = getattr(event, "kind", "").partition(".")
        if dot:
            found.setdefault(event.topic or word, set()).add(event.kind)
    return {topic: frozenset(kinds) for topic, kinds in found.items()}


def _descendants(event: type[Event]) -> Iterator[type[Event]]:
    for child in event.__subclasses__():
        yield child
        yield from _descendants(child)
