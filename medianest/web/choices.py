"""What a form offers to choose from."""

from dataclasses import dataclass

from medianest.core.i18n import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the ways in which something can be done."""

    value: str
    label: Message
    chosen: bool = False
