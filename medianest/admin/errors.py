"""What can go wrong with backups."""

from medianest.core.errors import Conflict, Invalid, NotFound, Unavailable


class NoSuchBackup(NotFound):
    default_code = "no_such_backup"


class NoRoom(Unavailable):
    """There is not enough free space to make and verify a backup."""

    default_code = "no_room"


class NameTaken(Conflict):
    """There is a file of this name, which a backup will not replace."""

    default_code = "name_taken"


class BadBackup(Invalid):
    """The file is no backup of ours, or is damaged."""

    default_code = "bad_backup"


class WrongPassphrase(Invalid):
    """The backup is sealed, and not with this passphrase."""

    default_code = "wrong_passphrase"


class TooNew(Conflict):
    """The backup was made by a later release."""

    default_code = "too_new"
