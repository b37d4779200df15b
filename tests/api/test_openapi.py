"""The documentation of the calls is made from what they take and give."""

import json
import re

from medianest.api.routes import CALLS, openapi_document

DOCUMENT = openapi_document()


def test_every_call_is_documented_with_a_sentence_and_who_may() -> None:
    documented = {
        (method.upper(), path): operation
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
    }
    assert documented.keys() == {(call.method, re.sub(r":\w+\}", "}", call.address)) for call in CALLS}
    for call, operation in documented.items():
        assert operation["summary"].endswith("."), call
        assert operation["description"].startswith("Who may: "), call


def test_names_of_calls_are_unique() -> None:
    names = [operation["operationId"] for item in DOCUMENT["paths"].values() for operation in item.values()]
    assert len(names) == len(set(names)) == len(CALLS)


def test_every_reference_leads_to_a_shape() -> None:
    shapes = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    references = set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(DOCUMENT)))
    assert references
    assert references <= shapes


def test_shapes_have_readable_names() -> None:
    assert {"Download", "DownloadList", "NewDownload", "Problem"} <= DOCUMENT["components"]["schemas"].keys()
    assert all(re.fullmatch(r"[A-Z][A-Za-z]+", name) for name in DOCUMENT["components"]["schemas"])


def test_bodies_refuse_what_they_do_not_name() -> None:
    bodies = [call.takes.__name__ for call in CALLS if call.takes]
    assert bodies
    assert all(DOCUMENT["components"]["schemas"][name]["additionalProperties"] is False for name in bodies)


def test_a_list_documents_its_query() -> None:
    listing = DOCUMENT["paths"]["/api/v1/downloads"]["get"]
    parameters = {parameter["name"]: parameter for parameter in listing["parameters"]}
    assert parameters.keys() == {"limit", "cursor", "state", "mine", "sort"}
    assert parameters["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}


def test_paths_name_their_parameters() -> None:
    for path, item in DOCUMENT["paths"].items():
        named = set(re.findall(r"\{(\w+)\}", path))
        for operation in item.values():
            told = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "path"}
            assert told == named, path


def test_who_is_signed_in_needs_no_more_for_what_is_open() -> None:
    assert DOCUMENT["paths"]["/healthz"]["get"]["security"] == []
    assert DOCUMENT["paths"]["/api/v1/me"]["get"]["security"] == [{"token": []}, {"session": []}]
