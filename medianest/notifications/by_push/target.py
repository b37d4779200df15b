"""A browser that wants to be told: what its push service gave it (RFC 8030), and its keys (RFC 8291, section 2)."""

import base64
import re

import msgspec

from medianest.core.errors import FieldError, Invalid
from medianest.core.i18n import msg
from medianest.core.outbound import HostPort, UnsupportedUrl, check_url
from medianest.core.outbound.addresses import normal_host
from medianest.notifications.channels import NewChannel
from medianest.notifications.types import ChannelKind

_POINT = re.compile(r"[A-Za-z0-9_-]{87}={0,1}")  # 65 bytes
_SECRET = re.compile(r"[A-Za-z0-9_-]{22}={0,2}")  # 16 bytes
_UNCOMPRESSED = 4
# The curve P-256 (SP 800-186, section 3.2.1.3): y² = x³ - 3x + B over the field of the prime P.
_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Where to send, and the keys that only that browser can read with; both keys base64url."""

    endpoint: str
    p256dh: str
    auth: str


def new(endpoint: str, p256dh: str, auth: str, label: str, allow: frozenset[HostPort]) -> NewChannel:
    """The channel. Raises Refused for an endpoint that is no public address, Invalid for keys that are none."""
    url = check_url(endpoint, allow)
    if url.scheme != "https" and (url.host, url.port) not in {(normal_host(host), port) for host, port in allow}:
        raise UnsupportedUrl(msg("notifications.push_not_https"), field="endpoint")
    _check("p256dh", bool(_POINT.fullmatch(p256dh)) and is_point(decoded(p256dh)))
    _check("auth", bool(_SECRET.fullmatch(auth)))
    target = Target(endpoint=str(url), p256dh=p256dh.rstrip("="), auth=auth.rstrip("="))
    return NewChannel(
        kind=ChannelKind.PUSH,
        label=label,
        target=msgspec.json.encode(target).decode(),
        unique=(target.endpoint,),
        moves=True,
        is_bound=True,
    )


def read(target: str) -> Target:
    return msgspec.json.decode(target, type=Target)


def decoded(text: str) -> bytes:
    """The bytes that base64url without padding stands for."""
    return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


def is_point(key: bytes) -> bool:
    """Whether this is an uncompressed point of P-256: what lies off the curve can betray the other side's key."""
    if len(key) != 65 or key[0] != _UNCOMPRESSED:
        return False
    x, y = int.from_bytes(key[1:33]), int.from_bytes(key[33:])
    return x < _P and y < _P and (y * y - (x * x * x - 3 * x + _B)) % _P == 0


def _check(field: str, is_right: bool) -> None:
    if not is_right:
        wrong = msg("notifications.push_bad_key")
        raise Invalid(wrong, fields=(FieldError(field=field, message=wrong),))
