"""In what 1.23 and 2.x differ, and the sessions that were recorded of them."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Dialect:
    """A release; `is_new` from 2.0 on."""

    version: str
    is_new: bool

    def refusal(self, key: str) -> JSON:
        """How a call is refused: in words before 2.0, by the key of a message since."""
        return {"ok": False, "msg": key, "msgi18n": True} if self.is_new else {"ok": False, "msg": _WORDS[key]}

    @property
    def periods(self) -> list[int | str]:
        return [24, 720, "1y"] if self.is_new else [24, 720]


_WORDS = {
    "authIncorrectCreds": "Incorrect username or password.",
    "authInvalidToken": "Invalid token.",
    "codeRefused": "Invalid Token!",
}
OLD = Dialect("1.23.17", is_new=False)
NEW = Dialect("2.5.3", is_new=True)


@cache
def recording(dialect: Dialect) -> JSON:
    """What came of a login with a token, the answers for a status page, and the figures of Prometheus."""
    told: JSON = json.loads(files(__package__).joinpath(f"recorded/{dialect.version}.json").read_text())
    return told
