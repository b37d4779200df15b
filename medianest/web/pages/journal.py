"""Admin: what happened, who did it, when and from where."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from litestar.params import FromQuery

from medianest.core import journal_pages
from medianest.core.i18n import SOURCE_LANGUAGE, Message, msg
from medianest.core.journal import Entry
from medianest.http.services import Services
from medianest.web import htmx
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import Html
from medianest.web.pages.admin import Room, RoomChip, rooms

_PAGE = 50
_TOLD = frozenset({"title", "name", "label", "error", "code", "n"})


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """One thing that happened; `path` leads to the page of what it happened to."""

    id: int
    at: datetime
    sentence: Message
    via: Message
    address: str | None
    path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalView:
    """The page of the journal."""

    places: tuple[RoomChip, ...]
    entries: tuple[EntryRow, ...]
    more: str | None


async def show(
    reader: CurrentReader, services: TheServices, frame: PageFrame, cursor: FromQuery[str | None] = None
) -> Html:
    """The journal, newest first."""
    alarms = await services.db.read(journal_pages.dead_letter_count)
    found = await services.db.read(journal_pages.page, cursor=cursor, limit=_PAGE)
    view = JournalView(
        places=rooms(Room.JOURNAL, alarms=alarms),
        entries=tuple(entry_row(entry, known=_known(services)) for entry in found.items),
        more=f"/admin/journal?cursor={found.next_cursor}" if found.next_cursor else None,
    )
    return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/journal.html", view)


def _known(services: Services) -> Callable[[str], bool]:
    english = services.catalogues.of(SOURCE_LANGUAGE)
    return lambda sentence: english.lookup(sentence) is not None


def entry_row(entry: Entry, *, known: Callable[[str], bool]) -> EntryRow:
    """An entry as a sentence, `web.journal.KIND`, of the facts that it carries; a kind of another release has none."""
    sentence = f"web.journal.{entry.kind.replace('.', '_')}"
    facts = {name: value for name, value in entry.data.items() if name in _TOLD}
    if "code" in facts:
        facts["code"] = msg(f"downloads.error.{facts['code']}")
    actor = entry.actor_name or msg("web.journal.nobody")
    return EntryRow(
        id=entry.id,
        at=entry.at,
        sentence=msg(sentence if known(sentence) else "web.journal.other", actor=actor, kind=entry.kind, **facts),
        via=msg(f"web.journal.via_{entry.via}"),
        address=entry.address,
        path=f"/downloads/{entry.subject_id}" if entry.subject_type == "download" else None,
    )
