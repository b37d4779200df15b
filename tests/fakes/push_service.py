"""A push service of a browser's maker, on a real socket, and the browsers that it serves.

It reads what it gets by the standards, with code of its own: RFC 8030 (delivery), 8188 and 8291 (encryption), 8292
(who sends). It refuses like the real ones do, and has troubles like every stand-in.

with PushService() as service:
    browser = service.subscribe(key)   # the public key of who may send, as `pushManager.subscribe` is given it
    browser.endpoint, browser.p256dh, browser.auth
    service.told(browser)              # what that browser could read, as JSON
    service.forget(browser)            # from now on 410
    service.trouble(browser.path, fail=429, retry_after="7")   # `tests.fakes.plex.troubles.Trouble`
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.fakes.plex.messages import Reply, Request
from tests.fakes.plex.wire import Service

BODY_MOST = 4096
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")
_URGENCIES = {"very-low", "low", "normal", "high"}
_DAY_S = 24 * 3600


def to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def to_bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """One subscription, with the secrets that the browser keeps; `sender` is the only key that may send to it."""

    path: str
    endpoint: str
    sender: str
    private: ec.EllipticCurvePrivateKey
    secret: bytes

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def p256dh(self) -> str:
        return to_text(self.public)

    @property
    def auth(self) -> str:
        return to_text(self.secret)

    @property
    def keys(self) -> dict[str, str]:
        """As `PushSubscription.toJSON` has it, but flat."""
        return {"endpoint": self.endpoint, "p256dh": self.p256dh, "auth": self.auth}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What was taken: for whom, as it came, and what the browser reads."""

    path: str
    headers: dict[str, str]
    body: bytes
    told: dict[str, Any]
    claims: dict[str, Any]


@dataclass(slots=True)
class _Shelf:
    browsers: dict[str, Browser] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)


class PushService(Service):
    """Takes what is sent well to whom it knows."""

    def __init__(self) -> None:
        self._shelf = _Shelf()
        super().__init__("127.0.0.1")

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.doors[0].port

    def subscribe(self, sender: str) -> Browser:
        path = f"/push/{secrets.token_urlsafe(24)}"
        browser = Browser(
            path=path,
            endpoint=self.base + path,
            sender=sender,
            private=ec.generate_private_key(ec.SECP256R1()),
            secret=secrets.token_bytes(16),
        )
        with self.lock:
            self._shelf.browsers[path] = browser
        return browser

    def forget(self, browser: Browser) -> None:
        with self.lock:
            del self._shelf.browsers[browser.path]

    def messages(self, browser: Browser) -> list[Message]:
        with self.lock:
            return [message for message in self._shelf.messages if message.path == browser.path]

    def told(self, browser: Browser) -> list[dict[str, Any]]:
        return [message.told for message in self.messages(browser)]

    def answer(self, request: Request) -> Reply:
        if request.method != "POST":
            return _refuse(405, "only POST")
        browser = self._shelf.browsers.get(request.path)
        if browser is None:
            return _refuse(410, "the subscription is over")
        claims = claims_of(request.headers.get("authorization", ""), sender=browser.sender, audience=self.base)
        if isinstance(claims, Reply):
            return claims
        if len(request.body) > BODY_MOST:
            return _refuse(413, "too large")
        if wrong := _wrong_headers(request):
            return _refuse(400, wrong)
        told = json.loads(decrypted(request.body, browser))
        message = Message(path=request.path, headers=dict(request.headers), body=request.body, told=told, claims=claims)
        self._shelf.messages.append(message)
        return Reply(status=201, headers={"Location": f"{self.base}/message/{len(self._shelf.messages)}"})


def _refuse(status: int, why: str) -> Reply:
    return Reply(status=status, body=why.encode(), media_type="text/plain")


def _wrong_headers(request: Request) -> str:
    headers = request.headers
    if not headers.get("ttl", "").isdigit():
        return "no TTL"
    if headers.get("urgency", "normal") not in _URGENCIES:
        return "no such urgency"
    if "topic" in headers and not _TOPIC.fullmatch(headers["topic"]):
        return "no such topic"
    return "" if headers.get("content-encoding") == "aes128gcm" else "not encrypted"


def claims_of(authorization: str, *, sender: str, audience: str) -> dict[str, Any] | Reply:
    """What the sender says of itself, if it may send there: signed with the key that was subscribed to, in time."""
    scheme, _, rest = authorization.partition(" ")
    said = dict(part.strip().split("=", 1) for part in rest.split(",")) if scheme == "vapid" else {}
    if {"t", "k"} - said.keys():
        return _refuse(401, "who is it?")
    if said["k"] != sender:
        return _refuse(403, "another sender than was subscribed to")
    head, claims, signature = said["t"].split(".")
    raw = to_bytes(signature)
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), to_bytes(said["k"]))
    try:
        pair = utils.encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        point.verify(pair, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    except InvalidSignature:
        return _refuse(401, "a wrong signature")
    told: dict[str, Any] = json.loads(to_bytes(claims))
    if len(raw) != 64 or json.loads(to_bytes(head))["alg"] != "ES256" or told["aud"] != audience:
        return _refuse(401, "a wrong token")
    now = time.time()
    return told if now < told["exp"] <= now + _DAY_S else _refuse(401, "too old, or good for too long")


def decrypted(body: bytes, browser: Browser) -> bytes:
    """What only that browser can read. Raises InvalidTag, and AssertionError for what is not as it must be."""
    salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
    sender, record = body[21 : 21 + length], body[21 + length :]
    assert size >= 18
    assert len(record) <= size
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
    shared = browser.private.exchange(ec.ECDH(), point)
    first = _mac(_mac(browser.secret, shared), b"WebPush: info\0" + browser.public + sender + b"\1")
    drawn = _mac(salt, first)
    key = _mac(drawn, b"Content-Encoding: aes128gcm\0\1")[:16]
    nonce = _mac(drawn, b"Content-Encoding: nonce\0\1")[:12]
    plain, _, padding = AESGCM(key).decrypt(nonce, record, None).rpartition(b"\2")
    assert not padding.strip(b"\0")
    return plain


def _mac(key: bytes, text: bytes) -> bytes:
    return hmac.new(key, text, hashlib.sha256).digest()
