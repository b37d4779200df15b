"""Where notes lead: to a page that is there, for everybody who is told."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from medianest.core import clock, journal
from medianest.core.actor import SYSTEM, Role
from medianest.core.event import ADMINS, Event, people
from medianest.core.journal import Entry
from medianest.downloads.events import DownloadDeleted, DownloadsHandedOver
from medianest.media_requests.events import RequestsHandedOver
from medianest.notifications import places, queries
from medianest.notifications.queries import Note
from medianest.notifications.telling import TOLD
from medianest.notifications.types import Topic
from tests.rights.house import Newcomers, open_house

FACTS: Mapping[str, Any] = {
    "title": "Metropolis", "name": "Somebody", "label": "Script", "code": "network", "error": "credentials", "n": 1,
    "number": 2, "here": 0, "unavailable": 0, "size_bytes": 1, "warnings": [], "file_deleted": True, "reason": "",
    "values": {}, "in_use": "2026.01.01", "monitor": 1, "since": "", "lasted_s": 60, "function": None, "page": "/",
    "words": "It stands still", "link": "up", "heard_at": None, "services": [], "user_agent": "Firefox", "scopes": [],
    "problems": [],
}  # fmt: skip
GONE = frozenset({DownloadDeleted.kind, DownloadsHandedOver.kind, RequestsHandedOver.kind})
"""What these are about is no more."""


def events() -> Iterator[type[Event]]:
    """All that is told."""
    waiting = [Event]
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if getattr(one, "kind", "") in TOLD:
            yield one


def happened(event: type[Event], subject_id: str, *concerned: str) -> Event:
    own = {one.name for one in fields(Event)}
    facts = {one.name: FACTS.get(one.name) for one in fields(event) if one.name not in own}
    return event(actor=SYSTEM, subject_id=subject_id, audience=ADMINS | people(concerned), **facts)


def cookie(secret: str) -> dict[str, str]:
    return {"cookie": f"medianest={secret}"}


async def test_every_note_leads_to_a_page_for_each_who_is_told(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        make = Newcomers(house)
        child, curator, admin = (make.person(role) for role in (Role.CHILD, Role.CURATOR, Role.ADMIN))
        secrets = {id: make.session(id)[1] for id in (child, curator, admin)}
        subjects = {
            "download": make.download(child), "playlist": make.playlist(child), "user": child,
            "media_request": make.request(child), "media_problem": make.problem(child), "site": make.site(),
        }  # fmt: skip
        await make.come_in()
        told, db = [], house.portal.db
        for event in events():
            id = "gone" if event.kind in GONE else subjects.get(event.subject_type, "x")
            async with db.transaction() as session:
                number = await journal.record(session, happened(event, id, child))
                entry = (await session.run_sync(journal.by_ids, [number]))[number]
            for who, telling in (await db.read(queries.recipients, entry)).items():
                note = Note(id=number, topic=telling.topic, entry=entry, n=1, is_read=False)
                told.append((event.kind, who, places.path(note, who)))
        assert {kind for kind, _, _ in told} == TOLD.keys()
        async with house.client() as client:
            asked = [(*one, (await client.get(one[2], headers=cookie(secrets[one[1]]))).status_code) for one in told]
    assert [one for one in asked if one[-1] != 200] == []
    assert {who for _, who, _ in told} == {child, curator, admin}


@pytest.mark.parametrize(
    ("kind", "subject", "path"),
    [
        ("download.deleted", ("download", "d1"), "/queue"),
        ("downloads.handed_over", ("user", "gone"), "/queue?show=mine"),
        ("media_requests.handed_over", ("user", "gone"), "/requests"),
        ("user.plex_refused", ("user", ""), "/admin/journal?topic=sign_in"),
        ("user.new_device", ("user", "me"), "/account"),
        ("user.new_device", ("user", "other"), "/admin/people/other"),
        ("of.another.release", ("thing", "x"), "/"),
    ],
)
def test_what_is_gone_leads_to_what_there_is_instead(kind: str, subject: tuple[str, str], path: str) -> None:
    assert places.path(_note(kind, *subject), "me") == path
    assert places.path(_note(kind, *subject, n=2), "me") == "/queue", "several lead to their list"


def _note(kind: str, subject_type: str, subject_id: str, *, n: int = 1) -> Note:
    entry = Entry(
        id=1, at=clock.now(), kind=kind, version=1, actor_id=None, actor_name="", via="system", address=None,
        subject_type=subject_type, subject_id=subject_id, audience=frozenset(), data={}, request_id=None,
    )  # fmt: skip
    return Note(id=1, topic=Topic.HOUSE, entry=entry, n=n, is_read=False)
