"""Having this browser told: what its push service gave it comes from the page's script, or from the worker."""

from medianest.notifications.channels import LABEL_MOST
from medianest.web import forms, htmx
from medianest.web.devices import device
from medianest.web.given import CurrentReader, TheServices
from medianest.web.htmx import AnyRequest, Html
from medianest.web.pages.notifications import PATH


async def add(request: AnyRequest, reader: CurrentReader, services: TheServices) -> Html:
    """Tell it from now on; it is called as its kind is among one's devices, until somebody calls it otherwise."""
    form = await forms.read(request)
    label = reader.tell(device(request.headers.get("user-agent", "")).name)[:LABEL_MOST]
    keys = {name: form.text(name) for name in ("endpoint", "p256dh", "auth")}
    await services.telling.add_push(reader.asking.actor, **keys, label=label)
    return htmx.go(reader, PATH)
