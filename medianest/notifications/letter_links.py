"""The links in letters: each proves by its signature that who follows it reads what is sent to that channel."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import cached_property

from medianest.core import clock
from medianest.core.config import Settings
from medianest.core.errors import NotFound
from medianest.core.i18n import msg
from medianest.core.security import load_or_create_key, sign, verify

CONFIRM, LEAVE = "/confirm", "/unsubscribe"
CONFIRM_LASTS = timedelta(days=3)
_LEAVE_LASTS = timedelta(days=400)
_PURPOSES = {CONFIRM: "confirm-address", LEAVE: "leave-letters"}
_WORD = re.compile(r"[A-Za-z0-9_.-]{1,200}")


class NoSuchLink(NotFound):
    """It was changed, is too old, or what it is about is gone."""


class LetterLinks:
    """Makes the paths and reads the words that are their last part; `settings` are those that hold at that moment."""

    def __init__(self, settings: Callable[[], Settings]) -> None:
        self._settings = settings

    def confirm(self, channel_id: str) -> str:
        """By which somebody says that the address is theirs."""
        return self._path(CONFIRM, channel_id, CONFIRM_LASTS)

    def leave(self, channel_id: str) -> str:
        """By which somebody wants no more letters there."""
        return self._path(LEAVE, channel_id, _LEAVE_LASTS)

    def read(self, kind: str, word: str) -> str:
        """The channel that a link of this kind names. Raises NoSuchLink."""
        id = verify(self._key, _PURPOSES[kind], word) if _WORD.fullmatch(word) else None
        if id is None:
            raise NoSuchLink(msg("notifications.no_such_link"))
        return id

    def _path(self, kind: str, channel_id: str, lasts: timedelta) -> str:
        return f"{kind}/{sign(self._key, _PURPOSES[kind], channel_id, until=clock.now() + lasts)}"

    @cached_property
    def _key(self) -> bytes:
        return load_or_create_key(self._settings().paths.key_file)
