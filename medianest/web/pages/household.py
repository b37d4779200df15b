"""Admin: making this browser one of the household's, and taking that back."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from litestar.params import FromPath

from medianest.accounts.types import Device
from medianest.core.errors import Invalid
from medianest.core.i18n import Message
from medianest.http import cookies
from medianest.web import forms, htmx
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html

_KEPT = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """A household device."""

    id: str
    label: str
    used_at: datetime | None
    revoke_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceView:
    """The form by which this browser becomes one."""

    label: str = ""
    label_error: Message | None = None


async def ask(reader: CurrentReader, frame: PageFrame) -> Html:
    """What it means, and what the device should be called."""
    return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/device.html", DeviceView())


async def approve(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Make this browser one of the household's."""
    label = (await forms.read(request)).text("label")
    try:
        _, secret = await services.accounts.devices.approve(reader.asking.actor, label)
    except Invalid as error:
        view = DeviceView(label=label, label_error=error.message)
        frame, status = replace(frame, place=Place.ADMIN), HTTPStatus.UNPROCESSABLE_ENTITY
        return htmx.page(reader, frame, "admin/device.html", view, status=status)
    gone = htmx.go(reader, "/admin/people")
    gone.set_cookie(cookies.write(cookies.DEVICE, secret, reader.asking, max_age=_KEPT))
    return gone


async def revoke(reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """Let it show no profiles any more."""
    await services.accounts.devices.revoke(reader.asking.actor, id)
    return htmx.go(reader, "/admin/people")


def device_row(device: Device) -> DeviceRow:
    return DeviceRow(
        id=device.id,
        label=device.label,
        used_at=device.last_used_at,
        revoke_path=f"/admin/people/devices/{device.id}/revoke",
    )
