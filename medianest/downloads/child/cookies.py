"""The cookies that a command has with it, in memory only: no file of the working folder ever holds them."""

import io
from collections.abc import Callable
from typing import Any, TypeVar

from medianest.downloads.failures import CannotFetch
from medianest.downloads.protocol import Cookies, SignedIn
from medianest.downloads.sites.cookies import BYTES_MOST, NEEDED

T = TypeVar("T")
SIGNED_IN = "medianest_signed_in"
_SECRETS = frozenset({"cookies", "Cookie"})


class Jar:
    """Cookies for yt-dlp's own jar: from the beginning, or once a site asks who we are."""

    def __init__(self, lent: Cookies | None) -> None:
        self._lent = lent
        self._jar: Any = None

    def put_into(self, jar: Any) -> None:
        """Give them to yt-dlp's jar."""
        if self._lent and self._jar is None:
            jar.load(io.StringIO(self._lent.text))
            self._jar = jar

    @property
    def is_for_all(self) -> bool:
        return self._lent is not None and self._lent.always

    @property
    def is_open(self) -> bool:
        """Whether they went along."""
        return self._jar is not None

    def opening(self, jar: Any, ask: Callable[[], T]) -> T:
        """What a site says, and where it asks who we are, what it says to who is signed in."""
        try:
            return ask()
        except CannotFetch as stopped:
            if self._lent is None or self.is_open or stopped.verdict.code not in NEEDED:
                raise
        self.put_into(jar)
        return ask()

    def given_back(self) -> SignedIn | None:
        """What they have become, where they went along; too many to say are as they were."""
        if not self.is_open:
            return None
        text = io.StringIO()
        self._jar.save(text)
        said = text.getvalue()
        return SignedIn(cookies=said if len(said) <= BYTES_MOST else "")


def without(facts: Any) -> Any:
    """yt-dlp's info without the cookies that it writes into each format."""
    if isinstance(facts, dict):
        return {key: without(value) for key, value in facts.items() if key not in _SECRETS}
    return [without(value) for value in facts] if isinstance(facts, list) else facts
