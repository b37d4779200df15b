"""What can go wrong with another yt-dlp; nothing of it touches the one in use."""

from medianest.core.errors import Conflict, Unavailable
from medianest.core.i18n import msg


class NoPip(Unavailable):
    """There is no pip that could install anything."""

    default_code = "no_pip"

    def __init__(self) -> None:
        super().__init__(msg("downloads.ytdlp_no_pip"))


class NotInstalled(Unavailable):
    """pip could not fetch or install it, or what it installed is not what its records say; a later look may."""

    default_code = "ytdlp_not_installed"


class TrialFailed(Unavailable):
    """It was installed, and does not work here."""

    default_code = "ytdlp_trial_failed"


class AlreadyUpdating(Conflict):
    default_code = "already_updating"

    def __init__(self) -> None:
        super().__init__(msg("downloads.ytdlp_already_updating"))


class NothingToGoBackTo(Conflict):
    """What MediaNest came with is in use."""

    default_code = "nothing_to_go_back_to"

    def __init__(self) -> None:
        super().__init__(msg("downloads.ytdlp_nothing_to_go_back_to"))
