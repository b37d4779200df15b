"""Who has an account at plex.tv, who shares which server with whom, and by which tokens they are known."""

import secrets
import string
from dataclasses import dataclass, field

_LETTERS = string.ascii_letters + string.digits + "_-"


@dataclass(slots=True, kw_only=True, eq=False)
class Person:
    """An account. Managed people of a home have no name of their own and no address, only a title."""

    id: int
    title: str
    username: str = ""
    email: str | None = None
    home: bool = False
    home_admin: bool = False
    managed: bool = False
    protected: bool = False
    uuid: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def thumb(self) -> str:
        return f"https://plex.tv/users/{self.uuid}/avatar?c={self.id}"


@dataclass(slots=True, kw_only=True, eq=False)
class Share:
    """Someone may use a server: all its libraries, or those whose keys are named."""

    id: int
    person: Person
    sections: frozenset[str] | None = None

    def covers(self, section: str) -> bool:
        return self.sections is None or section in self.sections


OWNER = Person(
    id=12345,
    title="olga",
    username="olga",
    email="olga@example.com",
    home=True,
    home_admin=True,
    uuid="1234567890abcdef",
)
FRIEND = Person(id=1000, title="frida", username="frida", email="frida@example.com")
CHILD = Person(id=1001, title="Kim", home=True, managed=True, protected=True)
NEIGHBOUR = Person(id=67890, title="nils", username="nils", email="nils@example.com")
STRANGER = Person(id=99001, title="stefan", username="stefan", email="stefan@example.com")


def classic_token() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(20))


def long_token() -> str:
    """Three parts and 536 characters, as owners get it for their server since 2026."""
    parts = (36, 413, 85)
    return ".".join("".join(secrets.choice(_LETTERS) for _ in range(length)) for length in parts)
