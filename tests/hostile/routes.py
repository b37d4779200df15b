"""Every route as a request: the calls of the OpenAPI document, the ways of the pages, their links and forms."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_type_hints
from urllib.parse import parse_qsl, urlsplit

from litestar.params import QueryParameter

from medianest.web.routes import WAYS
from tests.crawl import Form
from tests.hostile.requests import CSRF, Request, Spot

Schema = Mapping[str, Any]
_PATH_FIELD = re.compile(r"\{(\w+):\w+\}")


def of_api(document: Schema, known: Mapping[str, Any]) -> Iterator[Request]:
    """The calls of the document; `known` holds values by name, and ids by the path segment before them."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield _Call(document, path, method.upper(), operation, known).request()


def plain(path: str) -> str:
    """The path of a way with the names of its fields alone."""
    return _PATH_FIELD.sub(r"{\1}", path)


def of_ways(known: Mapping[str, Any]) -> Iterator[Request]:
    """The pages whose address or query holds a field that their handler takes."""
    for way in WAYS:
        path = plain(way.path)
        hints = get_type_hints(way.handler, include_extras=True)
        queries = [name for name, hint in hints.items() if _is_of_query(hint)]
        in_path = _PATH_FIELD.findall(way.path)
        spots: tuple[Spot, ...] = (*(("path", (name,)) for name in in_path), *(("query", (name,)) for name in queries))
        if spots:
            values = {name: str(known.get(_segment_before(name, path), "unknown")) for name in in_path}
            yield Request(method=way.method, path=path, values=values, is_form=way.method == "POST", spots=spots)


def of_links(pages: Iterable[str], ways: Iterable[Request]) -> Iterator[Request]:
    """The addresses with a query whose fields the ways do not name, each set of names once."""
    named = {(way.path, names) for way in ways for _, names in way.spots}
    queries: dict[tuple[str, ...], dict[str, str]] = {}
    for address in pages:
        parts = urlsplit(address)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        queries.setdefault((parts.path, *sorted(query)), query)
    for (path, *_), query in queries.items():
        spots: tuple[Spot, ...] = tuple(("query", (name,)) for name in query if (path, (name,)) not in named)
        if spots:
            yield Request(method="GET", path=path, query=query, spots=spots)


def of_forms(forms: Iterable[Form]) -> Iterator[Request]:
    """Forms as they stand in their pages, each once; what guards them all alike is a field of the first only."""
    known = {(form.method, urlsplit(form.action).path, *sorted(form.fields)): form for form in forms}
    tried: set[str] = set()
    for form in known.values():
        names = [name for name in form.fields if name != CSRF or CSRF not in tried]
        tried.update(names)
        path = urlsplit(form.action).path
        if form.method == "post":
            spots: tuple[Spot, ...] = tuple(("body", (name,)) for name in names)
            yield Request(method="POST", path=path, body=form.fields, is_form=True, spots=spots)
        else:
            spots = tuple(("query", (name,)) for name in names)
            yield Request(method="GET", path=path, query=form.fields, spots=spots)


def _is_of_query(hint: Any) -> bool:
    return any(isinstance(said, QueryParameter) for said in getattr(hint, "__metadata__", ()))


def _segment_before(name: str, path: str) -> str:
    return path.partition("/{" + name + "}")[0].rpartition("/")[2]


class _Call:
    """One operation of the document."""

    def __init__(self, document: Schema, path: str, method: str, operation: Schema, known: Mapping[str, Any]) -> None:
        self.document, self.path, self.method, self.operation, self.known = document, path, method, operation, known

    def request(self) -> Request:
        parameters = self.operation.get("parameters", ())
        content = self.operation.get("requestBody", {}).get("content", {})
        schema = next((self._resolved(kind["schema"]) for kind in content.values()), None)
        spots: list[Spot] = [(p["in"], (p["name"],)) for p in parameters]
        spots += [("body", names) for names in self._leaves(schema or {})]
        in_path = [p["name"] for p in parameters if p["in"] == "path"]
        return Request(
            method=self.method,
            path=self.path,
            values={name: str(self.known.get(_segment_before(name, self.path), "unknown")) for name in in_path},
            body=self._sample("", schema) if schema else None,
            spots=tuple(spots),
        )

    def _resolved(self, schema: Schema) -> Schema:
        if reference := schema.get("$ref"):
            return self._resolved(self.document["components"]["schemas"][reference.rpartition("/")[2]])
        if options := schema.get("anyOf"):
            return self._resolved(next(option for option in options if option.get("type") != "null"))
        return schema

    def _leaves(self, schema: Schema) -> Iterator[tuple[str, ...]]:
        for name, inner in schema.get("properties", {}).items():
            below = [(name, *names) for names in self._leaves(self._resolved(inner))]
            yield from below or [(name,)]

    def _sample(self, name: str, schema: Schema) -> Any:
        """A value that the schema allows; of an object, what it requires."""
        if name in self.known:
            return self.known[name]
        found = self._resolved(schema)
        if "enum" in found:
            return found["enum"][0]
        if found.get("type") == "object":
            return {key: self._sample(key, found["properties"][key]) for key in found.get("required", ())}
        if found.get("type") == "array":
            return [self._sample(name, found["items"])]
        return {"integer": 1, "number": 1, "boolean": True}.get(found.get("type", ""), "x")
