"""The card that has this browser told: what its script must know, and what may be missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from medianest.core.i18n import Message, msg
from medianest.http.services import Services
from medianest.notifications.types import Channel, ChannelKind
from medianest.web.htmx import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class PushCard:
    """`key` is the portal's for push services; `here` the channel of this browser, as far as the portal knows.

    `insecure` is what to do where the page did not come over HTTPS; `wants_contact` that nobody is named to Apple.
    """

    key: str
    here: str | None
    insecure: Message
    wants_contact: bool


def push_card(reader: Reader, services: Services, channels: Sequence[Channel]) -> PushCard:
    actor, settings = reader.asking.actor, services.settings()
    address = settings.server.public_address or ""
    is_public = address.startswith("https://")
    here = (one for one in channels if one.kind is ChannelKind.PUSH and one.session_id == actor.session_id)
    return PushCard(
        key=services.telling.push_key,
        here=next((f"/account/channels/{one.id}" for one in here), None),
        insecure=msg("web.push.insecure_at", address=address) if is_public else msg("web.push.insecure"),
        wants_contact=actor.is_admin and not is_public and not settings.notifications.push_contact,
    )
