"""The documentation page of the API."""

from medianest.web.pages.docs import docs_view
from tests.gallery.openapi import OPENAPI


def test_calls_are_grouped_by_their_tag_in_the_order_of_the_document() -> None:
    view = docs_view(OPENAPI)
    assert [(group.name, [f"{call.method} {call.path}" for call in group.calls]) for group in view.groups] == [
        ("You", ["GET /api/v1/me"]),
        ("Downloads", ["GET /api/v1/downloads", "POST /api/v1/downloads", "DELETE /api/v1/downloads/{id}"]),
    ]


def test_types_are_told_in_words_with_the_shape_they_are_made_of() -> None:
    calls = {call.id: call for group in docs_view(OPENAPI).groups for call in group.calls}
    listed = calls["list-downloads"].answers[0]
    assert (listed.type, listed.shape) == ("array of Download", "Download")
    assert [field.type for field in calls["list-downloads"].parameters] == ["queued | running", "integer"]
    assert calls["add-download"].body is not None
    assert calls["add-download"].body.shape == "NewDownload"
    assert [answer.shape for answer in calls["add-download"].answers] == ["Download", "Problem"]


def test_fields_say_whether_they_must_be_there() -> None:
    shapes = {shape.name: shape for shape in docs_view(OPENAPI).shapes}
    assert [(field.name, field.required) for field in shapes["Download"].fields] == [
        ("id", True), ("state", True), ("title", False),
    ]  # fmt: skip
    assert shapes["Download"].fields[2].type == "string | null"


def test_a_document_that_says_little_is_a_short_page() -> None:
    view = docs_view({"info": {"title": "M", "version": "2"}, "paths": {"/a": {"get": {}}}})
    assert (view.version, view.groups[0].name, view.groups[0].calls[0].id) == ("2", "M", "get-a")
