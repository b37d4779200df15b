"""Cursors come back from strangers."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from medianest.core.errors import Invalid
from medianest.core.paging import decode_cursor, encode_cursor

AT = datetime(2026, 11, 20, 8, 5, 1, 250000, tzinfo=UTC)


def made(keys: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(keys).encode()).decode().rstrip("=")


def test_keys_come_back_as_they_were() -> None:
    cursor = encode_cursor(AT, -7, "ö/+?")
    assert decode_cursor(cursor, datetime, int, str) == (AT, -7, "ö/+?")
    assert cursor.isascii()
    assert not set(cursor) & set("+/=&?")


@pytest.mark.parametrize(
    ("cursor", "types"),
    [
        ("", (int,)),
        ("x", (int,)),
        ("ü" * 4, (int,)),
        ("!!!!", (int,)),
        ("bm90IGpzb24", (int,)),
        (base64.b64encode(b"[" * 50_000).decode(), (int,)),
        (base64.b64encode(b"[" + b"9" * 5000 + b"]").decode(), (int,)),
        (made({"a": 1}), (str,)),
        (made("a"), (str,)),
        (made([]), (int,)),
        (made([1, 2]), (int,)),
        (made([None]), (int,)),
        (made([True]), (int,)),
        (made([1.0]), (int,)),
        (made([10**30]), (int,)),
        (made([-(10**30)]), (int,)),
        (made(["1"]), (int,)),
        (made([1]), (str,)),
        (made(["\ud800"]), (str,)),
        (made(["yesterday"]), (datetime,)),
        (made([20260101]), (datetime,)),
        (made(["2026-01-01T00:00:00"]), (datetime,)),
    ],
)
def test_a_cursor_of_somebodys_own_making_is_refused(cursor: str, types: tuple[type, ...]) -> None:
    with pytest.raises(Invalid) as raised:
        decode_cursor(cursor, *types)
    assert raised.value.code == "bad_cursor"
