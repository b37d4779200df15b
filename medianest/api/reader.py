"""For whom an answer is written."""

from collections.abc import Callable
from dataclasses import dataclass

from medianest.core.actor import Actor
from medianest.core.i18n import Message

ROOT = "/api/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who asks, how to say a message in their language, and where our addresses begin."""

    actor: Actor
    say: Callable[[Message], str]
    base_path: str

    def href(self, path: str) -> str:
        """The address of a call of this face."""
        return f"{self.base_path}{ROOT}{path}"
