"""Whether a link's title is on the Plex server already; where that would be a guess, it is not."""

from medianest.core.actor import Actor
from medianest.http.services import Services
from medianest.plex.titles.folding import title_and_year
from medianest.plex.titles.types import Item, Kind, Wanted

_AS_LONG = 0.1


async def in_plex(services: Services, actor: Actor, title: str, duration_s: float | None) -> str | None:
    """The page of the title that it is: of the same name and year, or, where no year is known, a film as long."""
    name, year = title_and_year(title)
    (item,) = await services.titles.present(actor, [Wanted(title=name, year=year)])
    if item is None or not (year or _is_as_long(item, duration_s)):
        return None
    return f"/plex/titles/{item.key}"


def _is_as_long(item: Item, duration_s: float | None) -> bool:
    if item.kind is not Kind.MOVIE or not item.duration_s or not duration_s:
        return False
    return abs(item.duration_s - duration_s) <= _AS_LONG * item.duration_s
