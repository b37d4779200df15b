"""What a line of the route table is: method, path, handler, who may, and what its answer shows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from litestar import route
from litestar.handlers import HTTPRouteHandler

from medianest.accounts import queries as account_queries
from medianest.core import clock
from medianest.core import journal as spine
from medianest.core.actor import Permission
from medianest.downloads.lists import queries as playlist_queries
from medianest.downloads.sites import queries as site_queries
from medianest.http import paces
from medianest.http.etags import shows
from medianest.http.guards import Rule, anyone, fresh, permitted, signed_in
from medianest.http.limits import Limited
from medianest.media_requests import problem_queries
from medianest.media_requests import queries as request_queries
from medianest.notifications import channel_queries
from medianest.notifications import queries as notes
from medianest.plex import installation
from medianest.plex import people as plex_links
from medianest.plex.titles import index as plex_index
from medianest.plex.titles import queries as plex_queries
from medianest.plex.titles import viewers as plex_viewers
from medianest.plex.titles.service import CONNECTED_BY
from medianest.status import queries as status_queries
from medianest.web.frame import THEME
from medianest.web.htmx import AnyRequest

ANYONE = (anyone,)
INVITED = (anyone, paces.INVITED)
BY_LINK = (anyone, paces.BY_LINK)
SIGNED_IN = (signed_in,)
ASKERS = (permitted(Permission.REQUEST),)
CURATORS = (permitted(Permission.CURATE),)
DOWNLOADS = (permitted(Permission.DOWNLOAD),)
ADMINS = (permitted(Permission.ADMINISTER),)
FRESH = (signed_in, fresh)
FRESH_ADMINS = (permitted(Permission.ADMINISTER), fresh)

LISTS = (*playlist_queries.TABLES, spine.TABLE)
TELLING = (*channel_queries.TABLES, spine.TABLE)
"""A reload of the settings, after which there may be other services, is in the journal."""
MOVING = (*LISTS, *site_queries.TABLES)
MARKS = (plex_index.TABLE, plex_links.TABLE, plex_viewers.TABLE)
SHELVES = (*plex_queries.TABLES, *sorted(CONNECTED_BY), *MARKS)
IN_PLEX = (*LISTS, *SHELVES)
ASKED = (*request_queries.TABLES, *account_queries.NAME_TABLES)
UNDER_WAY = (*MOVING, *ASKED, *MARKS, *status_queries.TABLES)
PROBLEMS = problem_queries.TABLES
PEOPLE = ("users", "sessions", "tokens", plex_links.TABLE, installation.TABLE)


@dataclass(frozen=True, slots=True)
class Way:
    """One route; with `shows`, an unchanged answer is a 304, where it `passes` with time for a minute at most."""

    method: Literal["GET", "POST"]
    path: str
    handler: Callable[..., Any]
    rules: Sequence[Rule | Limited]
    shows: tuple[str, ...] = ()
    live: bool = False
    passes: bool = False

    def route(self) -> HTTPRouteHandler:
        variant = _of_the_minute if self.passes else _variant
        unchanged = shows(*self.shows, *notes.TABLES, live=self.live, variant=variant) if self.shows else None
        made = route(self.path, http_method=[self.method], guards=list(self.rules), before_request=unchanged, name=None)
        return made(self.handler)


def _variant(request: AnyRequest) -> str:
    """What else than the data makes an answer another: the theme, whether htmx asks for a part, and the device."""
    return f"{request.cookies.get(THEME)} {request.headers.get('hx-request')} {request.headers.get('user-agent')}"


def _of_the_minute(request: AnyRequest) -> str:
    return f"{_variant(request)} {clock.now():%d %H:%M}"
