"""Admin: the journal as a spreadsheet, as far as the page's filter lets through."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from datetime import UTC

from medianest.admin import exports
from medianest.core import clock
from medianest.core.journal import Entry
from medianest.http.ranges import content_disposition
from medianest.http.streaming import StreamedAnswer, held
from medianest.web import spreadsheets
from medianest.web.entries import sentence_of, sentences
from medianest.web.given import CurrentReader, TheServices
from medianest.web.htmx import AnyRequest
from medianest.web.pages import journal_filter

_COLUMNS = ("at", "who", "person_id", "kind", "sentence", "subject", "via", "address", "request_id", "data")


async def save(request: AnyRequest, reader: CurrentReader, services: TheServices) -> StreamedAnswer:
    """The entries, newest first, written while they are read."""
    asked, now = journal_filter.read(request.query_params), clock.now()
    known = sentences(services.catalogues)
    batches = await exports.export(services.db, reader.asking.actor, asked.sought(now), filters=asked.fields)
    headers = {
        "content-type": "text/csv; charset=utf-8; header=present",
        "content-disposition": content_disposition(f"medianest-journal-{now.astimezone(UTC):%Y-%m-%d}.csv"),
    }

    def tell(entry: Entry) -> str:
        return reader.tell(sentence_of(entry, known))

    return StreamedAnswer(lambda: held(request, _pieces(batches, tell)), headers=headers)


async def _pieces(batches: AsyncIterator[Sequence[Entry]], tell: Callable[[Entry], str]) -> AsyncGenerator[bytes, None]:
    yield spreadsheets.BOM.encode() + spreadsheets.lines([_COLUMNS])
    async for entries in batches:
        yield spreadsheets.lines(_cells(entry, tell(entry)) for entry in entries)


def _cells(entry: Entry, sentence: str) -> tuple[str, ...]:
    return (
        entry.at.isoformat(),
        entry.actor_name,
        entry.actor_id or "",
        entry.kind,
        sentence,
        f"{entry.subject_type}:{entry.subject_id}",
        entry.via,
        entry.address or "",
        entry.request_id or "",
        json.dumps(entry.data, ensure_ascii=False, separators=(",", ":")),
    )
