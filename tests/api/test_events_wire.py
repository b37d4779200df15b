"""What happens, on the wire of server-sent events."""

import json
from datetime import UTC, datetime
from typing import Any

from medianest.api.v1.events import EventWriter, happened, passed
from medianest.core.actor import NOBODY
from medianest.core.event import HOUSEHOLD
from medianest.core.journal import Entry
from medianest.core.live import Signal
from medianest.downloads.types import Progress, Stage, Tick

AT = datetime(2026, 11, 20, 8, 5, tzinfo=UTC)
ENTRY = Entry(
    id=41,
    at=AT,
    kind="download.finished",
    version=1,
    actor_id="bob",
    actor_name="Bob",
    via="web",
    address="192.168.1.20",
    subject_type="download",
    subject_id="d1",
    audience=HOUSEHOLD,
    data={"title": "two\nlines"},
    request_id="req1",
)
TICK = Signal(
    kind="download.progress",
    subject_id="d1",
    audience=HOUSEHOLD,
    data=Tick(stage=Stage.FETCHING, progress=Progress(percent=12.5, downloaded_bytes=1, total_bytes=8)),
)


def fields(message: bytes) -> dict[str, str]:
    assert message.endswith(b"\n\n")
    return dict(line.split(": ", 1) for line in message.decode().strip().split("\n"))


def data(message: bytes) -> Any:
    return json.loads(fields(message)["data"])


def test_an_entry_is_an_event_with_the_id_of_the_journal() -> None:
    told = fields(happened(ENTRY))
    assert (told["event"], told["id"]) == ("download.finished", "41")
    assert data(happened(ENTRY)) == {
        "at": "2026-11-20T08:05:00Z",
        "kind": "download.finished",
        "subject": {"type": "download", "id": "d1"},
        "actor": {"id": "bob", "name": "Bob"},
        "data": {"title": "two\nlines"},
    }


def test_an_event_tells_nothing_of_where_somebody_was() -> None:
    assert b"192.168.1.20" not in happened(ENTRY)


def test_progress_has_no_id_for_it_cannot_be_had_again() -> None:
    message = passed(TICK, at=AT)
    assert message is not None
    assert fields(message).keys() == {"event", "data"}
    assert data(message) == {
        "at": "2026-11-20T08:05:00Z",
        "kind": "download.progress",
        "subject": {"type": "download", "id": "d1"},
        "actor": None,
        "data": {
            "stage": "fetching",
            "percent": 12.5,
            "downloaded_bytes": 1,
            "total_bytes": 8,
            "speed_bytes_per_s": None,
            "eta_s": None,
        },
    }


async def test_signals_that_programs_do_not_get_are_nobodys() -> None:
    other = Signal(kind="page.moved", subject_id="x", audience=HOUSEHOLD, data=object())
    writer = EventWriter()
    assert writer.view(NOBODY, other) is None
    assert await writer.write(NOBODY, other) is None
    assert writer.view(NOBODY, TICK) == writer.view(NOBODY, ENTRY) is not None
    assert EventWriter() == writer, "the hub writes once for all streams of one writer"


async def test_who_missed_too_much_is_told_to_read_anew() -> None:
    assert fields(await EventWriter().resync(NOBODY)) == {"event": "reset", "data": "{}"}
