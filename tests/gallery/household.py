"""The samples of the pages about people: who lives here, who is invited, who goes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from medianest.accounts.types import Device, Invitation, Profile, Session, User
from medianest.core.actor import Role
from medianest.core.i18n import msg
from medianest.downloads.types import Estate
from medianest.web.pages import household, invitations, invite, partings, people, person, profiles
from medianest.web.pages.account import LanguageChoice, session_row
from medianest.web.pages.admin import Room, rooms
from medianest.web.pages.roles import roles
from medianest.web.quotas import meters
from tests.gallery import plans
from tests.gallery.samples import NOW

Shown = tuple[str, tuple[str, object]]
_ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36"
LANGUAGES = (
    LanguageChoice(code="en", name="English", chosen=True),
    LanguageChoice(code="de", name="Deutsch", chosen=False),
)


_TABLET = Device(id="1", label="Living-room tablet", created_at=NOW, last_used_at=NOW - timedelta(hours=1))


def _user(id: str, display_name: str, role: Role, *, days: float | None = 0, locked_out: bool = False) -> User:
    return User(
        id=id, name=id, display_name=display_name, role=role, language=None, created_at=NOW - timedelta(days=300),
        suspended_at=NOW if locked_out else None,
        last_seen_at=None if days is None else NOW - timedelta(days=days),
    )  # fmt: skip


KIDS = _user("kids", "The kids", Role.CHILD, days=0.1)
EVERYBODY = (
    _user("robin", "Robin", Role.ADMIN),
    _user("other", "The other parent", Role.CURATOR, days=0.2),
    _user("grandma", "Grandma Wilhelmine", Role.MEMBER, days=1),
    KIDS,
    _user("guests", "The guest room", Role.GUEST, days=90, locked_out=True),
    _user("new", "Somebody new", Role.MEMBER, days=None),
)


def _invitation(id: str, label: str, role: Role, *, uses: int, most: int) -> Invitation:
    return Invitation(
        id=id, role=role, label=label, uses=uses, uses_most=most, made_by="robin", maker="Robin", created_at=NOW,
        expires_at=NOW + timedelta(days=6),
    )  # fmt: skip


def _session(id: str, address: str) -> Session:
    return Session(
        id=id, user_id="kids", user_agent=_ANDROID, address=address, created_at=NOW, authenticated_at=NOW,
        last_seen_at=NOW - timedelta(hours=2), expires_at=NOW + timedelta(days=100),
    )  # fmt: skip


def samples_of_people() -> Iterator[Shown]:
    open_ones = (
        _invitation("1", "The neighbours", Role.GUEST, uses=1, most=3),
        _invitation("2", "", Role.MEMBER, uses=0, most=1),
    )
    full = people.PeopleView(
        places=rooms(Room.PEOPLE, alarms=1),
        people=tuple(people.person_row(user, me="robin") for user in EVERYBODY),
        invitations=tuple(people.invitation_row(known) for known in open_ones),
        devices=(household.device_row(_TABLET),),
    )
    yield "people", ("admin/people.html", full)
    yield "people-first", ("admin/people.html", replace(full, people=full.people[:1], invitations=(), devices=()))
    yield "person-new", ("admin/new_person.html", people.NewPersonView(roles=roles(Role.MEMBER)))
    wrong = people.NewPersonView(
        roles=roles(Role.CHILD), name="Robin", name_error=msg("accounts.name_taken", name="Robin"),
        password_error=msg("accounts.password_too_short", least=10),
    )  # fmt: skip
    yield "person-new-wrong", ("admin/new_person.html", wrong)
    yield from _samples_of_one()
    form = invitations.invite_view(Role.MEMBER, uses=1, days=7)
    yield "invite", ("admin/invite.html", form)
    yield "device", ("admin/device.html", household.DeviceView())
    link = "https://nest.example/invite/mi_k3v9qz7w2x5c8b1n4m6a0s9d8f7g6h5jk3v9qz7w2x5c"
    yield "invitation-made", ("admin/invitation_made.html", invitations.made_view(open_ones[0], link))


def _samples_of_one() -> Iterator[Shown]:
    path = "/admin/people/kids/sessions"
    rows = tuple(
        session_row(_session(id, address), here=None, path=path)
        for id, address in {"1": "192.168.1.34", "2": "2606:4700:77:1:a9c1:33ff:fe10:1234"}.items()
    )
    one = person.view_of(
        KIDS, rows, me="robin", spoken=LANGUAGES, plans=person.own_plans(KIDS, plans.ALL), usage=meters(plans.SOME)
    )
    yield "person", ("admin/person.html", one)
    locked = person.view_of(EVERYBODY[4], (), me="robin", spoken=())
    yield "person-locked-out", ("admin/person.html", locked)
    last = person.view_of(EVERYBODY[0], (), me="robin", spoken=())
    yield "person-wrong", ("admin/person.html", replace(last, role_error=msg("accounts.last_admin")))
    yield "removal", ("question/page.html", partings.removal(KIDS, Estate(total=12, followed=3), is_me=False))


def samples_of_the_door() -> Iterator[Shown]:
    yield "invited", ("invite/page.html", invite.InvitedView())
    taken = msg("accounts.name_taken", name="Robin")
    yield "invited-wrong", ("invite/page.html", invite.InvitedView(name="Robin", name_error=taken))
    yield "invited-over", ("invite/page.html", invite.InvitedView(over=msg("accounts.invitation_over")))
    yield "invited-inside", ("invite/page.html", invite.InvitedView(signed_in_as="Robin"))
    chosen = Profile(id="kids", name="The kids", has_pin=True)
    others = (Profile(id="guests", name="The guest room", has_pin=False), Profile(id="x", name="Mia", has_pin=True))
    yield "picker", ("sign_in/picker.html", profiles.picker_view((chosen, *others), "/"))
    pin = profiles.PinView(profile=profiles.profile_tile(chosen, "/"), next="/", back="/sign-in")
    yield "pin", ("sign_in/pin.html", pin)
    yield "pin-wrong", ("sign_in/pin.html", replace(pin, error=msg("accounts.wrong_pin")))
