"""The way back to the inbox for who did something about a note where it stands."""

from medianest.http.redirects import internal_path
from medianest.http.services import Services
from medianest.web import htmx
from medianest.web.forms import Form
from medianest.web.htmx import Html, Reader

PATH = "/inbox"


def note_of(form: Form) -> int | None:
    """The note that a form is about, if it is about one."""
    id = form.text("note")
    return int(id) if id.isdecimal() and len(id) < len(str(2**63)) else None


async def back(reader: Reader, services: Services, form: Form) -> Html | None:
    """What was done about a note is read; the page tells how it stands then. None for what was done elsewhere."""
    note = note_of(form)
    if note is None:
        return None
    await services.inbox.read(reader.asking.actor, ids=[note])
    if reader.by_htmx:
        return htmx.told(reader, "acted")
    return htmx.go(reader, internal_path(reader.came_from, otherwise=PATH))
