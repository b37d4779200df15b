"""Somebody's own page: devices, tokens, looks."""

from dataclasses import dataclass
from datetime import datetime

from medianest.core.i18n import Message
from medianest.web.frame import Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A device on which somebody is signed in."""

    id: str
    icon: str
    device: Message
    address: str
    seen_at: datetime
    is_this: bool
    end_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """A token that a program uses in somebody's name."""

    id: str
    label: str
    scopes: tuple[Message, ...]
    created_at: datetime
    used_at: datetime | None
    revoke_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeChoice:
    """One way to light the pages."""

    name: Theme
    label: Message
    icon: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageChoice:
    """One language, by its own name."""

    code: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """The account page; `languages` is empty where there is only one."""

    name: str
    role: Message
    sessions: tuple[SessionRow, ...]
    tokens: tuple[TokenRow, ...]
    themes: tuple[ThemeChoice, ...]
    languages: tuple[LanguageChoice, ...]
    current_error: Message | None = None
    new_error: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeChoice:
    """One thing that a token may be allowed."""

    name: str
    label: Message
    about: Message
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTokenView:
    """The form of a new token."""

    label: str
    scopes: tuple[ScopeChoice, ...]
    label_error: Message | None = None
    scopes_error: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenMadeView:
    """A new token, shown this once."""

    label: str
    secret: str
