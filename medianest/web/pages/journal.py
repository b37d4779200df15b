"""Admin: what happened, who did it, when and from where."""

from dataclasses import dataclass, replace
from http import HTTPStatus

from medianest.core import clock, journal_pages
from medianest.core.errors import Invalid
from medianest.core.journal import Entry
from medianest.core.paging import Page
from medianest.http.services import Services
from medianest.web import htmx
from medianest.web.entries import EntryRow, Known, entry_row, sentences
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.pages import journal_filter
from medianest.web.pages.admin import Room, RoomChip, rooms
from medianest.web.pages.journal_filter import Filter
from medianest.web.pages.journal_form import FormView, form_view

PATH = "/admin/journal"
_PAGE = 50
_NONE: Page[Entry] = Page(items=())


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalView:
    """The page of the journal; `address` is its own, `clear` that without a filter if there is one.

    Nothing was looked for where the form `is_wrong`.
    """

    places: tuple[RoomChip, ...]
    form: FormView
    entries: tuple[EntryRow, ...]
    address: str
    export: str
    clear: str | None = None
    newest: str | None = None
    older: str | None = None
    is_wrong: bool = False


async def show(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """The journal, newest first, as far as the filter lets through."""
    asked, cursor = journal_filter.read(request.query_params), request.query_params.get("cursor")
    known = await known_by(reader, services)
    status, wrong, found = HTTPStatus.OK, None, _NONE
    try:
        sought = asked.sought(clock.now())
    except Invalid as error:
        status, wrong = HTTPStatus.UNPROCESSABLE_ENTITY, error
    else:
        found = await services.db.read(journal_pages.page, sought, cursor=cursor, limit=_PAGE)
    alarms = await services.db.read(journal_pages.dead_letter_count)
    view = journal_view(asked, known, found, cursor=cursor, alarms=alarms, wrong=wrong)
    if reader.by_htmx:
        return htmx.fragment(reader, "admin/_journal.html", {"view": view}, status=status)
    return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/journal.html", view, status=status)


def journal_view(
    asked: Filter,
    known: Known,
    found: Page[Entry],
    *,
    cursor: str | None = None,
    alarms: int = 0,
    wrong: Invalid | None = None,
) -> JournalView:
    return JournalView(
        places=rooms(Room.JOURNAL, alarms=alarms),
        form=form_view(asked, known, wrong),
        entries=tuple(entry_row(entry, known) for entry in found.items),
        address=asked.address(PATH, **({"cursor": cursor} if cursor else {})),
        export=asked.address(f"{PATH}.csv"),
        clear=None if asked.is_empty else PATH,
        newest=asked.address(PATH) if cursor else None,
        older=asked.address(PATH, cursor=found.next_cursor) if found.next_cursor else None,
        is_wrong=wrong is not None,
    )


async def known_by(reader: Reader, services: Services) -> Known:
    """What the entries are told with: the sentences of this release, and the people of this house."""
    people = services.accounts.people
    return Known(
        sentence=sentences(services.catalogues),
        here={user.id: user.display_name for user in await people.listing(reader.asking.actor)},
        gone=await people.gone(reader.asking.actor),
    )
