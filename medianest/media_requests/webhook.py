"""The server's webhook: the secret that it proves itself with, and setting it up there."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address

from medianest.accounts.rights import require_admin
from medianest.core.actor import Actor
from medianest.core.config import Settings
from medianest.core.errors import Conflict, Forbidden, Unauthenticated
from medianest.core.i18n import msg
from medianest.core.security import derive, load_or_create_key, same
from medianest.media_requests.connection import Connection
from medianest.media_requests.errors import NotDelivered
from medianest.media_requests.hints import Hints

PATH = "/webhooks/overseerr"
_PURPOSE = "overseerr webhook"
_SECRET_LETTERS = 40
_PATIENCE_S = 6.0
_TEMPLATE = {
    "notification_type": "{{notification_type}}",
    "{{request}}": {"request_id": "{{request_id}}"},
    "{{issue}}": {"issue_id": "{{issue_id}}"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookText:
    """What to write on the server's page Settings, Notifications, Webhook."""

    url: str
    header: str
    payload: str


class Webhook:
    """`settings` are those that hold at that moment."""

    def __init__(self, settings: Callable[[], Settings], connection: Connection, hints: Hints) -> None:
        self._settings = settings
        self._connection = connection
        self._hints = hints

    @property
    def secret(self) -> str:
        """The settings' own, else one of the portal's."""
        return self._settings().overseerr.webhook_secret.get_secret_value() or self._own_secret

    def check(self, authorization: str, address: str | None) -> None:
        """Raises Unauthenticated without the secret, and Forbidden from an address that is not to post."""
        if not same(authorization, self.secret):
            raise Unauthenticated(msg("requests.no_webhook"))
        allowed = self._settings().overseerr.webhook_allow
        if allowed and not (address and any(ip_address(address) in network for network in allowed)):
            raise Forbidden(msg("requests.webhook_from_elsewhere"))

    def text(self, actor: Actor, portal: str) -> WebhookText:
        """What an administrator copies; `portal` is where the server reaches us."""
        require_admin(actor)
        return WebhookText(
            url=f"{portal.rstrip('/')}{PATH}", header=self.secret, payload=json.dumps(_TEMPLATE, indent=2)
        )

    async def set_up(self, actor: Actor, portal: str, *, replace: bool = False) -> bool:
        """Have the server post to us from now on; whether a test of it arrived here.

        Raises Conflict where its webhook leads elsewhere and is not to be replaced, and Unavailable.
        """
        text = self.text(actor, portal)
        asking = await self._connection.asking()
        leads_to = await asking.webhook()
        if leads_to not in ("", text.url) and not replace:
            raise Conflict(msg("requests.webhook_taken", url=leads_to), code="webhook_taken")
        self._hints.heard.clear()
        try:
            await asking.lead_webhook(text.url, text.header, text.payload)
        except NotDelivered:
            return False
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_S):
                await self._hints.heard.wait()
        return self._hints.heard.is_set()

    @cached_property
    def _own_secret(self) -> str:
        key = load_or_create_key(self._settings().paths.key_file)
        return derive(key, _PURPOSE).hex()[:_SECRET_LETTERS]
