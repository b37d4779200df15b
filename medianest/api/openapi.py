"""The OpenAPI 3.1 document, made from the route table and the structs that the calls take and give."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from medianest.api import answers, errors
from medianest.api.calls import Call
from medianest.api.wire import Query

_REF = "#/components/schemas/{name}"
_PATH_PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
_LIST = re.compile(r"List_(\w+)_")
_OF_FEATURE = re.compile(r"medianest\.(\w+)(?:\.\w+)*\.([A-Z]\w*)")
_PATH_TYPES = {"str": {"type": "string"}, "path": {"type": "string"}, "int": {"type": "integer"}}
_SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "An API token, as the account page makes them."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "medianest",
        "description": "The cookie of a signed-in browser (`__Host-medianest` over HTTPS); writes carry X-CSRF-Token.",
    },
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A word of your own: the same request sent again has one effect and the same answer.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
}


def document(calls: Sequence[Call], *, version: str, base_path: str) -> dict[str, Any]:
    """The whole document; `paths` and their calls stand in the order of the table."""
    schemas = _Schemas(calls)
    paths: dict[str, dict[str, Any]] = {}
    for call in calls:
        plain = _PATH_PARAMETER.sub(r"{\1}", call.address)
        paths.setdefault(plain, {})[call.method.lower()] = _operation(call, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "MediaNest", "version": version},
        "servers": [{"url": base_path or "/"}],
        "paths": paths,
        "components": {"schemas": schemas.components, "securitySchemes": _SECURITY},
    }


class _Schemas:
    """The schemas of all that the calls take and give; those of queries are spelled out as parameters."""

    def __init__(self, calls: Sequence[Call]) -> None:
        bodies = [kind for call in calls for kind in (call.takes, call.gives) if kind and not isinstance(kind, str)]
        kinds = [*dict.fromkeys([*bodies, errors.Problem, *(call.asks for call in calls if call.asks)])]
        found, self.components = _readable(*msgspec.json.schema_components(kinds, ref_template=_REF))
        self._of: dict[Any, dict[str, Any]] = dict(zip(kinds, found, strict=True))
        self._queries = {
            kind: self.components.pop(kind.__name__)
            for kind in kinds
            if isinstance(kind, type) and issubclass(kind, Query)
        }

    def of(self, kind: Any) -> dict[str, Any]:
        return self._of[kind]

    def parameters(self, kind: type[Query]) -> Iterator[dict[str, Any]]:
        schema = self._queries[kind]
        for name, inner in schema["properties"].items():
            told = {"description": inner["description"]} if "description" in inner else {}
            plain = {word: value for word, value in inner.items() if word not in told}
            required = name in schema.get("required", ())
            yield {"name": name, "in": "query", **told, "required": required, "schema": plain}


def _readable(*schemas: Any) -> Any:
    """The same with `DownloadList` for `List_Download_`, and enumerations that say that they are of strings.

    Where two features call something the same, it is called `DownloadsState` and `MediaRequestsState`.
    """
    text = _LIST.sub(r"\1List", msgspec.json.encode(schemas).decode())
    text = _OF_FEATURE.sub(lambda named: named[1].title().replace("_", "") + named[2], text)
    found, components = msgspec.json.decode(text)
    for schema in components.values():
        if "enum" in schema:
            schema["type"] = "string"
    return found, components


def _operation(call: Call, schemas: _Schemas) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _PATH_TYPES[kind]}
        for name, kind in _PATH_PARAMETER.findall(call.path)
    ]
    if call.asks:
        parameters += schemas.parameters(call.asks)
    if call.method == "POST":
        parameters.append(_IDEMPOTENCY_KEY)
    operation = {
        "operationId": call.name,
        "tags": [call.area],
        "summary": call.summary,
        "description": _description(call),
        "parameters": parameters,
        "responses": _responses(call, schemas),
        "security": [{name: []} for name in _SECURITY] if not call.is_open else [],
    }
    if call.takes:
        operation["requestBody"] = {"required": True, "content": _json(schemas.of(call.takes))}
    return operation


def _description(call: Call) -> str:
    may = f"Who may: {', '.join(rule.words for rule in call.may)}."
    if not call.pace:
        return may
    rate = call.pace.rate
    return f"{may} At most {rate.burst} at once, then one every {rate.every.total_seconds():g} s."


def _responses(call: Call, schemas: _Schemas) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status in call.statuses:
        responses[str(status.value)] = {"description": status.phrase, **_content(call, schemas)}
    if call.method == "GET" and not call.is_open:
        responses["304"] = {"description": "Not Modified"}
    problem = {errors.MEDIA_TYPE: {"schema": schemas.of(errors.Problem)}}
    return responses | {"default": {"description": "A problem", "content": problem}}


def _content(call: Call, schemas: _Schemas) -> dict[str, Any]:
    if call.gives is None:
        return {}
    if isinstance(call.gives, str):
        kind = "object" if call.gives == answers.MEDIA_TYPE else "string"
        return {"content": {call.gives: {"schema": {"type": kind}}}}
    return {"content": _json(schemas.of(call.gives))}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {answers.MEDIA_TYPE: {"schema": schema}}
