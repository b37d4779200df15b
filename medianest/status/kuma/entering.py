"""Coming in: with the token of an earlier login, else with the password, and a code of two steps where one is wanted.

A token does not expire, and needs no code; it is good until the password is another one. Logins with a password are
limited to twenty a minute for everybody together, the people of Uptime Kuma among them, so few are tried.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from msgspec import Raw, Struct

from medianest.core import clock
from medianest.status import reading
from medianest.status.errors import NoLink
from medianest.status.kuma import totp
from medianest.status.types import Login, Trouble

Call = Callable[..., Awaitable[Raw | None]]

AFTER_REFUSAL = timedelta(minutes=5)
AFTER_TOO_MANY = timedelta(seconds=75)
_TOO_MANY = "too frequently"
_ABOUT_CODE = "token"


class _Answer(Struct, rename="camel"):
    ok: bool = False
    token: str | None = None
    token_required: bool = False
    msg: str | None = None


class Entering:
    """Remembers which code was used, for each is good once."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._used = -1

    async def enter(self, call: Call, token: str) -> str:
        """Come in; returns the token that is good from now on. Raises NoLink."""
        if token and (await _ask(call, "loginByToken", token)).ok:
            return token
        said = {"username": self._login.username, "password": self._login.password, "token": ""}
        answer = await _ask(call, "login", said)
        if answer.token_required:
            answer = await _ask(call, "login", {**said, "token": self._code()})
            if not answer.ok:
                raise _refused(answer, Trouble.CODE)
        if not answer.ok:
            raise _refused(answer, Trouble.CREDENTIALS)
        return answer.token or ""

    def _code(self) -> str:
        now_s = clock.now().timestamp()
        step = totp.step(now_s)
        if step <= self._used:
            raise NoLink(Trouble.CODE, retry_after=_next_step(now_s))
        code = totp.code(self._login.totp_secret, step) if self._login.totp_secret else None
        if code is None:
            raise NoLink(Trouble.CODE, retry_after=AFTER_REFUSAL)
        self._used = step
        return code


async def _ask(call: Call, name: str, said: object) -> _Answer:
    raw = await call(name, said)
    answer = reading.read(raw, _Answer) if raw is not None else None
    if answer is None:
        raise NoLink(Trouble.UNREADABLE)
    return answer


def _refused(answer: _Answer, trouble: Trouble) -> NoLink:
    """A code that is refused may have been used by somebody a moment ago: the next one is tried."""
    said = (answer.msg or "").lower()
    if said.startswith(_TOO_MANY):
        return NoLink(Trouble.THROTTLED, retry_after=AFTER_TOO_MANY)
    if trouble is Trouble.CODE and _ABOUT_CODE in said:
        return NoLink(trouble, retry_after=_next_step(clock.now().timestamp()))
    return NoLink(trouble, retry_after=AFTER_REFUSAL)


def _next_step(now_s: float) -> timedelta:
    return timedelta(seconds=totp.STEP_S - now_s % totp.STEP_S + 1)
