"""What accounts announce; each to the administrators and to the person it is about, if it is about one."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from medianest.core.event import ADMINS, Event, people


def about(user_id: str | None) -> frozenset[str]:
    """The audience of what concerns one person."""
    return ADMINS | people([user_id]) if user_id else ADMINS


@dataclass(frozen=True, slots=True, kw_only=True)
class UserCreated(Event):
    """Somebody was given an account."""

    kind: ClassVar[str] = "user.created"
    subject_type: ClassVar[str] = "user"

    name: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChanged(Event):
    """An account was changed; `changed` names what."""

    kind: ClassVar[str] = "user.changed"
    subject_type: ClassVar[str] = "user"

    changed: list[str]
    role: str
    suspended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordReset(Event):
    """A password was replaced, and every session of its owner ended."""

    kind: ClassVar[str] = "user.password_reset"
    subject_type: ClassVar[str] = "user"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInEvent(Event):
    """Somebody came in, did not, or is out again."""

    kind: ClassVar[str] = "user"
    subject_type: ClassVar[str] = "user"
    topic: ClassVar[str] = "sign_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn(SignInEvent):
    """Somebody proved who they are."""

    kind: ClassVar[str] = "user.signed_in"

    user_agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInWithPlex(SignedIn):
    """Plex proved who they are."""

    kind: ClassVar[str] = "user.signed_in_with_plex"


SIGN_INS = frozenset({SignedIn.kind, SignedInWithPlex.kind})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDevice(SignInEvent):
    """Somebody who has been here before signed in with a device of a kind that they never used."""

    kind: ClassVar[str] = "user.new_device"

    user_agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInFailed(SignInEvent):
    """Somebody did not; the subject is empty where no such name exists (what was typed is not kept)."""

    kind: ClassVar[str] = "user.sign_in_failed"
    keep: ClassVar[timedelta] = timedelta(days=90)

    user_agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOut(SignInEvent):
    """A session was ended, by its owner or by an administrator."""

    kind: ClassVar[str] = "user.signed_out"

    session_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOutEverywhere(SignInEvent):
    """All sessions of a person were ended but the one in which they asked for it; `ended` is how many."""

    kind: ClassVar[str] = "user.signed_out_everywhere"

    ended: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRemoved(Event):
    """Somebody left: `name` is their pseudonym from now on, `heir_id` who gets what nobody else wants."""

    kind: ClassVar[str] = "user.removed"
    subject_type: ClassVar[str] = "user"

    name: str
    heir_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCreated(Event):
    """An API token was made."""

    kind: ClassVar[str] = "token.created"
    subject_type: ClassVar[str] = "token"

    label: str
    scopes: list[str]
    owner_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRevoked(Event):
    """An API token was ended."""

    kind: ClassVar[str] = "token.revoked"
    subject_type: ClassVar[str] = "token"

    label: str
    owner_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationEvent(Event):
    """Something about an invitation to be one of the household in this role."""

    kind: ClassVar[str] = "invitation"
    subject_type: ClassVar[str] = "invitation"

    label: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationMade(InvitationEvent):
    kind: ClassVar[str] = "invitation.made"

    uses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationUsed(InvitationEvent):
    """Somebody came in by it; the actor is the person who they are now."""

    kind: ClassVar[str] = "invitation.used"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRevoked(InvitationEvent):
    kind: ClassVar[str] = "invitation.revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class PinChanged(Event):
    """A child or guest was given a PIN for household devices, or has none any more."""

    kind: ClassVar[str] = "user.pin_changed"
    subject_type: ClassVar[str] = "user"

    has_pin: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceEvent(Event):
    """Something about a household device."""

    kind: ClassVar[str] = "device"
    subject_type: ClassVar[str] = "device"

    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceApproved(DeviceEvent):
    kind: ClassVar[str] = "device.approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRevoked(DeviceEvent):
    """It shows no profiles any more, and who had chosen one there is signed out."""

    kind: ClassVar[str] = "device.revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPlanEvent(Event):
    """Somebody's own plan is another one now; `name` is that of the plan."""

    kind: ClassVar[str] = "user_plan"
    subject_type: ClassVar[str] = "user"

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanGiven(PersonPlanEvent):
    kind: ClassVar[str] = "user.plan_given"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTaken(PersonPlanEvent):
    """They have none of their own any more."""

    kind: ClassVar[str] = "user.plan_taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEvent(Event):
    """Something about a plan."""

    kind: ClassVar[str] = "plan"
    subject_type: ClassVar[str] = "plan"

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCreated(PlanEvent):
    kind: ClassVar[str] = "plan.created"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChanged(PlanEvent):
    """`changed` names what."""

    kind: ClassVar[str] = "plan.changed"

    changed: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRolesChanged(PlanEvent):
    """Other roles have it now than before."""

    kind: ClassVar[str] = "plan.roles_changed"

    roles: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRemoved(PlanEvent):
    """Who had it has the plan `instead` now (an id), or none."""

    kind: ClassVar[str] = "plan.removed"

    instead: str | None
