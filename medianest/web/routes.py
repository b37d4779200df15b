"""The route table of the HTML face, read from top to bottom: method, path, handler, who may, and what it shows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from litestar import route
from litestar.handlers import HTTPRouteHandler

from medianest.core import clock
from medianest.core import journal as spine
from medianest.core.actor import Permission
from medianest.downloads.lists import queries as playlist_queries
from medianest.downloads.plans import usage
from medianest.downloads.sites import queries as site_queries
from medianest.http import paces
from medianest.http.etags import shows
from medianest.http.faces import Face
from medianest.http.guards import Rule, anyone, fresh, permitted, signed_in
from medianest.http.limits import Limited
from medianest.http.services import Services
from medianest.plex import installation
from medianest.plex import people as plex_links
from medianest.plex.titles import index as plex_index
from medianest.plex.titles import queries as plex_queries
from medianest.plex.titles import viewers as plex_viewers
from medianest.plex.titles.service import CONNECTED_BY
from medianest.web.frame import THEME
from medianest.web.given import dependencies
from medianest.web.htmx import AnyRequest
from medianest.web.pages import (
    account,
    backups,
    docs,
    doctor,
    download,
    failures,
    ground,
    home,
    household,
    invitations,
    invite,
    jobs,
    journal,
    journal_export,
    library,
    links,
    names,
    partings,
    people,
    person,
    pictures,
    plans,
    playlists,
    plex,
    plex_account,
    plex_door,
    plex_people,
    plex_servers,
    plex_titles,
    profiles,
    queue,
    setup,
    sign_in,
    site_cookies,
    sites,
    tokens,
    verbs,
    ytdlp,
)
from medianest.web.templating import Templates

ANYONE = (anyone,)
INVITED = (anyone, paces.INVITED)
SIGNED_IN = (signed_in,)
DOWNLOADS = (permitted(Permission.DOWNLOAD),)
ADMINS = (permitted(Permission.ADMINISTER),)
FRESH = (signed_in, fresh)
FRESH_ADMINS = (permitted(Permission.ADMINISTER), fresh)

LISTS = (*playlist_queries.TABLES, spine.TABLE)
MOVING = (*LISTS, *site_queries.TABLES)
MARKS = (plex_index.TABLE, plex_links.TABLE, plex_viewers.TABLE)
SHELVES = (*plex_queries.TABLES, *sorted(CONNECTED_BY), *MARKS)
IN_PLEX = (*LISTS, *SHELVES)
BODIES = dict.fromkeys(("/admin/sites", "/admin/sites/*/cookies"), site_cookies.BODY_MOST)
"""How many bytes of body a path takes that takes more than others."""

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
        unchanged = shows(*self.shows, live=self.live, variant=variant) if self.shows else None
        made = route(self.path, http_method=[self.method], guards=list(self.rules), before_request=unchanged, name=None)
        return made(self.handler)


# fmt: off
WAYS = (
    Way("GET", "/static/{path:path}", ground.static, ANYONE),
    Way("GET", "/live", ground.live, SIGNED_IN),

    Way("GET", "/setup", setup.show, ANYONE),
    Way("POST", "/setup", setup.create, ANYONE),
    Way("GET", "/setup/plex", setup.ask_for_plex, ADMINS),
    Way("GET", "/sign-in", sign_in.show, ANYONE),
    Way("POST", "/sign-in", sign_in.enter, ANYONE),
    Way("GET", "/sign-in/again", sign_in.ask_again, SIGNED_IN),
    Way("POST", "/sign-in/again", sign_in.enter_again, SIGNED_IN),
    Way("GET", "/sign-in/profiles/{id:str}", profiles.ask_pin, ANYONE),
    Way("POST", "/sign-in/profiles/{id:str}", profiles.enter, ANYONE),
    Way("POST", "/sign-in/plex", plex_door.begin, (anyone, paces.TO_PLEX)),
    Way("GET", "/sign-in/plex/{id:str}", plex_door.come_back, ANYONE),
    Way("GET", "/sign-in/plex/{id:str}/go", plex_door.go, ANYONE),
    Way("POST", "/sign-out", sign_in.leave, SIGNED_IN),
    Way("GET", "/invite/{secret:str}", invite.follow, INVITED),
    Way("GET", "/invite", invite.show, INVITED),
    Way("POST", "/invite", invite.accept, INVITED),

    Way("GET", "/pictures/{path:path}", pictures.show, SIGNED_IN),

    Way("GET", "/", home.show, SIGNED_IN, shows=(*MOVING, *SHELVES), live=True),
    Way("GET", "/library", library.show, SIGNED_IN, shows=(*MOVING, *MARKS, *sorted(CONNECTED_BY))),

    Way("GET", "/plex", plex_titles.show, SIGNED_IN, shows=IN_PLEX, live=True, passes=True),
    Way("GET", "/plex/new", plex_titles.new, SIGNED_IN, shows=IN_PLEX, live=True, passes=True),
    Way("GET", "/plex/continue", plex_titles.going_on, SIGNED_IN),
    Way("GET", "/plex/titles/{id:str}", plex_titles.show_one, SIGNED_IN, shows=IN_PLEX, live=True, passes=True),

    Way("GET", "/queue", queue.show, SIGNED_IN, shows=(*MOVING, *MARKS), live=True),
    Way("POST", "/queue", links.queue, (*DOWNLOADS, paces.QUEUING)),
    Way("POST", "/queue/preview", links.look, (*DOWNLOADS, paces.LOOKING)),
    Way("GET", "/queue/links", links.paste_several, DOWNLOADS),
    Way("POST", "/queue/links", links.queue_several, (*DOWNLOADS, paces.QUEUING)),
    Way("POST", "/playlists", playlists.queue, (*DOWNLOADS, paces.LOOKING)),
    Way("GET", "/playlists/{id:str}", playlists.show, SIGNED_IN, shows=LISTS, live=True),
    Way("GET", "/playlists/{id:str}/stop", playlists.ask_stop, SIGNED_IN),
    Way("POST", "/playlists/{id:str}/stop", playlists.stop, SIGNED_IN),
    Way("GET", "/previews/{id:str}/picture", links.picture, DOWNLOADS),

    Way("GET", "/downloads/{id:str}", download.show, SIGNED_IN),
    Way("GET", "/downloads/{id:str}/log", download.log, SIGNED_IN),
    Way("GET", "/downloads/{id:str}/file", download.file, SIGNED_IN),
    Way("GET", "/downloads/{id:str}/picture", download.picture, SIGNED_IN),
    Way("POST", "/downloads/{id:str}/pause", verbs.act, SIGNED_IN),
    Way("POST", "/downloads/{id:str}/resume", verbs.act, SIGNED_IN),
    Way("POST", "/downloads/{id:str}/retry", verbs.act, SIGNED_IN),
    Way("POST", "/downloads/{id:str}/cancel", verbs.act, SIGNED_IN),
    Way("POST", "/downloads/{id:str}/finish", verbs.act, SIGNED_IN),
    Way("POST", "/downloads/{id:str}/first", verbs.step, SIGNED_IN),
    Way("POST", "/downloads/{id:str}/up", verbs.step, SIGNED_IN),
    Way("POST", "/downloads/{id:str}/down", verbs.step, SIGNED_IN),
    Way("POST", "/downloads/{id:str}/move", verbs.move, SIGNED_IN),
    Way("GET", "/downloads/{id:str}/delete", verbs.ask, SIGNED_IN),
    Way("POST", "/downloads/{id:str}/delete", verbs.delete, SIGNED_IN),

    Way("POST", "/failures/{code:str}/retry", failures.retry, SIGNED_IN),
    Way("GET", "/failures/{code:str}/dismiss", failures.ask_dismissal, SIGNED_IN),
    Way("POST", "/failures/{code:str}/dismiss", failures.dismiss, SIGNED_IN),

    Way("GET", "/account", account.show, SIGNED_IN, shows=(*MOVING, *PEOPLE, *usage.TABLES), passes=True),
    Way("POST", "/account/name", account.change_name, SIGNED_IN),
    Way("POST", "/account/sessions/{id:str}/end", account.end_session, SIGNED_IN),
    Way("GET", "/account/sessions/others", account.ask_others, SIGNED_IN),
    Way("POST", "/account/sessions/others", account.end_others, SIGNED_IN),
    Way("POST", "/account/looks", account.change_looks, SIGNED_IN),
    Way("POST", "/account/password", account.change_password, SIGNED_IN),
    Way("POST", "/account/plex", plex_account.link, (*FRESH, paces.TO_PLEX)),
    Way("GET", "/account/plex/unlink", plex_account.ask_unlink, FRESH),
    Way("POST", "/account/plex/unlink", plex_account.unlink, FRESH),
    Way("GET", "/account/tokens/new", tokens.ask, FRESH),
    Way("POST", "/account/tokens", tokens.create, FRESH),
    Way("POST", "/account/tokens/{id:str}/revoke", tokens.revoke, SIGNED_IN),

    Way("GET", "/admin", jobs.lead, ADMINS),
    Way("GET", "/admin/people", people.show, ADMINS),
    Way("GET", "/admin/people/new", people.ask_new, ADMINS),
    Way("POST", "/admin/people", people.create, ADMINS),
    Way("GET", "/admin/people/invite", invitations.ask, ADMINS),
    Way("POST", "/admin/people/invitations", invitations.create, ADMINS),
    Way("POST", "/admin/people/invitations/{id:str}/revoke", invitations.revoke, ADMINS),
    Way("GET", "/admin/people/device", household.ask, ADMINS),
    Way("POST", "/admin/people/devices", household.approve, ADMINS),
    Way("POST", "/admin/people/devices/{id:str}/revoke", household.revoke, ADMINS),
    Way("GET", "/admin/people/{id:str}", person.show, ADMINS),
    Way("POST", "/admin/people/{id:str}", person.change, ADMINS),
    Way("POST", "/admin/people/{id:str}/password", person.set_password, ADMINS),
    Way("POST", "/admin/people/{id:str}/pin", person.set_pin, ADMINS),
    Way("POST", "/admin/people/{id:str}/sessions/{session_id:str}/end", person.end_session, ADMINS),
    Way("GET", "/admin/people/{id:str}/sign-out", partings.ask_sign_out, ADMINS),
    Way("POST", "/admin/people/{id:str}/sign-out", partings.sign_out, ADMINS),
    Way("GET", "/admin/people/{id:str}/suspend", partings.ask_suspend, ADMINS),
    Way("POST", "/admin/people/{id:str}/suspend", partings.suspend, ADMINS),
    Way("POST", "/admin/people/{id:str}/restore", partings.restore, ADMINS),
    Way("GET", "/admin/people/{id:str}/remove", partings.ask_remove, ADMINS),
    Way("POST", "/admin/people/{id:str}/remove", partings.remove, ADMINS),
    Way("GET", "/admin/sites", sites.show, ADMINS),
    Way("POST", "/admin/sites", site_cookies.add, ADMINS),
    Way("GET", "/admin/sites/{name:str}", sites.show_one, ADMINS),
    Way("POST", "/admin/sites/{name:str}/cookies", site_cookies.change, ADMINS),
    Way("POST", "/admin/sites/{name:str}/cookies/remove", site_cookies.remove, ADMINS),
    Way("POST", "/admin/sites/{name:str}", sites.set_manners, ADMINS),
    Way("POST", "/admin/sites/{name:str}/hold", sites.hold, ADMINS),
    Way("POST", "/admin/sites/{name:str}/release", sites.release, ADMINS),
    Way("GET", "/admin/plans", plans.show, ADMINS),
    Way("GET", "/admin/plans/new", plans.ask_new, ADMINS),
    Way("POST", "/admin/plans", plans.create, ADMINS),
    Way("GET", "/admin/plans/{id:str}", plans.edit, ADMINS),
    Way("POST", "/admin/plans/{id:str}", plans.change, ADMINS),
    Way("GET", "/admin/plans/{id:str}/remove", plans.ask_remove, ADMINS),
    Way("POST", "/admin/plans/{id:str}/remove", plans.remove, ADMINS),
    Way("GET", "/admin/plex", plex.show, ADMINS),
    Way("POST", "/admin/plex/connect", plex.connect, (*FRESH_ADMINS, paces.TO_PLEX)),
    Way("GET", "/admin/plex/servers/{id:str}", plex_servers.show, ADMINS),
    Way("POST", "/admin/plex/servers/{id:str}", plex_servers.choose, ADMINS),
    Way("POST", "/admin/plex/test", plex.test, (*ADMINS, paces.LOOKING)),
    Way("GET", "/admin/plex/disconnect", plex.ask_disconnect, ADMINS),
    Way("POST", "/admin/plex/disconnect", plex.disconnect, FRESH_ADMINS),
    Way("GET", "/admin/plex/people", plex_people.show, ADMINS),
    Way("POST", "/admin/plex/people", plex_people.bring_in, ADMINS),
    Way("GET", "/admin/jobs", jobs.show, ADMINS),
    Way("POST", "/admin/jobs/{name:str}/run", jobs.run, ADMINS),
    Way("POST", "/admin/dead-letters/retry", jobs.retry_letters, ADMINS),
    Way("POST", "/admin/dead-letters/{id:int}/retry", jobs.retry_letter, ADMINS),
    Way("GET", "/admin/journal", journal.show, ADMINS),
    Way("GET", "/admin/journal.csv", journal_export.save, (*ADMINS, paces.EXPORTING)),
    Way("GET", "/admin/names", names.show, ADMINS),
    Way("GET", "/admin/doctor", doctor.show, ADMINS),
    Way("POST", "/admin/ytdlp/update", ytdlp.update, (*ADMINS, paces.UPDATING)),
    Way("POST", "/admin/ytdlp/rollback", ytdlp.roll_back, ADMINS),
    Way("GET", "/admin/backups", backups.show, ADMINS),
    Way("POST", "/admin/backups", backups.make, (*ADMINS, paces.BACKING_UP)),
    Way("GET", "/admin/backups/{name:str}", backups.hand_out, FRESH_ADMINS),

    Way("GET", "/api/v1/docs", docs.show, SIGNED_IN),
)
# fmt: on


def router(services: Services, templates: Templates) -> Face:
    """All pages, with what their handlers may name (see `given`)."""
    return Face("/", route_handlers=[way.route() for way in WAYS], dependencies=dependencies(services, templates))


def _variant(request: AnyRequest) -> str:
    """What else than the data makes an answer another: the theme, whether htmx asks for a part, and the device."""
    return f"{request.cookies.get(THEME)} {request.headers.get('hx-request')} {request.headers.get('user-agent')}"


def _of_the_minute(request: AnyRequest) -> str:
    return f"{_variant(request)} {clock.now():%d %H:%M}"
