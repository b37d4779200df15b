"""What is taken for an address that letters can be sent to, and the channel that it makes."""

import string
from unicodedata import normalize

from medianest.core.errors import FieldError, Invalid
from medianest.core.i18n import msg
from medianest.core.outbound.addresses import known_address, normal_host, readable_host
from medianest.notifications.channels import LABEL_MOST, NewChannel
from medianest.notifications.types import ChannelKind

ADDRESS_MOST = 254  # RFC 5321, section 4.5.3.1.3, without its angle brackets
_LOCAL_MOST = 64
_ATOM = frozenset(string.ascii_letters + string.digits + "!#$%&'*+-/=?^_`{|}~")


def new(user_id: str, address: str) -> NewChannel:
    """The channel, which waits until it is confirmed. Raises Invalid for what is no address."""
    checked = checked_address(address)
    return NewChannel(
        kind=ChannelKind.EMAIL,
        label=veiled(checked),
        target=checked,
        unique=(user_id, checked.lower()),
        is_confirmed=False,
    )


def checked_address(text: str) -> str:
    """The address, with its host as the wire has it (IDNA); no quoted ones, nor address literals. Raises Invalid.

    What stands before the @ may be of any script (RFC 6531).
    """
    address = text.strip()
    if len(address) > ADDRESS_MOST:
        raise _no_address()
    local, _, host = address.partition("@")
    local = normalize("NFC", local)
    if not local.isprintable() or not 0 < len(local.encode()) <= _LOCAL_MOST:
        raise _no_address()
    if not all(part and all(one in _ATOM or not one.isascii() for one in part) for part in local.split(".")):
        raise _no_address()
    try:
        wire = normal_host(host)
    except ValueError as error:
        raise _no_address() from error
    whole = f"{local}@{wire}"
    if "." not in wire or "_" in wire or known_address(wire) or len(whole.encode()) > ADDRESS_MOST:
        raise _no_address()
    return whole


def veiled(address: str) -> str:
    """Enough of it for its owner to know it by: a channel's name is seen by more people than its target."""
    local, _, host = address.rpartition("@")
    return f"{local[:1]}…@{readable_host(host)}"[:LABEL_MOST]


def _no_address() -> Invalid:
    wrong = msg("notifications.no_address")
    return Invalid(wrong, fields=(FieldError(field="address", message=wrong),))
