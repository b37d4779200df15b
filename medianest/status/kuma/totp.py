"""Codes of two steps, as an authenticator shows them (RFC 6238: six digits, SHA-1, thirty seconds); pure."""

import base64
import binascii
import hmac

STEP_S = 30
_DIGITS = 6


def step(at_s: float) -> int:
    """The thirty seconds in which a moment lies."""
    return int(at_s // STEP_S)


def code(secret: str, step: int) -> str | None:
    """The code of that time; None where the secret is not one (it is Base32, with or without spaces)."""
    try:
        key = _key(secret)
    except binascii.Error:
        return None
    mac = hmac.digest(key, step.to_bytes(8, "big"), "sha1")
    start = mac[-1] & 0xF
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}}"


def _key(secret: str) -> bytes:
    letters = "".join(secret.split()).replace("-", "").upper().rstrip("=")
    return base64.b32decode(letters + "=" * (-len(letters) % 8))
