"""A download on the wire is what contract.md promises, for each person what they may see."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from medianest.api.reader import Reader
from medianest.api.v1.download_shapes import download
from medianest.api.v1.previews import preview
from medianest.api.wire import to_json
from medianest.core.actor import Actor, Permission, Role, Via
from medianest.core.i18n import Catalogues
from medianest.downloads.types import (
    Action,
    Download,
    ErrorCode,
    Failure,
    Person,
    Preset,
    Preview,
    Progress,
    Stage,
    State,
    StoredFile,
)

ENGLISH = Catalogues().of("en")
AT = datetime(2026, 11, 20, 8, 5, tzinfo=UTC)
HARBOUR = Download(
    id="d1",
    url="https://example.org/watch?v=1",
    title="Harbour",
    site="example.org",
    has_picture=True,
    tone=3,
    duration_s=61.5,
    preset=Preset.P720,
    priority=2,
    position=7,
    state=State.RUNNING,
    stage=Stage.FETCHING,
    progress=Progress(percent=50.0, downloaded_bytes=5, total_bytes=10, speed_bytes_per_s=2.5, eta_s=2),
    attempts=1,
    next_attempt_at=None,
    failure=None,
    warnings=(),
    file=None,
    owner=Person(id="bob", name="Bob"),
    followers=(Person(id="dora", name="Dora"),),
    created_at=AT,
    started_at=AT,
    finished_at=None,
)
DONE = replace(
    HARBOUR,
    state=State.COMPLETED,
    stage=None,
    file=StoredFile(path="a/Harbour.mp4", size_bytes=10, sides=("a/Harbour.de.srt",)),
)
_FIELDS = """id url title site thumbnail duration_s preset priority position state stage progress attempts
    next_attempt_at error warnings file owner followers created_at started_at finished_at broadcast begins_at"""


def someone(id: str, *permissions: Permission, role: Role = Role.MEMBER) -> Actor:
    return Actor(id=id, name=id, role=role, permissions=frozenset(permissions), via=Via.API)


OWNER = someone("bob", Permission.READ, Permission.SEE_HOUSEHOLD)
ADMIN = someone("alice", *Permission, role=Role.ADMIN)
FOLLOWER = someone("dora", Permission.READ, role=Role.CHILD)
OTHER = someone("carol", Permission.READ, Permission.SEE_HOUSEHOLD)


def seen_by(actor: Actor, known: Download = HARBOUR, *, base_path: str = "") -> dict[str, Any]:
    reader = Reader(actor=actor, say=ENGLISH.say, base_path=base_path)
    found: dict[str, Any] = json.loads(to_json(download(reader, known)))
    return found


def test_a_download_has_the_promised_fields_and_no_others() -> None:
    assert list(seen_by(OWNER)) == _FIELDS.split()


def test_a_running_download_on_the_wire() -> None:
    assert seen_by(OWNER) == {
        "id": "d1",
        "url": "https://example.org/watch?v=1",
        "title": "Harbour",
        "site": "example.org",
        "thumbnail": "/api/v1/downloads/d1/thumbnail",
        "duration_s": 61.5,
        "preset": "720p",
        "priority": 2,
        "position": 7,
        "state": "running",
        "stage": "fetching",
        "progress": {
            "percent": 50.0,
            "downloaded_bytes": 5,
            "total_bytes": 10,
            "speed_bytes_per_s": 2.5,
            "eta_s": 2,
            "recorded_s": None,
        },
        "attempts": 1,
        "next_attempt_at": None,
        "error": None,
        "warnings": [],
        "file": None,
        "owner": {"id": "bob", "name": "Bob"},
        "followers": [{"id": "dora", "name": "Dora"}],
        "created_at": "2026-11-20T08:05:00Z",
        "started_at": "2026-11-20T08:05:00Z",
        "finished_at": None,
        "broadcast": None,
        "begins_at": None,
    }


def test_a_finished_file_is_told_with_its_path_and_size() -> None:
    assert seen_by(OWNER, DONE)["file"] == {
        "path": "a/Harbour.mp4",
        "size_bytes": 10,
        "sides": ["a/Harbour.de.srt"],
        "media_id": None,
    }


def test_a_failure_is_told_with_a_sentence_and_what_to_do() -> None:
    failure = Failure(code=ErrorCode.NEEDS_UPDATE, retryable=False, action=Action.UPDATE_YTDLP, detail="secret=1")
    error = seen_by(OTHER, replace(HARBOUR, state=State.FAILED, failure=failure))["error"]
    assert error["message"] == ENGLISH.text("downloads.error.needs_update") != "downloads.error.needs_update"
    assert error == {
        "code": "needs_update",
        "message": error["message"],
        "retryable": False,
        "action": "update_ytdlp",
    }


@pytest.mark.parametrize("actor", [OWNER, ADMIN, FOLLOWER], ids=lambda actor: actor.name)
def test_owner_admin_and_followers_have_link_and_file(actor: Actor) -> None:
    assert seen_by(actor, DONE).keys() >= {"url", "file"}


def test_others_have_neither_link_nor_file() -> None:
    told = seen_by(OTHER, DONE)
    assert set(_FIELDS.split()) - told.keys() == {"url", "file"}
    assert "watch?v=1" not in json.dumps(told)
    assert "Harbour.mp4" not in json.dumps(told)


def test_addresses_begin_at_the_base_path_and_are_null_without_a_picture() -> None:
    assert seen_by(OWNER, base_path="/nest")["thumbnail"] == "/nest/api/v1/downloads/d1/thumbnail"
    assert seen_by(OWNER, replace(HARBOUR, has_picture=False))["thumbnail"] is None


def test_a_preview_on_the_wire() -> None:
    known = Preview(
        id="p1",
        url="https://example.org/watch?v=1",
        title="Harbour",
        site="example.org",
        has_picture=True,
        tone=None,
        duration_s=61.5,
        estimated_bytes=1000,
        duplicate_of="d1",
        is_playlist=False,
        entry_count=None,
        is_live=False,
    )
    reader = Reader(actor=OWNER, say=ENGLISH.say, base_path="")
    assert json.loads(to_json(preview(reader, known))) == {
        "title": "Harbour",
        "duration_s": 61.5,
        "thumbnail": "/api/v1/previews/p1/thumbnail",
        "estimated_bytes": 1000,
        "site": "example.org",
        "duplicate_of": "d1",
        "is_playlist": False,
        "entry_count": None,
        "entries": [],
        "playlist_url": None,
        "preview_id": "p1",
        "quotas": {},
        "fits": True,
        "is_live": False,
        "begins_at": None,
    }
