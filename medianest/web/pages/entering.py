"""Handing over the key of a session that was just opened, whichever door it was."""

from medianest.accounts.types import Opened
from medianest.http import cookies
from medianest.web import htmx
from medianest.web.htmx import Html, Reader


def let_in(reader: Reader, opened: Opened, next: str) -> Html:
    """Lead on to `next`, signed in."""
    sent = htmx.go(reader, next)
    sent.set_cookie(cookies.entering(opened, reader.asking))
    return sent
