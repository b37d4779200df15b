"""The door of a household device: children and guests choose who they are, some with a PIN."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from litestar.params import FromPath, FromQuery

from medianest.accounts.errors import NoSuchUser
from medianest.accounts.types import Profile
from medianest.core.errors import MediaNestError, TooMany, Unauthenticated
from medianest.core.i18n import Message
from medianest.http import cookies
from medianest.http.redirects import internal_path
from medianest.http.services import Services
from medianest.web import forms, htmx
from medianest.web.errors import sent_back
from medianest.web.frame import Avatar, avatar_of
from medianest.web.given import CurrentReader, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.pages.entering import let_in


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileTile:
    """Somebody who can be chosen; with a PIN the way leads to where it is asked for."""

    name: str
    avatar: Avatar
    path: str
    has_pin: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PickerView:
    """Everybody who can be chosen here, and the way in for everybody else."""

    profiles: tuple[ProfileTile, ...]
    next: str
    by_password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PinView:
    """The question for the PIN of who was chosen."""

    profile: ProfileTile
    next: str
    back: str
    error: Message | None = None


async def profiles_here(reader: Reader, services: Services) -> Sequence[Profile]:
    """Who can be chosen in this browser."""
    secret = _device_secret(reader)
    return await services.accounts.devices.profiles(secret) if secret else ()


async def ask_pin(reader: CurrentReader, services: TheServices, id: FromPath[str], next: FromQuery[str] = "/") -> Html:
    """Ask who was chosen for their PIN."""
    return await _ask(reader, services, id, internal_path(next))


async def enter(request: AnyRequest, reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """Come in as who was chosen."""
    form = await forms.read(request)
    next = internal_path(form.text("next"))
    secret, client = _device_secret(reader) or "", reader.asking.client()
    try:
        opened = await services.accounts.devices.enter(secret, id, form.raw("pin"), client)
    except (Unauthenticated, TooMany) as error:
        return await _ask(reader, services, id, next, error=error)
    except NoSuchUser:
        return htmx.go(reader, "/sign-in")
    return let_in(reader, opened, next)


def picker_view(profiles: Sequence[Profile], next: str) -> PickerView:
    return PickerView(
        profiles=tuple(profile_tile(profile, next) for profile in profiles),
        next=next,
        by_password=f"/sign-in?by=password&next={quote(next, safe='/')}",
    )


def profile_tile(profile: Profile, next: str) -> ProfileTile:
    path = f"/sign-in/profiles/{profile.id}"
    return ProfileTile(
        name=profile.name,
        avatar=avatar_of(profile.id, profile.name),
        path=f"{path}?next={quote(next, safe='/')}" if profile.has_pin else path,
        has_pin=profile.has_pin,
    )


def _device_secret(reader: Reader) -> str | None:
    """What this browser proves itself with, if it is one of the household's."""
    fields = reader.request.headers.getall("cookie", [])
    return cookies.read(fields, cookies.name_of(cookies.DEVICE, secure=reader.asking.secure))


async def _ask(reader: Reader, services: Services, id: str, next: str, *, error: MediaNestError | None = None) -> Html:
    chosen = _one_of(await profiles_here(reader, services), id)
    if chosen is None:
        return htmx.go(reader, "/sign-in")
    told = error.message if error else None
    view = PinView(profile=profile_tile(chosen, next), next=next, back="/sign-in", error=told)
    form = htmx.page(reader, reader.frame(), "sign_in/pin.html", view)
    return sent_back(form, error) if error else form


def _one_of(profiles: Sequence[Profile], id: str) -> Profile | None:
    return next((profile for profile in profiles if profile.id == id), None)
