"""The cookies: the session's, the one that ties a form to a browser in which nobody is signed in, an invitation's,
that of a household device, and one for each way to Plex that was begun here.

Over HTTPS they carry the prefix `__Host-`, so that no neighbouring host and no plain connection can set them
(RFC 6265bis section 4.1.3), and are for the whole host, as that demands; on a plain LAN address they cannot, and are
for the base path alone.
"""

import re
from collections.abc import Iterable
from datetime import timedelta

from litestar.datastructures import Cookie

from medianest.accounts.types import Opened
from medianest.http.asking import Asking

_VALUE = re.compile(r"[A-Za-z0-9_-]{16,128}")
_YEAR_S = 365 * 24 * 3600
SESSION = "medianest"
FORM = "medianest-form"
INVITATION = "medianest-invitation"
DEVICE = "medianest-device"
_JOURNEY = "medianest-plex"
_ID = re.compile(r"[a-z0-9]{1,32}")


def name_of(cookie: str, *, secure: bool) -> str:
    return f"__Host-{cookie}" if secure else cookie


def of_journey(id: str) -> str:
    """The cookie of one way to Plex; each has its own, so that two tabs do not take it from each other."""
    return f"{_JOURNEY}-{id}" if _ID.fullmatch(id) else _JOURNEY


def read(fields: Iterable[str], name: str) -> str | None:
    """The value of a cookie of ours; None where it is absent, not of our making, or there twice (put in by another)."""
    values = [
        value.strip()
        for field in fields
        if name in field
        for key, equals, value in (pair.partition("=") for pair in field.split(";"))
        if equals and key.strip() == name
    ]
    return values[0] if len(values) == 1 and _VALUE.fullmatch(values[0]) else None


def entering(opened: Opened, asking: Asking) -> Cookie:
    """The cookie of a session that was just opened."""
    return write(SESSION, opened.secret, asking, max_age=opened.lasts)


def leaving(asking: Asking) -> Cookie:
    """The end of the session's cookie."""
    return write(SESSION, "", asking, max_age=timedelta(0))


def write(cookie: str, value: str, asking: Asking, *, max_age: timedelta | None = None) -> Cookie:
    """A cookie for this host alone, out of reach of scripts; without `max_age` it ends with the browser."""
    return Cookie(
        key=name_of(cookie, secure=asking.secure),
        value=value,
        path="/" if asking.secure else asking.base_path or "/",
        max_age=int(max_age.total_seconds()) if max_age is not None else None,
        secure=asking.secure or None,
        httponly=True,
        samesite="lax",
    )


def preference(name: str, value: str, asking: Asking) -> Cookie:
    """A year's memory of what somebody likes in this browser; nobody's secret."""
    path = asking.base_path or "/"
    return Cookie(key=name, value=value, path=path, max_age=_YEAR_S, httponly=True, samesite="lax")
