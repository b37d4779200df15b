"""Secrets: making, comparing, hashing, signing and sealing them."""

import base64
import hashlib
import hmac
import os
import secrets
from datetime import datetime
from pathlib import Path

from medianest.core import clock

KEY_BYTES = 32
_NONCE_BYTES = 12


def new_id() -> str:
    """Sixteen random characters of a-z and 2-7: a public name that nobody can guess."""
    return base64.b32encode(secrets.token_bytes(10)).decode().lower()


def new_token(prefix: str = "") -> str:
    """A secret of 256 bits, behind a prefix that lets people and scanners recognise its kind."""
    return prefix + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored of a random secret: its SHA-256 in hexadecimal. Not for passwords."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())


def load_or_create_key(path: Path) -> bytes:
    """The key in the file `path` (mode 0600), made and forced to disk the first time."""
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        return _create_key(path)
    if len(key) != KEY_BYTES:
        raise ValueError(f"{path} is not a key of {KEY_BYTES} bytes")
    return key


def derive(key: bytes, purpose: str) -> bytes:
    """A key for one purpose, so that no two uses share one."""
    return hmac.digest(key, purpose.encode(), "sha256")


def sign(key: bytes, purpose: str, value: str, *, until: datetime) -> str:
    """`value` with its expiry and a signature, safe in an address; readable by its holder."""
    body = f"{int(until.timestamp())}.{base64.urlsafe_b64encode(value.encode()).decode().rstrip('=')}"
    return f"{body}.{_mac(key, purpose, body)}"


def verify(key: bytes, purpose: str, signed: str) -> str | None:
    """The value of what `sign` made; None if it was changed, made for another purpose, or is too old."""
    body, _, mac = signed.rpartition(".")
    if not body or not same(mac, _mac(key, purpose, body)):
        return None
    until, _, value = body.partition(".")
    if int(until) < clock.now().timestamp():
        return None
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode()


def fingerprint(key: bytes, purpose: str, value: str) -> str:
    """A word of 22 letters for `value`, always the same, that only a holder of the key can make."""
    return base64.urlsafe_b64encode(hmac.digest(derive(key, purpose), value.encode(), "sha256")[:16]).decode()[:22]


class Sealer:
    """Encrypts secrets at rest with AES-256-GCM; `context` binds a sealed value to its place."""

    def __init__(self, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # heavy, and for who has something to seal

        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, *, context: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, *, context: str) -> bytes:
        """Raises ValueError for what was changed, or sealed with another key or context."""
        from cryptography.exceptions import InvalidTag  # as above

        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context.encode())
        except InvalidTag as error:
            raise ValueError("not sealed with this key and context") from error


def _create_key(path: Path) -> bytes:
    key = os.urandom(KEY_BYTES)
    temporary = path.with_name(path.name + ".new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return key


def _mac(key: bytes, purpose: str, body: str) -> str:
    mac = hmac.digest(derive(key, purpose), body.encode(), "sha256")
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")
