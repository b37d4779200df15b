"""One of somebody's channels: how it went, trying it out, its name and its end; and adding a webhook."""

from dataclasses import dataclass, replace
from http import HTTPStatus

from litestar.params import FromPath

from medianest.core.errors import Invalid
from medianest.core.i18n import Message
from medianest.http.services import Services
from medianest.notifications import channel_queries
from medianest.notifications.types import Sent
from medianest.web import channel_rows, forms, htmx
from medianest.web.channel_rows import ChannelRow, DeliveryRow
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.pages.notifications import PATH, at_its_place, view_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelView:
    """One of them, the newest delivery first; `trial` is how a test just went.

    `again` is where to have sent again what was given up, where there is any.
    """

    channel: ChannelRow
    deliveries: tuple[DeliveryRow, ...]
    again: str | None = None
    trial: Sent | None = None
    label_error: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookMadeView:
    """A new webhook, whose secret is shown this once."""

    label: str
    secret: str


async def show(reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]) -> Html:
    """How it went lately."""
    return htmx.page(reader, at_its_place(frame), "notifications/channel.html", await _view(reader, services, id))


async def try_out(reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]) -> Html:
    """Send something there now, and show what the other side says."""
    trial = await services.telling.channels.try_out(reader.asking.actor, id)
    view = replace(await _view(reader, services, id), trial=trial)
    return htmx.page(reader, at_its_place(frame), "notifications/channel.html", view)


async def send_again(request: AnyRequest, reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """Send once more what was given up: one of it, or all."""
    delivery = (await forms.read(request)).text("delivery")
    await services.telling.again_to(reader.asking.actor, id, delivery_id=delivery or None)
    return htmx.go(reader, f"/account/channels/{id}")


async def rename(
    request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]
) -> Html:
    """Call it otherwise."""
    label = (await forms.read(request)).text("label")
    try:
        await services.telling.channels.rename(reader.asking.actor, id, label)
    except Invalid as error:
        view = await _view(reader, services, id)
        view = replace(view, channel=replace(view.channel, label=label), label_error=error.message)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return htmx.page(reader, at_its_place(frame), "notifications/channel.html", view, status=status)
    return htmx.go(reader, f"/account/channels/{id}")


async def remove(reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """Tell nothing there any more."""
    await services.telling.channels.remove(reader.asking.actor, id)
    return htmx.go(reader, PATH)


async def add_webhook(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """A new webhook; the answer is the only place where its secret stands."""
    form, frame = await forms.read(request), at_its_place(frame)
    url, label = form.text("url"), form.text("label")
    try:
        channel, secret = await services.telling.add_webhook(reader.asking.actor, url=url, label=label)
    except Invalid as error:
        view = replace(
            await view_of(reader, services),
            url=url,
            label=label,
            url_error=forms.wrong(error, "url"),
            label_error=forms.wrong(error, "label"),
        )
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return htmx.page(reader, frame, "notifications/page.html", view, status=status)
    reader.asking.shows_secret = True
    made = WebhookMadeView(label=channel.label, secret=secret)
    return htmx.page(reader, frame, "notifications/webhook_made.html", made)


async def add_service(request: AnyRequest, reader: CurrentReader, services: TheServices) -> Html:
    """Be told from now on by a service that the administrator set up."""
    await services.telling.add_apprise(reader.asking.actor, (await forms.read(request)).text("name"))
    return htmx.go(reader, PATH)


async def _view(reader: Reader, services: Services, id: str) -> ChannelView:
    channel = await services.telling.channels.one(reader.asking.actor, id)
    deliveries = await services.db.read(channel_queries.deliveries, channel.id)
    since, row = services.telling.kept_since, channel_rows.channel_row(channel)
    return ChannelView(
        channel=row,
        deliveries=channel_rows.delivery_rows(deliveries, kept_since=since),
        again=row.again_path if await services.db.read(channel_queries.is_given_up, channel.id, since) else None,
    )
