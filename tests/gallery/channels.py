"""The samples of how somebody is told: nowhere yet, by several channels, one that fails, how a trial went."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta

from medianest.core.actor import Role
from medianest.core.i18n import msg
from medianest.notifications import choosing
from medianest.notifications.types import (
    Channel,
    ChannelKind,
    Delivery,
    DeliveryState,
    Digest,
    Manners,
    Notice,
    Preferences,
    Sent,
)
from medianest.web.channel_rows import channel_row, delivery_rows, matrix
from medianest.web.choices import Choice
from medianest.web.pages import channels_email
from medianest.web.pages.channels import ChannelView, WebhookMadeView
from medianest.web.pages.channels_email import LinkView
from medianest.web.pages.notifications import NotificationsView
from medianest.web.push_card import PushCard
from tests.gallery.samples import NOW

_REFUSED = "503 Service Unavailable: upstream connect error or disconnect/reset before headers"


def _channel(id: str, kind: ChannelKind, label: str, **said: object) -> Channel:
    usual = {"language": "en", "created_at": NOW - timedelta(days=9), "confirmed_at": NOW, "answer": ""}
    when = {"last_sent_at": NOW - timedelta(hours=2), "failing_since": None}
    return Channel(id=id, user_id="robin", kind=kind, label=label, **(usual | when | said))  # type: ignore[arg-type]


CHANNELS = (
    _channel("c1", ChannelKind.PUSH, "Firefox on Android"),
    _channel("c2", ChannelKind.EMAIL, "robin.the.reader@household.example"),
    _channel("c3", ChannelKind.WEBHOOK, "Lamp in the hall", failing_since=NOW - timedelta(hours=5), answer=_REFUSED),
    _channel("c4", ChannelKind.APPRISE, "Family chat", last_sent_at=None),
    _channel("c5", ChannelKind.EMAIL, "new@household.example", confirmed_at=None, last_sent_at=None),
)


def _delivery(number: int, notice: Notice, state: DeliveryState, **said: object) -> Delivery:
    at = NOW - timedelta(minutes=7 * number)
    usual = {"attempts": 1, "due_at": None, "error": "", "created_at": at, "finished_at": at}
    return Delivery(
        id=f"d{number}",
        channel_id="c3",
        entry_id=number,
        notice=notice,
        state=state,
        **(usual | said),  # type: ignore[arg-type]
    )


DELIVERIES = (
    _delivery(
        1,
        Notice.DOWNLOAD_READY,
        DeliveryState.WAITING,
        attempts=3,
        due_at=NOW + timedelta(minutes=2),
        error=_REFUSED,
        finished_at=None,
    ),
    _delivery(2, Notice.REQUEST_ANSWERED, DeliveryState.DEAD, attempts=12, error=_REFUSED),
    _delivery(3, Notice.SECURITY, DeliveryState.DELIVERED),
    _delivery(4, Notice.DOWNLOAD_READY, DeliveryState.JOINED),
    _delivery(5, Notice.REQUEST_READY, DeliveryState.DROPPED),
)


def samples_of_notifications() -> Iterator[tuple[str, NotificationsView]]:
    manners = Manners(zone="Europe/Berlin", quiet=(time(22), time(7)), digest=Digest.WEEKLY)
    preferences = Preferences(manners=manners, choices={(Notice.DOWNLOAD_READY, ChannelKind.PUSH): False})
    full = NotificationsView(
        channels=tuple(channel_row(one) for one in CHANNELS),
        push=PushCard(key="BCVx", here="/account/channels/c1", insecure=msg("web.push.insecure"), wants_contact=True),
        shown=tuple(ChannelKind),
        services=("The neighbours", "Operations"),
        matrix=matrix(Role.ADMIN, preferences, tuple(ChannelKind)),
        quiet_from="22:00",
        quiet_until="07:00",
        zone=manners.zone,
        zones=choosing.shown_zones(),
        digests=tuple(
            Choice(value=one, label=msg(f"web.channels.digest_{one}"), chosen=one is manners.digest) for one in Digest
        ),
    )
    yield "notifications", full
    here = PushCard(key="BCVx", here=None, insecure=msg("web.push.insecure"), wants_contact=False)
    none = replace(
        full, push=here, sends_letters=False, channels=(), shown=(), matrix=(), quiet_from="", quiet_until="", zone=""
    )
    yield "notifications-none", none
    wrong = replace(
        none,
        sends_letters=True,
        address="bob@",
        address_error=msg("notifications.no_address"),
        url="http://localhost/hook",
        url_error=msg("outbound.blocked", host="localhost"),
        when_error=msg("notifications.two_times"),
        zone="Mars/Olympus",
        zone_error=msg("notifications.no_such_zone"),
    )
    yield "notifications-wrong", wrong


def samples_of_channels() -> Iterator[tuple[str, ChannelView]]:
    row, month = channel_row(CHANNELS[2]), NOW - timedelta(days=30)
    fails = ChannelView(channel=row, deliveries=delivery_rows(DELIVERIES, kept_since=month), again=row.again_path)
    yield "channel-fails", fails
    well = Sent(is_well=True, said=msg("notifications.arrived"), answer="200 OK")
    yield "channel-tried", ChannelView(channel=channel_row(CHANNELS[0]), deliveries=(), trial=well)
    refused = Sent(is_well=False, said=msg("notifications.refused", status=503), answer=_REFUSED)
    yield "channel-refused", replace(fails, trial=refused)
    yield "channel-unconfirmed", ChannelView(channel=channel_row(CHANNELS[4]), deliveries=())


def samples_of_links() -> Iterator[tuple[str, LinkView]]:
    """Of letters."""
    yield "letter-confirm", channels_email.confirm_question("x", "b…@example.org")
    yield "letter-confirmed", channels_email.confirmed()
    yield "letter-leave", channels_email.leave_question("x", "b…@a-host-with-quite-a-long-name.example.org")
    yield "letter-left", channels_email.left()
    yield "letter-over", channels_email.over(msg("notifications.no_such_link"))


MADE = WebhookMadeView(label="Lamp in the hall", secret="whsec_4dO0CrE2bYy1mY0oY1xwRlUuKXHcHnRFK9sYcPvV2Ks")
