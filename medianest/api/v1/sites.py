"""Sites that downloads come from: how they stand, and how they are asked."""

from datetime import datetime
from typing import Annotated

from litestar.params import FromPath
from msgspec import UNSET, Meta, UnsetType

from medianest.api import answers
from medianest.api.answers import Answer, AnyRequest
from medianest.api.given import Given, Served
from medianest.api.v1.download_shapes import DownloadCounts, counts
from medianest.api.wire import Input, List, Output, Paged, to_json
from medianest.core.paging import decode_cursor, encode_cursor
from medianest.downloads.sites import queries as site_queries
from medianest.downloads.sites.cookies import Use
from medianest.downloads.sites.health import Site as Known
from medianest.downloads.sites.health import Standing
from medianest.downloads.sites.queries import CookieFacts, Figures
from medianest.downloads.types import ErrorCode
from medianest.http.given import CurrentActor
from medianest.http.services import Services

COOKIES_MOST = 512 * 1024


class Cookies(Output, frozen=True, kw_only=True):
    """What may be told of a site's cookies, which are never shown again; until `runs_out_at` they can help."""

    use: Use
    number: int
    set_at: datetime
    runs_out_at: datetime | None
    last_accepted_at: datetime | None
    last_refused_at: datetime | None


class Site(Output, frozen=True, kw_only=True):
    """A site; while it is `cooling` (until `until`) or `held`, nothing is asked of it.

    `cause` is the error that it refused us with, `per_site` and `pause_s` what was set for it alone.
    """

    name: str
    state: Standing
    cause: ErrorCode | None
    since: datetime | None
    until: datetime | None
    per_site: int | None
    pause_s: int | None
    last_good_at: datetime | None
    last_bad_at: datetime | None
    downloads: DownloadCounts
    cookies: Cookies | None


class SiteChange(Input, frozen=True, kw_only=True):
    """What changes: `held` true asks nothing of it, false trusts it again; null is what holds for all sites."""

    held: bool | None = None
    per_site: Annotated[int, Meta(ge=1, le=16)] | UnsetType | None = UNSET
    pause_s: Annotated[int, Meta(ge=0, le=3600)] | UnsetType | None = UNSET
    use_cookies: Use | None = None


class NewCookies(Input, frozen=True, kw_only=True):
    """A "Netscape cookies.txt"; only those of this site are kept."""

    cookies: Annotated[str, Meta(max_length=COOKIES_MOST)]
    use: Use = Use.WHEN_NEEDED


async def listing(request: AnyRequest, services: Served, asked: Given[Paged]) -> Answer:
    """The sites by name."""
    after = decode_cursor(asked.cursor, str)[0] if asked.cursor else ""
    found = await services.db.read(site_queries.listing, after=after, limit=asked.limit + 1)
    shown = list(found[: asked.limit])
    cursor = encode_cursor(shown[-1].name) if len(found) > asked.limit else None
    figures = await services.db.read(site_queries.figures, shown)
    return answers.tagged(request, to_json(List(items=[_shape(one) for one in figures], next_cursor=cursor)))


async def change(services: Served, actor: CurrentActor, name: FromPath[str], given: Given[SiteChange]) -> Answer:
    """Hold a site back, trust it again, or give it limits of its own."""
    sites = services.downloads.sites
    site = await services.db.read(site_queries.one, name)
    if given.per_site is not UNSET or given.pause_s is not UNSET:
        per_site = site.per_site if given.per_site is UNSET else given.per_site
        pause_s = site.pause_s if given.pause_s is UNSET else given.pause_s
        site = await sites.set_manners(actor, name, per_site=per_site, pause_s=pause_s)
    if given.held is not None:
        site = await (sites.hold if given.held else sites.release)(actor, name)
    if given.use_cookies is not None:
        await services.downloads.cookies.set_use(actor, name, given.use_cookies)
    return await _told(services, site)


async def put_cookies(services: Served, actor: CurrentActor, name: FromPath[str], given: Given[NewCookies]) -> Answer:
    """Give cookies for a site, in place of those that it had."""
    await services.downloads.cookies.put(actor, name, given.cookies, given.use)
    return await _told(services, await services.db.read(site_queries.one, name))


async def remove_cookies(services: Served, actor: CurrentActor, name: FromPath[str]) -> Answer:
    """Forget a site's cookies."""
    await services.downloads.cookies.remove(actor, name)
    return answers.nothing()


async def _told(services: Services, site: Known) -> Answer:
    (figures,) = await services.db.read(site_queries.figures, [site])
    return answers.json(_shape(figures))


def _cookies(facts: CookieFacts | None) -> Cookies | None:
    if facts is None:
        return None
    return Cookies(
        use=facts.use,
        number=facts.number,
        set_at=facts.set_at,
        runs_out_at=facts.runs_out_at,
        last_accepted_at=facts.accepted_at,
        last_refused_at=facts.refused_at,
    )


def _shape(figures: Figures) -> Site:
    site = figures.site
    return Site(
        name=site.name,
        state=site.standing,
        cause=site.cause,
        since=site.since,
        until=site.until,
        per_site=site.per_site,
        pause_s=site.pause_s,
        last_good_at=site.last_good_at,
        last_bad_at=site.last_bad_at,
        downloads=counts(figures.counts),
        cookies=_cookies(figures.cookies),
    )
