"""Plex says everything twice: in XML, which is its habit, and in JSON."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Self
from xml.etree import ElementTree

from tests.fakes.plex.messages import Reply

_SINGULAR = {"entitlements": "entitlement", "features": "feature", "roles": "role", "errors": "error"}
_ITEMS = {"Video", "Track", "Photo"}


class Node:
    """An element of a media server's answer: its attributes, of which None are left out, and its children."""

    def __init__(self, tag: str, children: Iterable[Self] = (), /, **attributes: Any) -> None:
        self.tag = tag
        self.attributes = {name: value for name, value in attributes.items() if value is not None}
        self.children = list(children)

    @property
    def key(self) -> str:
        """Under which key the JSON of the parent has it: what has a rating key is metadata."""
        is_item = self.tag in _ITEMS or (self.tag == "Directory" and "ratingKey" in self.attributes)
        return "Metadata" if is_item else self.tag

    def xml(self) -> ElementTree.Element:
        element = ElementTree.Element(self.tag, {name: _spoken(value) for name, value in self.attributes.items()})
        element.extend(child.xml() for child in self.children)
        return element

    def json(self) -> dict[str, Any]:
        told = dict(self.attributes)
        for child in self.children:
            told.setdefault(child.key, []).append(child.json())
        return told


def container(request_wants_json: bool, node: Node, headers: Mapping[str, str]) -> Reply:
    """A media server's answer; `headers` come on top of those that it always sends."""
    always = {"X-Plex-Protocol": "1.0", "Cache-Control": "no-cache"} | dict(headers)
    if request_wants_json:
        body = json.dumps({node.tag: node.json()}).encode()
        return Reply(body=body, media_type="application/json", headers=always)
    return Reply(body=_document(node.xml()), media_type="text/xml;charset=utf-8", headers=always)


def told(request_wants_json: bool, root: str, content: Any, *, status: int = 200) -> Reply:
    """An answer of plex.tv, given as its JSON; the XML is made of it."""
    if request_wants_json:
        media_type = "application/json; charset=utf-8"
        return Reply(status=status, body=json.dumps(content).encode(), media_type=media_type)
    media_type = "application/xml; charset=utf-8"
    return Reply(status=status, body=_document(_element(root, content)), media_type=media_type)


def _element(tag: str, content: Any) -> ElementTree.Element:
    """Objects are elements whose simple fields are attributes; lists are elements that hold their singular."""
    element = ElementTree.Element(tag)
    if isinstance(content, list):
        singular = _SINGULAR.get(tag, tag.removesuffix("s"))
        for item in content:
            element.append(_element(singular, item if isinstance(item, dict) else {"id": item}))
        return element
    for name, value in content.items():
        if isinstance(value, dict | list):
            element.append(_element(name, value))
        else:
            element.set(name, _timed(value) if name == "subscribedAt" else _spoken(value))
    return element


def _timed(value: str) -> str:
    """The one time of plex.tv that XML and JSON write differently."""
    return value.replace("T", " ").replace("Z", " UTC")


def _spoken(value: object) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


def _document(element: ElementTree.Element) -> bytes:
    document: bytes = ElementTree.tostring(element, encoding="UTF-8", xml_declaration=True)
    return document
