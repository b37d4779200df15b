"""How somebody is told: their channels, what they are told by which, and when."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time
from http import HTTPStatus

from medianest.core.actor import Actor
from medianest.core.errors import FieldError, Invalid
from medianest.core.i18n import Message, msg
from medianest.http.services import Services
from medianest.notifications import channel_queries, choosing
from medianest.notifications.preferring import Change
from medianest.notifications.types import ChannelKind, Digest, Manners, Notice
from medianest.web import channel_rows, forms, htmx
from medianest.web.channel_rows import ChannelRow, MatrixPart
from medianest.web.choices import Choice
from medianest.web.forms import Form
from medianest.web.frame import Frame, Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.push_card import PushCard, push_card

PATH = "/account/notifications"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationsView:
    """The page; `shown` are the columns of the matrix. Quiet hours are two texts such as `22:00`, empty for none."""

    channels: tuple[ChannelRow, ...]
    push: PushCard
    shown: tuple[str, ...]
    matrix: tuple[MatrixPart, ...]
    quiet_from: str
    quiet_until: str
    zone: str
    zones: tuple[str, ...]
    digests: tuple[Choice, ...]
    services: tuple[str, ...] = ()
    sends_letters: bool = True
    address: str = ""
    address_error: Message | None = None
    url: str = ""
    label: str = ""
    url_error: Message | None = None
    label_error: Message | None = None
    when_error: Message | None = None
    zone_error: Message | None = None


async def show(reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """The page."""
    return htmx.page(reader, at_its_place(frame), "notifications/page.html", await view_of(reader, services))


async def save(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Keep what they want to be told by what, and when."""
    form = await forms.read(request)
    try:
        change = Change(choices=_choices(form, reader.asking.actor), manners=_manners(form))
        await services.telling.preferring.change(reader.asking.actor, change)
    except Invalid as error:
        view = replace(
            await view_of(reader, services),
            quiet_from=form.text("quiet_from"),
            quiet_until=form.text("quiet_until"),
            zone=form.text("zone"),
            when_error=forms.wrong(error, "quiet_until"),
            zone_error=forms.wrong(error, "zone"),
        )
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return htmx.page(reader, at_its_place(frame), "notifications/page.html", view, status=status)
    return htmx.go(reader, PATH)


def at_its_place(frame: Frame) -> Frame:
    return replace(frame, place=Place.ACCOUNT)


async def view_of(reader: Reader, services: Services) -> NotificationsView:
    """How it is now."""
    actor = reader.asking.actor
    assert actor.id is not None
    assert actor.role is not None
    channels = await services.db.read(channel_queries.channels, actor.id)
    preferences = await services.db.read(channel_queries.preferences, actor.id)
    kinds = kinds_of([channel.kind for channel in channels])
    quiet = preferences.manners.quiet
    return NotificationsView(
        channels=tuple(channel_rows.channel_row(channel) for channel in channels),
        push=push_card(reader, services, channels),
        shown=tuple(kinds),
        matrix=channel_rows.matrix(actor.role, preferences, kinds) if kinds else (),
        services=tuple(await services.telling.services(actor)),
        quiet_from=quiet[0].isoformat("minutes") if quiet else "",
        quiet_until=quiet[1].isoformat("minutes") if quiet else "",
        zone=preferences.manners.zone,
        zones=choosing.shown_zones(),
        sends_letters=services.telling.addresses.is_open,
        digests=tuple(
            Choice(value=one, label=msg(f"web.channels.digest_{one}"), chosen=one is preferences.manners.digest)
            for one in Digest
        ),
    )


def kinds_of(there: Sequence[ChannelKind]) -> tuple[ChannelKind, ...]:
    """Those of the channels that somebody has, in their usual order."""
    return tuple(kind for kind in ChannelKind if kind in there)


def _choices(form: Form, actor: Actor) -> dict[tuple[Notice, ChannelKind], bool]:
    """What stands in the columns that were shown; of what they are never told nobody chooses anything."""
    assert actor.role is not None
    shown = [kind for kind in ChannelKind if kind in form.many("shown")]
    wanted = frozenset(form.many("wanted"))
    return {
        (notice, kind): f"{notice}:{kind}" in wanted for notice in choosing.concerning(actor.role) for kind in shown
    }


def _manners(form: Form) -> Manners:
    start, end = form.text("quiet_from"), form.text("quiet_until")
    digest = form.choice("digest", Digest) or Digest.OFF
    return Manners(zone=form.text("zone"), quiet=(_time(start), _time(end)) if start or end else None, digest=digest)


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        wrong = msg("notifications.two_times")
        raise Invalid(wrong, fields=(FieldError(field="quiet_until", message=wrong),)) from None
