"""Who is let in: a password, codes of two steps, tokens that die with the password, and twenty logins a minute."""

import base64
import hmac
import struct
import time
from typing import Any

from tests.fakes.uptime_kuma.dialects import JSON, Dialect

LOGINS_A_MINUTE = 20


def code(secret: str, *, at: float) -> str:
    """The code of an authenticator (RFC 6238)."""
    mac = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(at) // 30), "sha1")
    number = struct.unpack(">I", mac[mac[-1] & 15 :][:4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


class Accounts:
    """The one account that there is."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.username = "admin"
        self.password = "correct horse battery"
        self.is_set_up = True
        self.open_to_all = False
        self.secret: str | None = None
        self.left = LOGINS_A_MINUTE
        self._last_code = ""

    @property
    def token(self) -> str:
        """Good as long as the password is the same; no two-step code is asked of who has it."""
        return f"jwt.{base64.urlsafe_b64encode(self.password.encode()).decode()}.signature"

    def login(self, said: Any) -> JSON:
        if self.left <= 0:
            return {"ok": False, "msg": "Too frequently, try again later."}
        self.left -= 1
        if (said.get("username"), said.get("password")) != (self.username, self.password):
            return self.dialect.refusal("authIncorrectCreds")
        if self.secret is None:
            return {"ok": True, "token": self.token}
        if not said.get("token"):
            return {"tokenRequired": True}
        if said["token"] == self._last_code or said["token"] != code(self.secret, at=time.time()):
            return self.dialect.refusal("authInvalidToken" if self.dialect.is_new else "codeRefused")
        self._last_code = said["token"]
        return {"ok": True, "token": self.token}

    def login_by_token(self, token: Any) -> JSON:
        return {"ok": True} if token == self.token else self.dialect.refusal("authInvalidToken")
