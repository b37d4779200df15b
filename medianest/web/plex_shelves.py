"""What of the Plex server stands on the home page: what is new there, and what somebody goes on with."""

from dataclasses import replace

from medianest.core.actor import Actor, Permission
from medianest.core.errors import Unavailable
from medianest.core.i18n import Message, msg
from medianest.http.services import Services
from medianest.plex.titles.errors import ServerRefuses, StillAsking
from medianest.plex.titles.service import Standing
from medianest.status.types import Function
from medianest.web.outages import down
from medianest.web.plex_works import Instead, Shelf, begun_works, newest

NEW = Shelf(name="new", path="/plex/new", title=msg("web.in_plex.new"))
CONTINUE = Shelf(name="continue", path="/plex/continue", title=msg("web.in_plex.continue"))
READING = replace(
    NEW, works=(), instead=Instead(title=msg("web.in_plex.reading_title"), text=msg("web.in_plex.reading"))
)
NOT_LINKED = replace(
    CONTINUE,
    works=(),
    instead=Instead(title=msg("web.in_plex.not_linked_title"), text=msg("web.in_plex.not_linked"), link="/account"),
)
NOTHING_BEGUN = replace(
    CONTINUE,
    works=(),
    instead=Instead(title=msg("web.in_plex.nothing_begun"), text=msg("web.in_plex.nothing_begun_text"), is_all=True),
)
NOTHING_NEW = replace(
    NEW,
    works=(),
    instead=Instead(title=msg("web.in_plex.empty_title"), text=msg("web.in_plex.nothing_new"), is_all=True),
)
_UNKNOWN_THERE = Instead(title=msg("web.in_plex.link_again_title"), text=msg("web.in_plex.link_again"), link="/account")
LINK_AGAIN = replace(CONTINUE, works=(), instead=_UNKNOWN_THERE)
_NO_ANSWER = msg("titles.away")
_SLOW = msg("web.in_plex.slow")
LOOKED_AT = 120
SHOWN = 14


async def for_home(services: Services, actor: Actor) -> tuple[Shelf | None, Shelf | None]:
    """What somebody goes on with and what is new, without asking anybody.

    What only the server can tell comes by itself when the page is there; None where there is nothing to come.
    """
    standing = await services.titles.standing_at_once()
    if standing.name is None:
        return None, None
    return await _begun_at_once(services, actor, standing), await _new_at_once(services, actor, standing)


async def new(services: Services, actor: Actor) -> Shelf:
    """What is new, with the server asked what somebody may see where that is needed."""
    titles = services.titles
    try:
        items = (await titles.recent_in_time(actor, limit=LOOKED_AT)).items
    except StillAsking:
        return replace(NEW, note=_SLOW, polls=True)
    except ServerRefuses:
        return replace(NEW, works=(), instead=_UNKNOWN_THERE)
    except Unavailable as error:
        items = await titles.recent_at_once(actor, limit=LOOKED_AT) or ()
        if not items:
            return _away(services, actor, NEW, await titles.standing_at_once(), error.message)
    standing = await titles.standing_at_once()
    if items:
        return _with_age(replace(NEW, works=newest(services.pictures, items, most=SHOWN)), standing)
    if standing.is_away:
        return _away(services, actor, NEW, standing)
    return NOTHING_NEW if standing.as_of else READING


async def going_on(services: Services, actor: Actor) -> Shelf:
    """What somebody is in the midst of."""
    try:
        told = await services.titles.begun_in_time(actor)
    except StillAsking:
        before = await services.titles.begun_at_once(actor)
        works = begun_works(services.pictures, before.begun) if before else ()
        return replace(CONTINUE, works=works or None, note=_SLOW, polls=True)
    except ServerRefuses:
        return LINK_AGAIN
    except Unavailable as error:
        return _away(services, actor, CONTINUE, await services.titles.standing_at_once(), error.message)
    if not told.is_linked:
        return NOT_LINKED
    works = begun_works(services.pictures, told.begun)
    if not works:
        return NOTHING_BEGUN
    if told.is_away:
        return replace(CONTINUE, works=works, note=msg("web.in_plex.is_away"), as_of=told.as_of)
    return replace(CONTINUE, works=works)


async def _begun_at_once(services: Services, actor: Actor, standing: Standing) -> Shelf | None:
    """What was told last time; the page asks anew by itself."""
    told = await services.titles.begun_at_once(actor)
    if told is None:
        return replace(_away(services, actor, CONTINUE, standing), asks=True) if standing.is_away else CONTINUE
    if not told.is_linked:
        return None
    works = begun_works(services.pictures, told.begun)
    if not works:
        return replace(NOTHING_BEGUN, asks=True, is_quiet=True)
    shelf = replace(CONTINUE, works=works, asks=True)
    return replace(shelf, note=msg("web.in_plex.is_away"), as_of=told.as_of) if standing.is_away else shelf


async def _new_at_once(services: Services, actor: Actor, standing: Standing) -> Shelf | None:
    items = await services.titles.recent_at_once(actor, limit=LOOKED_AT)
    if items:
        return _with_age(replace(NEW, works=newest(services.pictures, items, most=SHOWN)), standing)
    if items is not None and standing.as_of:
        return None
    if standing.is_away:
        return replace(_away(services, actor, NEW, standing), asks=True)
    return NEW if items is None else READING


def _with_age(shelf: Shelf, standing: Standing) -> Shelf:
    """While the server is away, how old it is what is shown."""
    return replace(shelf, note=msg("web.in_plex.is_away"), as_of=standing.as_of) if standing.is_away else shelf


def _away(services: Services, actor: Actor, shelf: Shelf, standing: Standing, title: Message = _NO_ANSWER) -> Shelf:
    """Since when the server does not answer, as far as that is known, and what goes on without it."""
    outage = down(services, Function.PLEX)
    since = outage.since if outage else standing.away_since
    still = "away_text" if actor.may(Permission.SEE_HOUSEHOLD) else "away_text_alone"
    instead = Instead(
        title=msg("web.in_plex.away_since") if since else title, text=msg(f"web.in_plex.{still}"), at=since, again=True
    )
    return replace(shelf, works=(), instead=instead)
