"""Who the portal is to push services: a key of its own, and words signed with it (VAPID, RFC 8292)."""

import base64
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import jwt

from medianest.core import clock

LASTS = timedelta(hours=12)
_USED_FOR = timedelta(hours=6)
_KEPT_MOST = 100
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256
_PURPOSE = b"web-push-vapid"


class Vapid:
    """The key is made of the portal's, so that it is in every backup that holds that one, and in no file more."""

    def __init__(self, portal_key: Callable[[], bytes]) -> None:
        self._portal_key = portal_key
        self._kept: dict[tuple[str, str | None], tuple[datetime, str]] = {}

    @cached_property
    def public(self) -> str:
        """What browsers bind their subscription to: base64url of the uncompressed point."""
        point = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(point).decode().rstrip("=")

    def authorization(self, origin: str, contact: str | None) -> str:
        """The header for the push service at `origin`; good for hours, and made anew long before it ends."""
        now = clock.now()
        made_at, header = self._kept.get((origin, contact), (None, ""))
        if made_at is None or not now - _USED_FOR < made_at <= now:
            header = self._signed(origin, contact, now + LASTS)
            if len(self._kept) >= _KEPT_MOST:
                self._kept.clear()
            self._kept[origin, contact] = (now, header)
        return header

    def _signed(self, origin: str, contact: str | None, until: datetime) -> str:
        claims: dict[str, str | int] = {"aud": origin, "exp": int(until.timestamp())}
        if contact:
            claims["sub"] = contact
        return f"vapid t={jwt.sign(claims, self._private)}, k={self.public}"

    @cached_property
    def _private(self) -> ec.EllipticCurvePrivateKey:
        return private_key(self._portal_key())


def private_key(portal_key: bytes) -> ec.EllipticCurvePrivateKey:
    """Always the same from the same key: from 128 bits more than needed, which hides the remainder's bias.

    (FIPS 186-5, appendix A.2.1.)
    """
    drawn = HKDF(algorithm=SHA256(), length=48, salt=None, info=_PURPOSE).derive(portal_key)
    return ec.derive_private_key(int.from_bytes(drawn) % (_ORDER - 1) + 1, ec.SECP256R1())


def contact(said: str, address: str | None) -> str | None:
    """How a push service reaches who runs this: as it was set, else where the portal is; None where nobody knows."""
    if said.startswith(("mailto:", "https://")):
        return said
    if "@" in said:
        return f"mailto:{said}"
    return address if address and address.startswith("https://") else None
