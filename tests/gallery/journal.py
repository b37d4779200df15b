"""The samples of the journal's page: full, in the middle, nothing that matches, nothing yet, days that are none."""

from collections.abc import Iterator
from datetime import timedelta

from medianest.core.actor import Via
from medianest.core.errors import Invalid
from medianest.core.i18n import Catalogues
from medianest.core.journal import Entry
from medianest.core.paging import Page
from medianest.web.entries import Known, sentences
from medianest.web.pages.journal import JournalView, journal_view
from medianest.web.pages.journal_filter import Filter, Span
from tests.gallery.samples import NOW

KNOWN = Known(
    sentence=sentences(Catalogues()),
    here={"robin": "Robin", "grandma": "Grandma Wilhelmine", "kids": "The kids"},
    gone={"gone": "former-k3v9qz"},
)
_ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36"
_OUTSIDE = "2606:4700:77:1:a9c1:33ff:fe10:1234"


def _entry(id: int, kind: str, who: str | None, via: Via, *, about: str = "rivers", **data: str) -> Entry:
    address = _OUTSIDE if who is None else "192.168.1.34"
    name = KNOWN.name(who or "") or {Via.SYSTEM: "MediaNest", Via.CLI: "command line"}.get(via, "")
    return Entry(
        id=id, at=NOW - timedelta(minutes=7 * id * id), kind=kind, version=1, actor_id=who, actor_name=name, via=via,
        address=None if via in (Via.SYSTEM, Via.CLI) else address,
        subject_type="download" if kind.startswith("download") else "user", subject_id=about,
        audience=frozenset(), data=data, request_id=None,
    )  # fmt: skip


ENTRIES = (
    _entry(1, "download.finished", None, Via.SYSTEM, title="Night shift on the model railway"),
    _entry(2, "download.queued", "robin", Via.WEB, title="The Ems by canoe, from spring to sea"),
    _entry(3, "download.queued", "kids", Via.API, title="Why Saturn keeps its rings"),
    _entry(4, "user.signed_in", "robin", Via.WEB, about="robin", user_agent=_ANDROID),
    _entry(5, "user.sign_in_failed", None, Via.WEB, about="grandma", user_agent=_ANDROID),
    _entry(6, "download.failed", None, Via.SYSTEM, title="A greenhouse from old windows", code="disk_full"),
    _entry(7, "user.changed", "robin", Via.WEB, about="kids"),
    _entry(8, "user.password_reset", None, Via.CLI, about="robin"),
    _entry(9, "user.removed", "robin", Via.WEB, about="gone", name="former-k3v9qz"),
    _entry(10, "house.spring_cleaned", None, Via.SYSTEM),
    _entry(
        11, "download.queued", "grandma", Via.WEB,
        title="Abschlusskonzert des Landesjugendsinfonieorchesters, Generalprobenmitschnitt",
    ),
)  # fmt: skip


def samples_of_the_journal() -> Iterator[tuple[str, JournalView]]:
    some = Page(items=ENTRIES, next_cursor="x")
    none: Page[Entry] = Page(items=())
    narrow = Filter(person="robin", topic="download", span=Span.WEEK, zone="Europe/Berlin")
    swapped = Filter(span=Span.DATES, first="2026-11-20", last="2026-11-01")
    yield "journal", journal_view(Filter(), KNOWN, some, alarms=1)
    yield "journal-older", journal_view(narrow, KNOWN, some, cursor="x")
    yield "journal-nothing", journal_view(narrow, KNOWN, none)
    yield "journal-empty", journal_view(Filter(), KNOWN, none)
    try:
        swapped.sought(NOW)
    except Invalid as wrong:
        yield "journal-wrong", journal_view(swapped, KNOWN, none, wrong=wrong)
