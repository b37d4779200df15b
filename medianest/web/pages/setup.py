"""The first page of a fresh installation: who looks after it."""

from dataclasses import dataclass

from medianest.core.i18n import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupView:
    """The form of the first administrator; it is not `open` where the link is wrong or used up."""

    token: str
    is_open: bool = True
    name: str = ""
    error: Message | None = None
    name_error: Message | None = None
    password_error: Message | None = None
