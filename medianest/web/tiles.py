"""Links of the house: tiles that lead to its other services, as far as somebody's role has them."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from medianest.core.actor import Actor
from medianest.core.config import TileSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One link; without words of its own it tells the host that it leads to."""

    title: str
    address: str
    icon: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TileGroup:
    """Tiles that stand together; those without a group have no name above them."""

    name: str
    tiles: tuple[Tile, ...]


def tile_groups(tiles: Iterable[TileSettings], actor: Actor) -> tuple[TileGroup, ...]:
    """The tiles of this person, by order and then as they stand in the file.

    Those without a group come first, then each group where its first tile would stand.
    """
    seen = sorted((tile for tile in tiles if actor.role in tile.roles), key=lambda tile: tile.order)
    groups: dict[str, list[Tile]] = {"": []}
    for tile in seen:
        groups.setdefault(tile.group, []).append(_tile(tile))
    return tuple(TileGroup(name=name, tiles=tuple(together)) for name, together in groups.items() if together)


def _tile(tile: TileSettings) -> Tile:
    about = tile.description or urlsplit(tile.url).hostname or ""
    return Tile(title=tile.title, address=tile.url, icon=tile.icon, about=about)
