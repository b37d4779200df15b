"""Speaks to services by Apprise: reads one question, writes one answer, and ends. The only one that imports Apprise.

Its import and that of its hundred and thirty services take half a second and 45 MiB, which go with this process; and
what hangs in one of them is ended from outside.
"""

import logging
import math
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import apprise
import msgspec
import requests

from medianest.core.apprise.wire import Answer, Check, Checked, Question, Send, Told, Why

SAID_MOST = 500
_SPARE_S = 5.0
_OF_THIS_MACHINE = frozenset({"dbus", "gio", "glib", "gnome", "kde", "macosx", "qt", "syslog", "windows"})
"""These would tell whoever sits at the machine that the portal runs on, which is nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """What came of one HTTP request that a service made."""

    status: int = 0
    said: str = ""
    why: Why | None = None
    retry_after: str = ""


def main() -> None:
    answers = os.dup(sys.stdout.fileno())
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what some service prints is no answer
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Question)
    if isinstance(asked, Send):
        signal.alarm(math.ceil(asked.seconds + _SPARE_S))
    with os.fdopen(answers, "wb") as out:
        out.write(msgspec.json.encode(answer(asked)))
    os._exit(0)  # threads of Apprise that still wait are not waited for


def answer(asked: Check | Send) -> Answer:
    """What a question comes to."""
    logging.getLogger("apprise").propagate = False
    if isinstance(asked, Check):
        return Checked(known=tuple(_service(url) is not None for url in asked.urls))
    service = _service(asked.url)
    if service is None:
        return Told(is_well=False, is_known=False)
    teller = apprise.Apprise(service, asset=service.asset)
    with (
        _listening() as heard,
        teller.notify(asked.body, asked.title, body_format=apprise.NotifyFormat.TEXT, timeout=asked.seconds) as result,
    ):
        is_late = result.status == apprise.AppriseResultStatus.TIMEOUT
        logged = "; ".join(" ".join(entry.message.split()) for entry in result.logs())
        return _told(bool(result), heard, logged, is_late=is_late)


def _service(url: str) -> Any:
    """The service of an address; None for one that Apprise does not know, or that is of this machine."""
    if url.partition("://")[0].lower() in _OF_THIS_MACHINE:
        return None
    return apprise.Apprise.instantiate(url, asset=_manners())


def _manners() -> Any:
    """Nothing is kept or read beside the address, no picture of others is shown, and text stays as it is."""
    return apprise.AppriseAsset(
        app_id="MediaNest",
        app_desc="MediaNest",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        image_path_mask="",
        storage_mode=apprise.PersistentStoreMode.MEMORY,
        pgp_autogen=False,
        pem_autogen=False,
        interpret_emojis=False,
        interpret_escapes=False,
        http_redirects=False,
        allow_templates=False,
    )


@contextmanager
def _listening() -> Iterator[list[_Heard]]:
    """What services answer to HTTP requests; of that, Apprise tells no more than that it was no success."""
    heard: list[_Heard] = []
    plain = requests.Session.send

    def send(session: requests.Session, request: Any, **how: Any) -> Any:
        try:
            found = plain(session, request, **how)
        except requests.RequestException as error:
            heard.append(_Heard(why=_why(error)))
            raise
        words = " ".join(found.text[: 4 * SAID_MOST].split())
        said = f"{found.status_code} {found.reason}".strip() + (f": {words}" if words and not found.ok else "")
        again = found.headers.get("Retry-After", "")
        heard.append(_Heard(status=found.status_code, said=said, retry_after=again))
        return found

    requests.Session.send = send  # type: ignore[method-assign,assignment]  # this process does nothing else
    try:
        yield heard
    finally:
        requests.Session.send = plain  # type: ignore[method-assign]


def _why(error: Exception) -> Why:
    if isinstance(error, requests.exceptions.SSLError):
        return Why.TLS
    if isinstance(error, requests.Timeout):
        return Why.TIME
    return Why.CONNECT if isinstance(error, requests.ConnectionError) else Why.ANSWER


def _told(is_well: bool, heard: Sequence[_Heard], logged: str, *, is_late: bool) -> Told:
    """The last answer; where it went wrong, the last that was none or a refusal. Not all services speak HTTP."""
    wrong = [one for one in heard if one.why or not 200 <= one.status < 300]
    last = (heard if is_well else wrong or heard)[-1:]
    if not last:
        return Told(is_well=is_well, said=logged, why=Why.TIME if is_late else None)
    one = last[0]
    why = one.why or (Why.TIME if is_late and not wrong else None)
    said = one.said or logged
    return Told(is_well=is_well, status=one.status, said=said, why=why, retry_after=one.retry_after)
