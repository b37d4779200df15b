"""The lists of a media server: sections, items, what is new, what someone is in the midst of, and what is found."""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from tests.fakes.plex.markup import Node, container
from tests.fakes.plex.messages import Reply, Request, refusal
from tests.fakes.plex.people import Person
from tests.fakes.plex.shelves import KINDS, Item, Section

if TYPE_CHECKING:
    from tests.fakes.plex.server import MediaServer
_FIRST_KINDS = {"movie": "movie", "show": "show", "artist": "artist"}
_ORDERS: dict[str, Callable[[Item], str | int]] = {
    "titleSort": lambda item: item.title.casefold(),
    "addedAt": lambda item: item.added_at,
    "updatedAt": lambda item: item.updated_at,
    "year": lambda item: item.year or 0,
}
_SINCE = re.compile(r"(addedAt|updatedAt)>>")


def _library(_server: "MediaServer", request: Request, _: Person) -> Reply:
    rows = [Node("Directory", key=key, title=key) for key in ("sections", "recentlyAdded", "onDeck")]
    about = {"identifier": "com.plexapp.plugins.library", "title1": "Plex Library"}
    return container(request.wants_json, Node("MediaContainer", rows, size=len(rows), **about), {})


def _sections(server: "MediaServer", request: Request, person: Person) -> Reply:
    rows = [section.node() for section in server.visible(person)]
    about = {"allowSync": False, "identifier": "com.plexapp.plugins.library", "title1": "Plex Library"}
    return container(request.wants_json, Node("MediaContainer", rows, size=len(rows), **about), {})


def _all(server: "MediaServer", request: Request, person: Person, key: str) -> Reply:
    section = _section(server, person, key)
    if section is None:
        return refusal(404)
    number = request.query.get("type")
    kind = KINDS.get(int(number), "") if number else _FIRST_KINDS[section.kind]
    items = _ordered(_since(server.shelves.of(section, kind), request), request.query.get("sort", "titleSort"))
    return _listed(server, request, person, items, section)


def _since(items: Iterable[Item], request: Request) -> list[Item]:
    for name, value in request.query.items():
        if match := _SINCE.fullmatch(name):
            moment = _ORDERS[match[1]]
            items = [item for item in items if int(moment(item)) > int(value)]
    return list(items)


def _ordered(items: list[Item], wish: str) -> list[Item]:
    name, _, direction = wish.split(",")[0].partition(":")
    order = _ORDERS.get(name.rpartition(".")[2], _ORDERS["titleSort"])
    return sorted(items, key=order, reverse=direction == "desc")


def _new(server: "MediaServer", request: Request, person: Person, key: str | None = None) -> Reply:
    """Films and episodes, the youngest first; `type` 1 or 2 means films or what belongs to shows."""
    sections = [section for section in server.visible(person) if key in (None, section.key)]
    wished = KINDS.get(int(request.query.get("type", "0")))
    sections = [section for section in sections if wished in (None, section.kind)]
    kinds = ("movie", "episode")
    items = [item for section in sections for kind in kinds for item in server.shelves.of(section, kind)]
    return _listed(server, request, person, _ordered(items, "addedAt:desc"))


def _on_deck(server: "MediaServer", request: Request, person: Person, key: str | None = None) -> Reply:
    return _listed(server, request, person, _begun(server, person, key))


def _begun(server: "MediaServer", person: Person, key: str | None = None) -> list[Item]:
    """What this person is in the midst of, and nobody else; the latest first."""
    visible = {section.key for section in server.visible(person)} & ({key} if key else set(server.shelves.sections))
    items = [item for item in server.shelves.items.values() if item.section.key in visible]
    begun = [item for item in items if "viewOffset" in server.state(person, item)]
    return sorted(begun, key=lambda item: server.state(person, item)["lastViewedAt"], reverse=True)


def _metadata(server: "MediaServer", request: Request, person: Person, keys: str) -> Reply:
    found = [server.shelves.items.get(key) for key in keys.split(",")]
    visible = server.visible(person)
    items = [item for item in found if item and item.section in visible]
    if not items:
        return refusal(404)
    return _listed(server, request, person, items, items[0].section, guids=True)


def _below(server: "MediaServer", request: Request, person: Person, key: str, which: str) -> Reply:
    item = server.shelves.items.get(key)
    if item is None or item.section not in server.visible(person):
        return refusal(404)
    rows = server.shelves.children(item) if which == "children" else server.shelves.leaves(item)
    return _listed(server, request, person, rows, item.section, key=item.key, parentTitle=item.title)


def _search(server: "MediaServer", request: Request, person: Person) -> Reply:
    wish = request.query.get("query", "").casefold()
    if not wish:
        return refusal(400)
    limit = int(request.query.get("limit", "3"))
    key = request.query.get("sectionId")
    sections = [section for section in server.visible(person) if key in (None, section.key)]
    hubs = []
    for kind in ("movie", "show", "episode"):
        every = [item for section in sections for item in server.shelves.of(section, kind)]
        found = [item for item in every if wish in item.title.casefold()]
        hubs.append(_hub(server, person, f"{kind}s", kind, found, limit))
    return container(request.wants_json, Node("MediaContainer", hubs, size=len(hubs)), {})


def _hubs(server: "MediaServer", request: Request, person: Person) -> Reply:
    limit = int(request.query.get("count", "10"))
    hubs = [_hub(server, person, "home.continue", "mixed", _begun(server, person), limit)]
    for section in server.visible(person):
        kind = "episode" if section.kind == "show" else section.kind
        items = _ordered(server.shelves.of(section, kind), "addedAt:desc")
        hubs.append(_hub(server, person, f"home.{section.kind}.recent", kind, items, limit))
    return container(request.wants_json, Node("MediaContainer", hubs, size=len(hubs), allowSync=True), {})


def _hub(server: "MediaServer", person: Person, name: str, kind: str, items: list[Item], limit: int) -> Node:
    rows = [_node(server, person, item) for item in items[:limit]]
    about = {"hubIdentifier": name, "key": f"/hubs/{name}", "context": f"hub.{name}", "title": name, "type": kind}
    return Node("Hub", rows, **about, size=len(rows), more=len(items) > limit, style="shelf", promoted=True)


def _listed(
    server: "MediaServer",
    request: Request,
    person: Person,
    items: list[Item],
    section: Section | None = None,
    *,
    guids: bool = False,
    **about: object,
) -> Reply:
    """A list, or the page of it that both arguments of paging name."""
    start, size = request.plex("Container-Start"), request.plex("Container-Size")
    page, headers = items, {}
    if start is not None and size is not None:
        page = items[int(start) : int(start) + int(size)]
        about |= {"offset": int(start), "totalSize": len(items)}
        headers = {"X-Plex-Container-Start": start, "X-Plex-Container-Total-Size": str(len(items))}
    if section:
        about |= {"librarySectionID": int(section.key), "librarySectionTitle": section.title}
    guids = guids or request.query.get("includeGuids") == "1"
    rows = [_node(server, person, item, guids=guids) for item in page]
    node = Node("MediaContainer", rows, size=len(rows), identifier="com.plexapp.plugins.library", **about)
    return container(request.wants_json, node, headers)


def _node(server: "MediaServer", person: Person, item: Item, *, guids: bool = False) -> Node:
    state = server.state(person, item)
    if item.kind in ("movie", "episode"):
        return item.node(state, guids=guids)
    shelves = server.shelves
    return item.node(state, leaves=len(shelves.leaves(item)), children=len(shelves.children(item)), guids=guids)


def _section(server: "MediaServer", person: Person, key: str) -> Section | None:
    return next((section for section in server.visible(person) if section.key == key), None)


ROUTES: tuple[tuple[str, str, Callable[..., Reply], bool], ...] = (
    ("GET", r"/library/?", _library, True),
    ("GET", r"/library/sections/?", _sections, False),
    ("GET", r"/library/sections/(\d+)/all", _all, False),
    ("GET", r"/library/recentlyAdded", _new, False),
    ("GET", r"/library/sections/(\d+)/recentlyAdded", _new, False),
    ("GET", r"/hubs/home/recentlyAdded", _new, False),
    ("GET", r"/library/onDeck", _on_deck, False),
    ("GET", r"/library/sections/(\d+)/onDeck", _on_deck, False),
    ("GET", r"/hubs/continueWatching/items", _on_deck, False),
    ("GET", r"/library/metadata/(\d+(?:,\d+)*)", _metadata, False),
    ("GET", r"/library/metadata/(\d+)/(children|allLeaves)", _below, False),
    ("GET", r"/hubs/search", _search, False),
    ("GET", r"/hubs", _hubs, False),
)
