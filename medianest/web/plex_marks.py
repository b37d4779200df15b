"""Whether the title of a link or a download is on the Plex server already; where that would be a guess, it is not."""

from collections.abc import Iterable, Mapping

from medianest.core.actor import Actor
from medianest.downloads.types import Download
from medianest.plex.titles.folding import title_and_year
from medianest.plex.titles.service import Titles
from medianest.plex.titles.types import Item, Kind, Wanted

_AS_LONG = 0.1


async def in_plex(titles: Titles, actor: Actor, title: str, duration_s: float | None) -> str | None:
    """The page of the title that it is: of the same name and year, or, where no year is known, a film as long."""
    wanted = _wanted(title)
    (item,) = await titles.present(actor, [wanted])
    return _page(item, wanted, duration_s)


async def marks(titles: Titles, actor: Actor, downloads: Iterable[Download]) -> Mapping[str, str]:
    """The same for many at once: the pages of those that are there, by the ids of the downloads."""
    listed = list(downloads)
    wanted = [_wanted(one.title) for one in listed]
    found = zip(listed, await titles.present(actor, wanted), wanted, strict=True)
    pages = ((one.id, _page(item, named, one.duration_s)) for one, item, named in found)
    return {id: page for id, page in pages if page}


def _wanted(title: str) -> Wanted:
    name, year = title_and_year(title)
    return Wanted(title=name, year=year)


def _page(item: Item | None, wanted: Wanted, duration_s: float | None) -> str | None:
    if item is None or not (wanted.year or _is_as_long(item, duration_s)):
        return None
    return f"/plex/titles/{item.key}"


def _is_as_long(item: Item, duration_s: float | None) -> bool:
    if item.kind is not Kind.MOVIE or not item.duration_s or not duration_s:
        return False
    return abs(item.duration_s - duration_s) <= _AS_LONG * item.duration_s
