"""Household devices: browsers on which children and guests come in with a tap or a PIN."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from litestar.params import FromPath
from msgspec import Meta

from medianest.accounts import types
from medianest.api import answers
from medianest.api.answers import Answer
from medianest.api.given import Given, Served
from medianest.api.windows import window
from medianest.api.wire import Input, List, Output, Paged
from medianest.http import cookies
from medianest.http.given import CurrentActor, CurrentAsking


class DeviceApproval(Input, frozen=True, kw_only=True):
    """A device to be approved, and what it is called."""

    label: Annotated[str, Meta(min_length=1, max_length=200)]


class HouseholdDevice(Output, frozen=True, kw_only=True):
    """An approved device without its secret."""

    id: str
    label: str
    created_at: datetime
    last_used_at: datetime | None


class ShownHouseholdDevice(HouseholdDevice, frozen=True, kw_only=True):
    """A new device with its secret, which is shown this once; its browser keeps it in the cookie of this name."""

    secret: str
    cookie: str


async def listing(services: Served, actor: CurrentActor, asked: Given[Paged]) -> Answer:
    """The approved devices, oldest first."""
    page = window(await services.accounts.devices.listing(actor), asked, lambda device: device.id)
    items = [HouseholdDevice(**_facts(known)) for known in page.items]
    return answers.json(List(items=items, next_cursor=page.next_cursor))


async def approve(services: Served, asking: CurrentAsking, given: Given[DeviceApproval]) -> Answer:
    """Approve a device; its secret is in this answer and nowhere else."""
    device, secret = await services.accounts.devices.approve(asking.actor, given.label)
    asking.shows_secret = True
    cookie = cookies.name_of(cookies.DEVICE, secure=asking.secure)
    shown = ShownHouseholdDevice(**_facts(device), secret=secret, cookie=cookie)
    return answers.json(shown, status=HTTPStatus.CREATED)


async def revoke(services: Served, actor: CurrentActor, id: FromPath[str]) -> Answer:
    """Revoke a device; it shows no profiles any more, and who came in there is signed out."""
    await services.accounts.devices.revoke(actor, id)
    return answers.nothing()


def _facts(known: types.Device) -> dict[str, Any]:
    return {"id": known.id, "label": known.label, "created_at": known.created_at, "last_used_at": known.last_used_at}
