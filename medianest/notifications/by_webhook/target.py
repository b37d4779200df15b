"""A webhook that somebody named, and the secret that what is sent to it is signed with."""

import base64
import secrets

import msgspec

from medianest.core.outbound import HostPort, check_url
from medianest.notifications.channels import NewChannel
from medianest.notifications.types import ChannelKind

_SECRET_BYTES = 32
SECRET_PREFIX = "whsec_"  # noqa: S105  # a prefix is no secret


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Where to, and signed with what."""

    url: str
    secret: str


def new(user_id: str, url: str, label: str, allow: frozenset[HostPort]) -> tuple[NewChannel, str]:
    """The channel, and its secret, which is shown this once. Raises Refused for what is no public address."""
    checked = str(check_url(url.strip(), allow))
    secret = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    target = msgspec.json.encode(Target(url=checked, secret=secret)).decode()
    made = NewChannel(kind=ChannelKind.WEBHOOK, label=label, target=target, unique=(user_id, checked))
    return made, secret


def read(target: str) -> Target:
    return msgspec.json.decode(target, type=Target)
