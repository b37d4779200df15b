"""How much of the server's sections somebody may see; pure."""

from collections.abc import Set
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The sections that somebody sees; None is all of them.

    With `asks` what is in them is shown only as far as the server, asked with the person's own token, has it too: for
    restricted people it leaves titles out by their rating or label, of which the index knows nothing.
    """

    sections: Set[str] | None
    asks: bool = False

    def covers(self, section_key: str) -> bool:
        return self.sections is None or section_key in self.sections


ALL = View(sections=None)
NOTHING = View(sections=frozenset())
