"""The door: signing in, signing in once more for what is delicate, signing out."""

from dataclasses import dataclass

from medianest.core.i18n import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInView:
    """The sign-in page; `next` is where it leads."""

    next: str = "/"
    name: str = ""
    error: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainView:
    """The page that asks who is signed in for the password once more."""

    next: str
    back: str
    name: str
    error: Message | None = None
