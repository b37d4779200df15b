"""Sends to browsers through their push services: Web Push (RFC 8030), encrypted (RFC 8291), signed (RFC 8292)."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from urllib.parse import urlsplit

import httpx

from medianest.core.config import Settings
from medianest.core.i18n import msg
from medianest.core.outbound import AddressPolicy, Refused
from medianest.core.outbound.clients import CallLimits, Fault, client, fault_of, outcome, usual_tls
from medianest.notifications.by_push import vapid
from medianest.notifications.by_push.encrypting import PLAIN_MOST, encrypt
from medianest.notifications.by_push.payload import payload
from medianest.notifications.by_push.target import Target, decoded, read
from medianest.notifications.by_push.vapid import Vapid
from medianest.notifications.transport import Undelivered
from medianest.notifications.types import Notice, Outgoing

_LIMITS = CallLimits(connect_s=5.0, first_byte_s=10.0, total_s=15.0, body_bytes=16 * 1024)
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
        policy = AddressPolicy.typed(self._settings().notifications.allow_private_hosts)
        try:
            async with client(policy, limits=_LIMITS, verify=usual_tls()) as http:
                answer = await http.post(to.endpoint, content=body, headers=self._headers(to, message))
        except (httpx.TransportError, Refused) as error:
            is_refused = isinstance(error, Refused)
            fault = Fault.NAME if is_refused else fault_of(error)
            raise Undelivered(msg(f"notifications.fault_{fault}"), answer=str(error), is_final=is_refused) from error
        return _read(answer)

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


def _read(answer: httpx.Response) -> str:
    said = f"{answer.status_code} {answer.reason_phrase}".strip()
    if answer.is_success:
        return said
    learnt, words = outcome(answer), " ".join(answer.text.split())
    raise Undelivered(
        msg("notifications.refused", status=answer.status_code),
        answer=f"{said}: {words}" if words else said,
        ended=learnt.ended,
        is_final=answer.status_code in _FINAL or answer.is_redirect,
        is_gone=answer.status_code in _GONE,
        retry_after_s=learnt.retry_after_s,
    )
