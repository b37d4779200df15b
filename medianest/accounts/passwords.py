"""Passwords: which are taken, and how they are kept (argon2id)."""

import asyncio
import unicodedata
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from medianest.core.errors import FieldError, Invalid, TooMany
from medianest.core.i18n import msg

T = TypeVar("T")

LENGTH_LEAST = 10
BYTES_MOST = 1024
_DISTINCT_LEAST = 5
_AT_ONCE = 2
WAITING_MOST = 24
_HASHER = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
NOBODYS_HASH = "$argon2id$v=19$m=32768,t=3,p=1$5MSyiqUQGcjLWkc6Z4N6Sw$x+7KZjMh6/Pl7xlbMq5TcxVTvt9p7w8NMKRAw6IghHE"


def check_rules(password: str, *, name: str) -> None:
    """Raises Invalid for a password that is too short, too long, or too easy to guess."""
    if len(password) < LENGTH_LEAST:
        raise _wrong("accounts.password_too_short", least=LENGTH_LEAST)
    if len(password.encode(errors="surrogatepass")) > BYTES_MOST:
        raise _wrong("accounts.password_too_long")
    folded = password.casefold()
    if len(set(folded)) < _DISTINCT_LEAST or folded in (name.casefold(), name.casefold() * 2):
        raise _wrong("accounts.password_too_easy")


class Passwords:
    """Hashes in threads, two at once, for each takes 32 MiB; when too many wait, the next is turned away."""

    def __init__(self, hasher: PasswordHasher = _HASHER) -> None:
        self._hasher = hasher
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def hash(self, password: str) -> str:
        return await self._in_turn(lambda: self._hasher.hash(_normal(password)))

    async def matches(self, hash: str | None, password: str) -> bool:
        """Whether the password is the one of `hash`; takes as long where there is no hash."""
        if len(password.encode(errors="surrogatepass")) > BYTES_MOST:
            return False
        return await self._in_turn(lambda: self._verify(hash, _normal(password)))

    def is_outdated(self, hash: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(hash)

    def _verify(self, hash: str | None, password: bytes) -> bool:
        try:
            return self._hasher.verify(hash or NOBODYS_HASH, password) and hash is not None
        except (VerifyMismatchError, InvalidHashError):
            return False

    async def _in_turn(self, work: Callable[[], T]) -> T:
        if self._waiting >= WAITING_MOST:
            raise TooMany(msg("accounts.sign_in_busy"), code="busy", retry_after=timedelta(seconds=5))
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1


def _normal(password: str) -> bytes:
    """One spelling for what keyboards spell differently (RFC 8265 section 4.2)."""
    return unicodedata.normalize("NFC", password).encode(errors="surrogatepass")


def _wrong(id: str, **values: object) -> Invalid:
    message = msg(id, **values)
    return Invalid(message, fields=(FieldError(field="password", message=message),))
