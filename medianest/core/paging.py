"""Lists in pages: a keyset cursor that a caller hands back unread."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from medianest.core.errors import Invalid
from medianest.core.i18n import msg

T = TypeVar("T")
LIMIT_DEFAULT = 50
LIMIT_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some rows, and the cursor of those that follow (None at the end)."""

    items: Sequence[T]
    next_cursor: str | None = None


def encode_cursor(*keys: str | int | float | None) -> str:
    """A cursor that names the last row's sort keys."""
    raw = json.dumps(keys, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode_cursor(cursor: str, *types: type) -> tuple[Any, ...]:
    """The sort keys of a cursor; each is None or of its given type. Raises Invalid for anything else."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        keys = json.loads(raw)
    except (binascii.Error, ValueError, RecursionError):
        keys = None
    if not isinstance(keys, list) or len(keys) != len(types):
        raise Invalid(msg("core.bad_cursor"), code="bad_cursor")
    for key, kind in zip(keys, types, strict=True):
        if key is not None and type(key) is not kind:
            raise Invalid(msg("core.bad_cursor"), code="bad_cursor")
    return tuple(keys)
