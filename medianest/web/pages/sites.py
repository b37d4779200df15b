"""Admin: the sites that downloads come from, how they treat us, and how we treat them."""

from dataclasses import dataclass, replace
from http import HTTPStatus

from litestar.params import FromPath, FromQuery

from medianest.core import journal_pages
from medianest.core.errors import Invalid
from medianest.core.i18n import Message, msg
from medianest.downloads.errors import NoSite
from medianest.downloads.sites import queries as site_queries
from medianest.downloads.sites.health import Standing
from medianest.downloads.sites.queries import Figures
from medianest.downloads.types import Counts
from medianest.http.services import Services
from medianest.web import forms, htmx
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html
from medianest.web.pages.admin import Room, RoomChip, rooms
from medianest.web.site_cookies import CookiesForm, CookiesView, cookies_view
from medianest.web.sites import SiteTile, tile

_PAGE = 50
_PER_SITE_MOST = 16
_PAUSE_MOST_S = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """A site with its figures; `verb` is what an admin may do about it now."""

    tile: SiteTile
    counts: Counts
    verb: Message
    verb_path: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SitesView:
    """The page of the sites; `bytes_per_s` is what all downloads together may fetch now."""

    places: tuple[RoomChip, ...]
    sites: tuple[SiteView, ...]
    more: str | None
    form: CookiesForm
    bytes_per_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MannersView:
    """The page of one site: what was set for it, as it was written, and what holds where nothing is."""

    site: SiteView
    per_site: str
    pause_s: str
    usual_per_site: int
    usual_pause_s: int
    cookies: CookiesView | None
    form: CookiesForm
    per_site_error: Message | None = None
    pause_s_error: Message | None = None


async def show(reader: CurrentReader, services: TheServices, frame: PageFrame, after: FromQuery[str] = "") -> Html:
    """The sites by name."""
    view = await all_of_them(services, after=after)
    return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/sites.html", view)


async def all_of_them(services: Services, *, after: str = "") -> SitesView:
    """The page of the sites."""
    alarms = await services.db.read(journal_pages.dead_letter_count)
    found = await services.db.read(site_queries.listing, after=after, limit=_PAGE + 1)
    figures = await services.db.read(site_queries.figures, found[:_PAGE])
    return SitesView(
        places=rooms(Room.SITES, alarms=alarms),
        sites=tuple(site_view(one) for one in figures),
        more=f"/admin/sites?after={found[_PAGE - 1].name}" if len(found) > _PAGE else None,
        form=CookiesForm.of_any_site(),
        bytes_per_s=services.downloads.rate_now(),
    )


async def show_one(reader: CurrentReader, services: TheServices, frame: PageFrame, name: FromPath[str]) -> Html:
    """One site, with the form of its limits."""
    return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/site.html", await of_name(services, name))


async def set_manners(
    request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame, name: FromPath[str]
) -> Html:
    """Give a site limits of its own; an empty field is what holds for all."""
    form = await forms.read(request)
    try:
        per_site = _number(form.text("per_site"), "per_site", 1, _PER_SITE_MOST)
        pause_s = _number(form.text("pause_s"), "pause_s", 0, _PAUSE_MOST_S)
    except _Wrong as wrong:
        known = await of_name(services, name)
        errors = {wrong.field: wrong.message}
        view = replace(
            known,
            per_site=form.text("per_site"),
            pause_s=form.text("pause_s"),
            per_site_error=errors.get("per_site"),
            pause_s_error=errors.get("pause_s"),
        )
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/site.html", view, status=status)
    await services.downloads.sites.set_manners(reader.asking.actor, name, per_site=per_site, pause_s=pause_s)
    return htmx.go(reader, "/admin/sites")


async def hold(reader: CurrentReader, services: TheServices, name: FromPath[str]) -> Html:
    """Ask nothing of it for now."""
    await services.downloads.sites.hold(reader.asking.actor, name)
    return htmx.go(reader, "/admin/sites")


async def release(reader: CurrentReader, services: TheServices, name: FromPath[str]) -> Html:
    """Ask it again."""
    await services.downloads.sites.release(reader.asking.actor, name)
    return htmx.go(reader, "/admin/sites")


def site_view(figures: Figures) -> SiteView:
    site = figures.site
    is_well = site.standing is Standing.OK
    return SiteView(
        tile=tile(site, figures.waiting),
        counts=figures.counts,
        verb=msg("web.sites.hold" if is_well else "web.sites.release"),
        verb_path=f"/admin/sites/{site.name}/{'hold' if is_well else 'release'}",
        path=f"/admin/sites/{site.name}",
    )


async def of_name(services: Services, name: str) -> MannersView:
    """The page of a site. Raises NoSite."""
    if not await services.db.read(site_queries.is_known, name):
        raise NoSite
    site = await services.db.read(site_queries.one, name)
    usual = services.settings().downloads
    (figures,) = await services.db.read(site_queries.figures, [site])
    return MannersView(
        site=site_view(figures),
        per_site=_written(site.per_site),
        pause_s=_written(site.pause_s),
        usual_per_site=usual.per_site,
        usual_pause_s=usual.site_pause_s,
        cookies=cookies_view(figures.cookies),
        form=CookiesForm.of_site(name, figures.cookies),
    )


def _written(number: int | None) -> str:
    return "" if number is None else str(number)


class _Wrong(Invalid):
    """A field does not hold what it should."""

    def __init__(self, field: str, message: Message) -> None:
        super().__init__(message)
        self.field = field


def _number(text: str, field: str, least: int, most: int) -> int | None:
    """The number that was written, None for nothing. Raises _Wrong."""
    if not text.strip():
        return None
    if not (text.strip().isascii() and text.strip().isdigit() and least <= int(text) <= most):
        raise _Wrong(field, msg("web.sites.want_number", least=least, most=most))
    return int(text)
