"""What can go wrong with people and their proofs."""

from medianest.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated


class WrongPassword(Unauthenticated):
    """The name and the password do not belong together; which of them is wrong is not told."""

    default_code = "wrong_password"


class WrongPin(Unauthenticated):
    """The PIN is not that of the profile."""

    default_code = "wrong_pin"


class Suspended(Forbidden):
    """The person may not sign in for now."""

    default_code = "suspended"


class SetupClosed(Forbidden):
    """The setup link is wrong, used, or no longer needed."""

    default_code = "setup_closed"


class NameTaken(Conflict):
    """Somebody is called that already."""

    default_code = "name_taken"


class LastAdmin(Conflict):
    """The installation would be left without anybody who looks after it."""

    default_code = "last_admin"


class TooManyTokens(Conflict):
    """The person has as many tokens as one may have."""

    default_code = "too_many_tokens"


class ScopeNotOwned(Invalid):
    """A token would carry more than its owner may."""

    default_code = "scope_not_owned"


class NoSuchUser(NotFound):
    default_code = "no_such_user"


class NoSuchToken(NotFound):
    default_code = "no_such_token"


class NoSuchSession(NotFound):
    default_code = "no_such_session"


class NoSuchInvitation(NotFound):
    default_code = "no_such_invitation"


class InvitationOver(NotFound):
    """The invitation is unknown, expired, used up or revoked; which of these is not told."""

    default_code = "invitation_over"


class NoSuchDevice(NotFound):
    default_code = "no_such_device"


class NoSuchPlan(NotFound):
    default_code = "no_such_plan"
