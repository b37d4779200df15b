"""Why a request that was kept could not be asked for after all, in words."""

from collections.abc import Mapping

from medianest.core.i18n import Message, msg
from medianest.media_requests.errors import (
    AskedAlready,
    NoAccount,
    NotAllowed,
    NothingLeft,
    NoTitle,
    ThereAlready,
    UsedUp,
)

_SENTENCES: Mapping[str, Message] = {
    AskedAlready.default_code: msg("requests.asked_already"),
    NoAccount.default_code: msg("requests.no_account"),
    NotAllowed.default_code: msg("requests.not_allowed"),
    NothingLeft.default_code: msg("requests.no_seasons_left"),
    NoTitle.default_code: msg("requests.no_title"),
    ThereAlready.default_code: msg("requests.there_already"),
    UsedUp.default_code: msg("requests.used_up"),
}


def sentence(error_code: str) -> Message:
    """What an error code of a request means."""
    return _SENTENCES.get(error_code, msg("requests.could_not_be_asked"))
