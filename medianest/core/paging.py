"""Lists in pages: a keyset cursor that a caller hands back unread."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from medianest.core.errors import Invalid
from medianest.core.i18n import msg

T = TypeVar("T")
LIMIT_DEFAULT = 50
LIMIT_MOST = 200
_INTEGERS = (-(2**63), 2**63 - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some rows, and the cursor of those that follow (None at the end)."""

    items: Sequence[T]
    next_cursor: str | None = None


def encode_cursor(*keys: str | int | datetime) -> str:
    """A cursor that names the last row's sort keys."""
    plain = [key.isoformat() if isinstance(key, datetime) else key for key in keys]
    raw = json.dumps(plain, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode_cursor(cursor: str, *types: type) -> tuple[Any, ...]:
    """The sort keys of a cursor, each of its type (str, int or datetime). Raises Invalid for anything else."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return tuple(_key(key, kind) for key, kind in zip(_list(json.loads(raw)), types, strict=True))
    except (ValueError, TypeError, RecursionError):
        raise Invalid(msg("core.bad_cursor"), code="bad_cursor") from None


def _list(keys: object) -> list[Any]:
    if not isinstance(keys, list):
        raise ValueError("not a list of keys")
    return keys


def _key(key: Any, kind: type) -> object:
    """A key that the database takes as it is."""
    if kind is datetime:
        at = datetime.fromisoformat(key)
        if at.tzinfo is None:
            raise ValueError("a time without its zone")
        return at
    if kind is str and type(key) is str:
        key.encode()
        return key
    if kind is int and type(key) is int and _INTEGERS[0] <= key <= _INTEGERS[1]:
        return key
    raise ValueError("a key of another type")
