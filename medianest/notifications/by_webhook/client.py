"""Posts messages to webhooks, by the Standard Webhooks specification (standardwebhooks.com, 1.0.0).

`webhook-id` is the same at every attempt; `webhook-signature` is the HMAC-SHA256 of id, time and body.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from urllib.parse import urlsplit

import msgspec

from medianest.core import clock
from medianest.core.outbound import HostPort
from medianest.notifications.by_webhook.target import SECRET_PREFIX, read
from medianest.notifications.client import post
from medianest.notifications.types import Outgoing

_GONE = frozenset({410})
_FINAL = frozenset({400, 404, 405, 413, 414, 415, 422})


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """What a program is told: times RFC 3339 in UTC, `url` absolute or empty; `kind` is the journal's."""

    id: str
    kind: str
    notice: str
    at: str
    title: str
    text: str
    url: str
    path: str
    count: int


class Webhooks:
    """Sends to addresses that people typed: public ones, and those that `allow` names at that moment."""

    def __init__(self, allow: Callable[[], frozenset[HostPort]]) -> None:
        self._allow = allow

    def place(self, target: str) -> str:
        return urlsplit(read(target).url).netloc

    async def send(self, target: str, message: Outgoing) -> str:
        to, body = read(target), msgspec.json.encode(_body(message))
        headers = _headers(to.secret, message.key, body)
        return await post(to.url, body, headers, allow=self._allow(), final=_FINAL, gone=_GONE)

    async def stop(self) -> None:
        """Nothing stays open."""


def signature(secret: str, id: str, at: str, body: bytes) -> str:
    """What `webhook-signature` holds."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    mac = hmac.digest(key, f"{id}.{at}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(mac).decode()}"


def _headers(secret: str, id: str, body: bytes) -> dict[str, str]:
    at = str(int(clock.now().timestamp()))
    return {
        "Content-Type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": at,
        "webhook-signature": signature(secret, id, at, body),
    }


def _body(message: Outgoing) -> Body:
    return Body(
        id=message.key,
        kind=message.kind,
        notice=message.notice,
        at=message.at.isoformat().replace("+00:00", "Z"),
        title=message.title,
        text=message.body,
        url=message.url,
        path=message.path,
        count=message.n,
    )
