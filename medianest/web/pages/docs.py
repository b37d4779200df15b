"""The documentation of the API, drawn from its OpenAPI document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from medianest.web import htmx
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import Html

_METHODS = ("get", "post", "put", "patch", "delete")
_JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """What a value is, in a word; `shape` is the name of the shape that it is made of, if it has one."""

    type: str
    shape: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A parameter of a call, or a field of a shape."""

    name: str
    type: str
    shape: str | None
    required: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a call answers with one status."""

    status: str
    text: str
    type: str
    shape: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Field, ...]
    body: Type | None
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Calls of one kind."""

    name: str
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A named object of the API."""

    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocsView:
    """The page."""

    version: str
    groups: tuple[Group, ...]
    shapes: tuple[Shape, ...]


async def show(reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """The documentation, for who is signed in."""
    return htmx.page(reader, replace(frame, place=Place.ACCOUNT), "docs/page.html", docs_view(services.openapi()))


def docs_view(openapi: Mapping[str, Any]) -> DocsView:
    """The page of an OpenAPI 3 document; what it does not say is left out."""
    groups: dict[str, list[Call]] = {}
    root = openapi.get("servers", [{"url": "/"}])[0]["url"].rstrip("/")
    for path, item in openapi.get("paths", {}).items():
        for method in _METHODS:
            if method in item:
                tag = (item[method].get("tags") or [openapi["info"]["title"]])[0]
                groups.setdefault(tag, []).append(_call(method, root + path, item[method]))
    schemas = openapi.get("components", {}).get("schemas", {})
    return DocsView(
        version=openapi["info"]["version"],
        groups=tuple(
            Group(name=name.replace("_", " ").capitalize(), calls=tuple(calls)) for name, calls in groups.items()
        ),
        shapes=tuple(Shape(name=name, fields=tuple(_fields(schema))) for name, schema in sorted(schemas.items())),
    )


def _call(method: str, path: str, operation: Mapping[str, Any]) -> Call:
    body = operation.get("requestBody", {}).get("content")
    return Call(
        id=operation.get("operationId") or f"{method}{path}".replace("/", "-").strip("{}"),
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        parameters=tuple(
            _field(parameter["name"], parameter.get("schema", {}), parameter.get("required", False), parameter)
            for parameter in operation.get("parameters", ())
        ),
        body=_type(_schema(body)) if body else None,
        answers=tuple(_answer(status, answer) for status, answer in operation.get("responses", {}).items()),
    )


def _answer(status: str, answer: Mapping[str, Any]) -> Answer:
    found = _type(_schema(answer.get("content", {})))
    return Answer(status=str(status), text=answer.get("description", ""), type=found.type, shape=found.shape)


def _schema(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of the JSON form, or of the only form that there is."""
    form: Mapping[str, Any] = content.get(_JSON) or next(iter(content.values()), {})
    schema: Mapping[str, Any] = form.get("schema", {})
    return schema


def _fields(schema: Mapping[str, Any]) -> Iterator[Field]:
    required = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        yield _field(name, inner, name in required, inner)


def _field(name: str, schema: Mapping[str, Any], required: bool, told: Mapping[str, Any]) -> Field:
    found = _type(schema)
    return Field(
        name=name, type=found.type, shape=found.shape, required=required, text=str(told.get("description", ""))
    )


def _type(schema: Mapping[str, Any]) -> Type:
    """A schema in a word: `string`, `Download`, `array of Download`, `integer | null`, or its literal values."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return Type(type=name, shape=name)
    if "items" in schema:
        inner = _type(schema["items"])
        return Type(type=f"array of {inner.type}", shape=inner.shape)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            inners = [_type(inner) for inner in schema[several]]
            shape = next((inner.shape for inner in inners if inner.shape), None)
            return Type(type=" | ".join(inner.type for inner in inners), shape=shape)
    if "enum" in schema:
        return Type(type=" | ".join(str(value) for value in schema["enum"]))
    plain = schema.get("type", "")
    return Type(type=" | ".join(plain) if isinstance(plain, list) else str(plain))
