"""What is in the libraries of a media server: sections, and films, shows, seasons and episodes in them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.fakes.plex.markup import Node

KINDS = {1: "movie", 2: "show", 3: "season", 4: "episode", 8: "artist", 9: "album", 10: "track"}
_DEPTHS = {"movie": 0, "show": 0, "season": 1, "episode": 2}


@dataclass(slots=True, kw_only=True, eq=False)
class Section:
    key: str
    kind: str
    title: str
    folder: str
    agent: str
    hidden: int = 0
    scanned_at: int = 1_605_409_122
    refreshing: bool = False

    def node(self) -> Node:
        return Node(
            "Directory",
            [Node("Location", id=int(self.key), path=self.folder)],
            allowSync=True,
            art=f"/:/resources/{self.kind}-fanart.jpg",
            composite=f"/library/sections/{self.key}/composite/{self.scanned_at}",
            filters=True,
            refreshing=self.refreshing,
            thumb=f"/:/resources/{self.kind}.png",
            key=self.key,
            type=self.kind,
            title=self.title,
            agent=self.agent,
            scanner=f"Plex {self.title} Scanner",
            language="en",
            uuid=f"41a28495-035e-46b0-ac84-{int(self.key):012x}",
            updatedAt=self.scanned_at,
            createdAt=1_429_510_140,
            scannedAt=self.scanned_at,
            content=True,
            directory=True,
            contentChangedAt=116_893_155,
            hidden=self.hidden,
        )


@dataclass(slots=True, kw_only=True, eq=False)
class Item:
    """A film, show, season or episode; `file` is where it lies on the server, `guids` are `tmdb://12` and such."""

    key: str
    kind: str
    title: str
    section: Section
    parent: "Item | None" = None
    index: int | None = None
    year: int | None = None
    summary: str = ""
    added_at: int = 1_377_829_261
    updated_at: int = 1_590_245_989
    duration_ms: int = 5_400_000
    file: str | None = None
    guids: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    content_rating: str = "PG"
    has_pictures: bool = True

    @property
    def path(self) -> str:
        return f"/library/metadata/{self.key}"

    @property
    def guid(self) -> str:
        return f"plex://{self.kind}/{int(self.key):024x}"

    def picture(self, kind: str) -> str | None:
        return f"{self.path}/{kind}/{self.updated_at}" if self.has_pictures else None

    def ancestors(self) -> Iterator["Item"]:
        """The season of an episode, then its show."""
        above = self.parent
        while above:
            yield above
            above = above.parent

    def node(self, state: Mapping[str, int], *, leaves: int = 0, children: int = 0, guids: bool = False) -> Node:
        """As a list has it; `state` is what whoever asks has seen of it."""
        is_folder = self.kind in ("show", "season")
        return Node(
            "Directory" if is_folder else "Video",
            [*self._tags(guids), *self._media()],
            ratingKey=self.key,
            key=f"{self.path}/children" if is_folder else self.path,
            guid=self.guid,
            type=self.kind,
            title=self.title,
            librarySectionTitle=self.section.title,
            librarySectionID=int(self.section.key),
            librarySectionKey=f"/library/sections/{self.section.key}",
            summary=self.summary,
            index=self.index,
            year=self.year,
            contentRating=self.content_rating if self.kind != "season" else None,
            thumb=self.picture("thumb"),
            art=self.picture("art"),
            duration=None if self.kind == "season" else self.duration_ms,
            originallyAvailableAt=f"{self.year}-01-01" if self.year and self.kind != "season" else None,
            addedAt=self.added_at,
            updatedAt=self.updated_at,
            leafCount=leaves if is_folder else None,
            viewedLeafCount=0 if is_folder else None,
            childCount=children if is_folder else None,
            **self._lineage(),
            **state,
        )

    def _lineage(self) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for name, above in zip(("parent", "grandparent"), self.ancestors(), strict=False):
            told |= {
                f"{name}RatingKey": above.key,
                f"{name}Key": above.path,
                f"{name}Guid": above.guid,
                f"{name}Title": above.title,
                f"{name}Thumb": above.picture("thumb"),
            }
        if self.parent and self.parent.index is not None:
            told["parentIndex"] = self.parent.index
        return told

    def _tags(self, guids: bool) -> list[Node]:
        known = [Node("Guid", id=guid) for guid in self.guids] if guids else []
        return [Node("Genre", tag=genre) for genre in self.genres] + known

    def _media(self) -> list[Node]:
        if not self.file:
            return []
        number = int(self.key) + 4000
        about = {"duration": self.duration_ms, "container": "mkv", "videoProfile": "high"}
        part = Node("Part", id=number, key=f"/library/parts/{number}/1/file.mkv", file=self.file, size=850_000, **about)
        picture = {"width": 1280, "height": 544, "videoResolution": "720", "videoCodec": "h264", "audioCodec": "aac"}
        return [Node("Media", [part], id=number, bitrate=7500, **picture, **about)]


class Shelves:
    """All items of a server, found by their keys, and those that lie in its folders but were not scanned yet."""

    def __init__(self, sections: Iterable[Section]) -> None:
        self.sections = {section.key: section for section in sections}
        self.items: dict[str, Item] = {}
        self.unscanned: list[Item] = []
        self._keys = count(1)

    def add(self, section: str, kind: str, title: str, **about: Any) -> Item:
        """A further item of a section, which is there at once."""
        item = self._made(section, kind, title, **about)
        self.items[item.key] = item
        return item

    def lay(self, section: str, kind: str, title: str, *, file: str, **about: Any) -> Item:
        """A file in a folder, which the server knows only when it has scanned that folder."""
        item = self._made(section, kind, title, file=file, **about)
        self.unscanned.append(item)
        return item

    def take_away(self, item: Item) -> None:
        """Remove an item and whatever belongs to it."""
        gone = [one for one in self.items.values() if one is item or item in one.ancestors()]
        for one in gone:
            del self.items[one.key]

    def scan(self, section: Section, folder: str, now: int) -> list[Item]:
        """What was found below `folder`, which says nothing when it lies outside of the section's."""
        found = [item for item in self.unscanned if item.section is section and _below(item.file or "", folder)]
        for item in found:
            self.unscanned.remove(item)
            item.added_at = item.updated_at = now
            self.items[item.key] = item
        return found

    def of(self, section: Section, kind: str) -> list[Item]:
        return [item for item in self.items.values() if item.section is section and item.kind == kind]

    def children(self, of: Item) -> list[Item]:
        return [item for item in self.items.values() if item.parent is of]

    def leaves(self, of: Item) -> list[Item]:
        return [item for item in self.items.values() if item.kind == "episode" and of in item.ancestors()]

    def _made(self, section: str, kind: str, title: str, **about: Any) -> Item:
        assert kind in _DEPTHS, kind
        item = Item(key=str(next(self._keys)), kind=kind, title=title, section=self.sections[section], **about)
        assert len(list(item.ancestors())) == _DEPTHS[kind], f"{title} is a {kind} in the wrong place"
        return item


def _below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")
