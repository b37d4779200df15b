"""What comes in is checked field by field; what goes out is written down explicitly."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import UNSET

from medianest.api.v1.downloads import Deletion, DownloadChange, DownloadListing, Fate, NewDownload
from medianest.api.v1.journal import Entries
from medianest.api.v1.tokens import NewToken
from medianest.api.wire import List, Output, Paged, from_json, from_query, to_json
from medianest.core.errors import Invalid
from medianest.core.i18n import Catalogues
from medianest.downloads.ordering import Sort
from medianest.downloads.types import State
from medianest.http.errors import Malformed

ENGLISH = Catalogues().of("en")
URL = "https://example.org/watch"


def wrong(body: Any, kind: type = NewDownload) -> dict[str, str]:
    """What is told of each wrong field."""
    with pytest.raises(Invalid) as raised:
        from_json(json.dumps(body).encode(), kind)
    return {field.field: ENGLISH.say(field.message) for field in raised.value.fields}


def test_a_body_becomes_a_struct_with_its_defaults() -> None:
    given = from_json(b'{"url": "https://example.org/watch", "preset": "720p"}', NewDownload)
    assert given == NewDownload(url=URL, preset="720p", priority=0, preview_id=None)


def test_what_a_change_leaves_out_is_not_null() -> None:
    assert from_json(b"{}", DownloadChange).priority is UNSET
    assert from_json(b'{"position": 3}', DownloadChange).position == 3


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nul",
        b'{"url": "x"} trailing',
        b'\xef\xbb\xbf{"url": "x"}',
        b'{"url": "\xff"}',
        b'{"url": "\\ud800"}',
        b'{"priority": NaN}',
        b'{"priority": 1e999}',
        b'{"priority": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"url":' * 100_000,
    ],
)
def test_what_is_not_json_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed) as raised:
        from_json(body, NewDownload)
    assert raised.value.code == "malformed_json"


@pytest.mark.parametrize("body", [[], "url", 1, None, True])
def test_a_body_that_is_no_object_is_refused(body: Any) -> None:
    with pytest.raises(Invalid):
        from_json(json.dumps(body).encode(), NewDownload)


@pytest.mark.parametrize(
    ("body", "field", "sentence"),
    [
        ({}, "url", "This is needed."),
        ({"url": ""}, "url", "This must have at least one character."),
        ({"url": "x" * 9000}, "url", "This may have at most 8,192 characters."),
        ({"url": 1}, "url", "This must be of the type str."),
        ({"url": None}, "url", "This must be of the type str."),
        ({"url": ["x"]}, "url", "This must be of the type str."),
        ({"url": URL, "priority": 11}, "priority", "This may be at most 10."),
        ({"url": URL, "priority": -11}, "priority", "This must be at least -10."),
        ({"url": URL, "priority": "3"}, "priority", "This must be of the type int."),
        ({"url": URL, "priority": 1.5}, "priority", "This must be of the type int."),
        ({"url": URL, "priority": True}, "priority", "This must be of the type int."),
        ({"url": URL, "priority": None}, "priority", "This must be of the type int."),
        ({"url": URL, "preset": ""}, "preset", "This must have at least one character."),
        ({"url": URL, "preset": 720}, "preset", "This must be of the type str | null."),
        ({"url": URL, "preview_id": "x" * 65}, "preview_id", "This may have at most 64 characters."),
        ({"url": URL, "ytdl_options": {"exec": "id"}}, "ytdl_options", "There is no such field."),
        ({"url": URL, "user_id": "somebody"}, "user_id", "There is no such field."),
    ],
)
def test_a_wrong_field_is_named_with_a_sentence(body: dict[str, Any], field: str, sentence: str) -> None:
    assert wrong(body) == {field: sentence}


def test_all_wrong_fields_are_told_at_once() -> None:
    assert wrong({"preset": "", "priority": 99, "role": "admin"}).keys() == {"url", "preset", "priority", "role"}


def test_a_wrong_part_of_a_list_is_told_with_its_place() -> None:
    told = wrong({"label": "phone", "scopes": ["read", "root"]}, NewToken)
    assert told.keys() == {"scopes[1]"}
    assert told["scopes[1]"].startswith("This must be one of: read, downloads,")
    assert wrong({"label": "phone", "scopes": []}, NewToken) == {"scopes": "At least one is needed."}
    assert wrong({"label": "phone", "scopes": ["read"] * 30}, NewToken) == {"scopes": "At most 20 are taken."}


def test_an_endless_name_of_an_unknown_field_is_cut() -> None:
    assert [len(name) for name in wrong({"url": URL, "x" * 5000: 1})] == [64]


def test_the_number_of_wrong_fields_is_said_in_words() -> None:
    for body, sentence in ((b"{}", "One field is wrong."), (b'{"x": 1}', "2 fields are wrong.")):
        with pytest.raises(Invalid) as raised:
            from_json(body, NewDownload)
        assert ENGLISH.say(raised.value.message) == sentence


def test_a_query_becomes_a_struct() -> None:
    asked = from_query(
        [("state", "queued,running"), ("state", "failed"), ("mine", "true"), ("limit", "7")], DownloadListing
    )
    assert asked == DownloadListing(state=(State.QUEUED, State.RUNNING, State.FAILED), mine=True, limit=7)
    assert from_query([("sort", "-created_at")], DownloadListing).sort is Sort.CREATED
    assert from_query([("file", "delete")], Deletion).file is Fate.DELETE


def test_an_empty_value_of_a_query_counts_as_none() -> None:
    assert from_query([("state", ""), ("mine", ""), ("sort", ""), ("cursor", "")], DownloadListing) == DownloadListing()


def test_names_that_a_query_does_not_have_are_ignored() -> None:
    assert from_query([("utm_source", "mail"), ("many", "x")], DownloadListing) == DownloadListing()


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("limit", "0", Paged),
        ("limit", "201", Paged),
        ("limit", "-1", Paged),
        ("limit", "1e308", Paged),
        ("limit", "NaN", Paged),
        ("limit", "9" * 400, Paged),
        ("cursor", "x" * 513, Paged),
        ("state", "finished", DownloadListing),
        ("mine", "perhaps", DownloadListing),
        ("sort", "title; DROP TABLE", DownloadListing),
        ("file", "shred", Deletion),
        ("subject", "download", Entries),
        ("kind", "x" * 65, Entries),
    ],
)
def test_a_wrong_query_is_refused_by_name(name: str, value: str, kind: type) -> None:
    with pytest.raises(Invalid) as raised:
        from_query([(name, value)], kind)
    assert [field.field.partition("[")[0] for field in raised.value.fields] == [name]


def test_a_query_that_says_one_thing_twice_is_refused() -> None:
    with pytest.raises(Invalid) as raised:
        from_query([("limit", "1"), ("limit", "2")], Paged)
    assert raised.value.fields[0].field == "limit"


def test_times_are_rfc_3339_in_utc_and_lists_have_a_cursor() -> None:
    class Moment(Output, frozen=True, kw_only=True):
        at: datetime

    told = List(items=[Moment(at=datetime(2026, 11, 20, 8, 5, tzinfo=UTC))])
    assert to_json(told) == b'{"items":[{"at":"2026-11-20T08:05:00Z"}],"next_cursor":null}'
