"""Secrets are random, sealed, signed, and bound to their purpose."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, strategies

from medianest.core import clock, security
from medianest.core.security import Sealer

KEY = bytes(range(32))
SOON = clock.now() + timedelta(hours=1)


def test_ids_are_sixteen_letters_and_all_different() -> None:
    ids = {security.new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch("[a-z2-7]{16}", id) for id in ids)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    key = security.load_or_create_key(path)
    assert security.load_or_create_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret.key"]


def test_a_key_of_the_wrong_length_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_bytes(b"short")
    with pytest.raises(ValueError, match="32 bytes"):
        security.load_or_create_key(tmp_path / "secret.key")


@given(strategies.binary(max_size=200), strategies.text(max_size=20))
def test_what_is_sealed_opens_with_its_key_and_context_alone(plain: bytes, context: str) -> None:
    sealed = Sealer(KEY).seal(plain, context=context)
    assert Sealer(KEY).open(sealed, context=context) == plain
    for key, other in ((KEY, context + "x"), (bytes(32), context)):
        with pytest.raises(ValueError, match="not sealed"):
            Sealer(key).open(sealed, context=other)


@given(strategies.text(max_size=50))
def test_a_signed_value_comes_back(value: str) -> None:
    signed = security.sign(KEY, "invite", value, until=SOON)
    assert security.verify(KEY, "invite", signed) == value


@pytest.mark.parametrize("spoil", ["", "x", "a.b.c", "999999999999.YQ.bad", "..", "é.é.é"])
def test_what_nobody_signed_is_refused(spoil: str) -> None:
    assert security.verify(KEY, "invite", spoil) is None


def test_a_signature_holds_for_one_purpose_key_and_time() -> None:
    signed = security.sign(KEY, "invite", "alice", until=SOON)
    assert security.verify(KEY, "reset", signed) is None
    assert security.verify(bytes(32), "invite", signed) is None
    assert security.verify(KEY, "invite", signed.replace(".", "1.", 1)) is None
    late = security.sign(KEY, "invite", "alice", until=clock.now() - timedelta(seconds=1))
    assert security.verify(KEY, "invite", late) is None
