"""Sends to browsers through their push services: Web Push (RFC 8030), encrypted (RFC 8291), signed (RFC 8292)."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from medianest.core.config import Settings
from medianest.notifications.by_push import vapid
from medianest.notifications.by_push.encrypting import PLAIN_MOST, encrypt
from medianest.notifications.by_push.payload import payload
from medianest.notifications.by_push.target import Target, decoded, read
from medianest.notifications.by_push.vapid import Vapid
from medianest.notifications.client import post
from medianest.notifications.types import Notice, Outgoing

_GONE = frozenset({404, 410})
_FINAL = frozenset({400, 401, 403, 413})
_TOPIC_LETTERS = 32

_LASTS = timedelta(days=1)
_SOON_STALE = timedelta(hours=1)
_STALE: frozenset[Notice] = frozenset({Notice.SERVICE_DOWN, Notice.WORKS_AGAIN, Notice.CHANNEL})
_URGENCY: Mapping[Notice, str] = {
    Notice.SECURITY: "high",
    Notice.TO_DECIDE: "high",
    Notice.SERVICE_DOWN: "high",
    Notice.CHANNEL: "high",
    Notice.UPKEEP: "low",
}
"""A phone that saves power wakes up for what is high; what is low waits until it is charged."""


class WebPush:
    """Sends to where browsers said; `settings` are those that hold at that moment."""

    def __init__(self, voice: Vapid, settings: Callable[[], Settings]) -> None:
        self._voice = voice
        self._settings = settings

    def place(self, target: str) -> str:
        return urlsplit(read(target).endpoint).netloc

    async def send(self, target: str, message: Outgoing) -> str:
        to = read(target)
        plain = payload(message, most=PLAIN_MOST)
        body = encrypt(plain, p256dh=decoded(to.p256dh), auth=decoded(to.auth))
        allow = self._settings().notifications.allow_private_hosts
        return await post(to.endpoint, body, self._headers(to, message), allow=allow, final=_FINAL, gone=_GONE)

    async def stop(self) -> None:
        """Nothing stays open."""

    def _headers(self, to: Target, message: Outgoing) -> dict[str, str]:
        at, settings = urlsplit(to.endpoint), self._settings()
        contact = vapid.contact(settings.notifications.push_contact, settings.server.public_address)
        lasts = _SOON_STALE if message.notice in _STALE else _LASTS
        return {
            "Authorization": self._voice.authorization(f"{at.scheme}://{at.netloc}", contact),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(int(lasts.total_seconds())),
            "Urgency": _URGENCY.get(message.notice, "normal"),
            "Topic": topic(to.endpoint, message.tag),
        }


def topic(endpoint: str, tag: str) -> str:
    """By what a push service sees that a message takes the place of one that waits; what it is of stays unknown."""
    digest = hashlib.sha256(f"{endpoint}\0{tag}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()[:_TOPIC_LETTERS]
