"""What of the Plex server stands on the home page: what is new there, and what somebody goes on with."""

from dataclasses import replace

from medianest.core.actor import Actor
from medianest.core.errors import Unavailable
from medianest.core.i18n import msg
from medianest.http.services import Services
from medianest.plex.titles.errors import ServerRefuses
from medianest.web.plex_works import Shelf, begun_works, newest

NEW = Shelf(name="new", path="/plex/new", title=msg("web.in_plex.new"))
CONTINUE = Shelf(name="continue", path="/plex/continue", title=msg("web.in_plex.continue"))
READING = replace(NEW, works=(), note=msg("web.in_plex.reading"))
_LOOKED_AT = 120
_SHOWN = 14


async def for_home(services: Services, actor: Actor) -> tuple[Shelf, ...]:
    """The shelves, without asking anybody: what only the server can tell comes by itself when the page is there."""
    standing = await services.titles.standing()
    if standing.name is None:
        return ()
    shelves = [CONTINUE] if await services.titles.is_linked(actor) else []
    items = await services.titles.recent_at_once(actor, limit=_LOOKED_AT)
    if items is None:
        return (*shelves, NEW)
    if not items:
        return tuple(shelves) if standing.as_of else (*shelves, READING)
    filled = replace(NEW, works=newest(services.pictures, items, most=_SHOWN))
    return (*shelves, await with_age(services, filled))


async def new(services: Services, actor: Actor) -> Shelf:
    """What is new, with the server asked what somebody may see where that is needed."""
    try:
        page = await services.titles.recent(actor, limit=_LOOKED_AT)
    except Unavailable as error:
        return replace(NEW, works=(), note=error.message)
    if not page.items:
        was_read = (await services.titles.standing()).as_of is not None
        return replace(NEW, works=(), note=msg("web.in_plex.nothing_new")) if was_read else READING
    return await with_age(services, replace(NEW, works=newest(services.pictures, page.items, most=_SHOWN)))


async def going_on(services: Services, actor: Actor) -> Shelf:
    """What somebody is in the midst of."""
    try:
        told = await services.titles.begun(actor)
    except ServerRefuses:
        return replace(CONTINUE, works=(), note=msg("web.in_plex.link_again"))
    except Unavailable as error:
        return replace(CONTINUE, works=(), note=error.message)
    if not told.is_linked:
        return replace(CONTINUE, works=(), note=msg("web.in_plex.not_linked"))
    works = begun_works(services.pictures, told.begun)
    if told.is_away:
        return replace(CONTINUE, works=works, note=msg("web.in_plex.away"), as_of=told.as_of)
    return replace(CONTINUE, works=works, note=None if works else msg("web.in_plex.nothing_begun"))


async def with_age(services: Services, shelf: Shelf) -> Shelf:
    """While the server is away, how old it is what is shown."""
    standing = await services.titles.standing()
    return replace(shelf, note=msg("web.in_plex.away"), as_of=standing.as_of) if standing.is_away else shelf
