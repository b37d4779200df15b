"""What surrounds every page: who reads it, in which language and theme, and which places there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from medianest.core.actor import Actor
from medianest.core.i18n import Message

TONES = 12
THEME = "theme"


class Theme(StrEnum):
    """How a page is lit; `auto` leaves it to the device."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class Place(StrEnum):
    """Where somebody is; the word is the icon's name too."""

    HOME = "home"
    ASK = "ask"
    LIBRARY = "library"
    QUEUE = "queue"
    STATUS = "status"
    INBOX = "inbox"
    ACCOUNT = "account"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Avatar:
    """A person as a letter on a colour."""

    letter: str
    tone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A choice among pages that show the same place differently."""

    name: str
    path: str
    label: Message
    here: bool
    n: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The page around a view: `place` is None at the door, where nobody is known.

    `after` is the journal entry and `heard` the version of the live signals up to which the page is true: its event
    stream goes on from there. `link` is what stands in the box at the top, and `here` the path of the page.
    """

    language: str = "en"
    direction: str = "ltr"
    theme: Theme = Theme.AUTO
    csrf_token: str | None = None
    place: Place | None = None
    avatar: Avatar | None = None
    may_administer: bool = False
    may_download: bool = False
    may_ask: bool = False
    under_way: int = 0
    unread: int = 0
    after: int | None = None
    heard: int = 0
    link: str = ""
    here: str = "/"


def avatar(actor: Actor) -> Avatar:
    return avatar_of(actor.id or actor.name, actor.name)


def avatar_of(id: str, name: str) -> Avatar:
    """The same colour for a person wherever they are shown."""
    digest = sha256(id.encode()).digest()
    return Avatar(letter=name[:1].upper() or "?", tone=digest[0] % TONES)


def theme_of(cookies: Mapping[str, str]) -> Theme:
    """The theme that a browser remembers; anything unknown is the device's own."""
    chosen = cookies.get(THEME, "")
    return Theme(chosen) if chosen in list(Theme) else Theme.AUTO
