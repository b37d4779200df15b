"""Reading what is remembered of sites."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from medianest.core.circuit import Circuit, State
from medianest.downloads.models import COUNTS, DownloadRow, SiteCookiesRow, SiteHostRow, SiteRow
from medianest.downloads.sites.cookies import Use
from medianest.downloads.sites.health import Site
from medianest.downloads.types import Counts, ErrorCode, Wait
from medianest.downloads.types import State as DownloadState

_COLUMNS = tuple(SiteRow.__table__.c)
_HOST = re.compile(r"^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$")
_SHORT = {
    "youtu.be": "youtube.com",
    "fb.watch": "facebook.com",
    "dai.ly": "dailymotion.com",
    "redd.it": "reddit.com",
    "instagr.am": "instagram.com",
}
"""Hosts that lead elsewhere by their nature, of which nothing is to be learnt first."""

TABLES = (SiteRow.__tablename__, DownloadRow.__tablename__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieFacts:
    """What may be told of a site's cookies: never themselves."""

    use: Use
    number: int
    set_at: datetime
    runs_out_at: datetime | None
    accepted_at: datetime | None
    refused_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A site, how many of its downloads are in which state, and how many wait for it to answer."""

    site: Site
    counts: Counts
    waiting: int
    cookies: CookieFacts | None


def of_names(session: Session, names: Iterable[str]) -> dict[str, Site]:
    """What is remembered of these sites; one that was never asked has nothing behind it."""
    rows = session.execute(select(*_COLUMNS).where(SiteRow.name.in_(set(names))))
    known = {row.name: _site(row) for row in rows}
    return {name: known.get(name) or Site(name=name) for name in names}


def one(session: Session, name: str) -> Site:
    return of_names(session, [name])[name]


def listing(session: Session, *, after: str = "", limit: int = 50) -> Sequence[Site]:
    """Sites by name, from the one behind `after`."""
    query = select(*_COLUMNS).where(SiteRow.name > after).order_by(SiteRow.name).limit(limit)
    return [_site(row) for row in session.execute(query)]


def closed(session: Session) -> Sequence[Site]:
    """Sites that are left alone now, for whatever reason."""
    shut = (SiteRow.circuit != State.CLOSED) | SiteRow.held_at.is_not(None)
    return [_site(row) for row in session.execute(select(*_COLUMNS).where(shut).order_by(SiteRow.name))]


def in_view(session: Session, *, limit: int) -> Sequence[Site]:
    """Sites that are left alone now, then those that were asked last."""
    row = SiteRow.__table__.c
    shut = (row.circuit != State.CLOSED) | row.held_at.is_not(None)
    query = select(*_COLUMNS).order_by(shut.desc(), row.last_good_at.desc(), row.name).limit(limit)
    return [_site(found) for found in session.execute(query)]


def is_known(session: Session, name: str) -> bool:
    """Whether it was ever asked, or something is queued for it."""
    asked = select(SiteRow.name).where(SiteRow.name == name)
    queued = select(DownloadRow.site).where(DownloadRow.site == name).limit(1)
    return session.scalar(asked) is not None or session.scalar(queued) is not None


def waiting(session: Session, names: Iterable[str]) -> dict[str, int]:
    """How many downloads wait for each of these sites."""
    query = (
        select(COUNTS.c.site, func.sum(COUNTS.c.number))
        .where(COUNTS.c.site.in_(set(names)), COUNTS.c.state == DownloadState.WAITING)
        .where(COUNTS.c.waits_for == Wait.SITE)
        .group_by(COUNTS.c.site)
    )
    return {site: int(number) for site, number in session.execute(query)}


def figures(session: Session, sites: Iterable[Site]) -> list[Figures]:
    """The sites with what came from there and what waits for them."""
    known = list(sites)
    names = [site.name for site in known]
    counts, waits, cookies = _counts(session, names), waiting(session, names), cookies_of(session, names)
    return [
        Figures(
            site=site,
            counts=counts[site.name],
            waiting=waits.get(site.name, 0),
            cookies=cookies.get(site.name),
        )
        for site in known
    ]


def cookies_of(session: Session, names: Iterable[str]) -> dict[str, CookieFacts]:
    """What may be told of the cookies that there are for these sites."""
    row = SiteCookiesRow
    told = (row.site, row.use, row.number, row.set_at, row.runs_out_at, row.accepted_at, row.refused_at)
    return {
        site: CookieFacts(
            use=Use(use),
            number=number,
            set_at=set_at,
            runs_out_at=runs_out_at,
            accepted_at=accepted_at,
            refused_at=refused_at,
        )
        for site, use, number, set_at, runs_out_at, accepted_at, refused_at in session.execute(
            select(*told).where(row.site.in_(set(names)))
        )
    }


def is_host(name: str) -> bool:
    """Whether a site can have this name: a host with a dot, in lower case."""
    return _HOST.match(name) is not None


def site_of_host(session: Session, host: str) -> str:
    """The site that a host leads to, as far as that is known."""
    plain = host.lower().removeprefix("www.")
    known = session.scalar(select(SiteHostRow.site).where(SiteHostRow.host == plain))
    return known or _SHORT.get(plain, plain)


def _counts(session: Session, names: Iterable[str]) -> dict[str, Counts]:
    """How many downloads of each of these sites are in which state."""
    found: dict[str, dict[str, int]] = {name: {} for name in names}
    query = select(COUNTS.c.site, COUNTS.c.state, func.sum(COUNTS.c.number)).where(COUNTS.c.site.in_(found))
    for site, state, number in session.execute(query.group_by(COUNTS.c.site, COUNTS.c.state)):
        found[site][state] = int(number)
    return {name: Counts(**numbers) for name, numbers in found.items()}


def _site(row: Any) -> Site:
    circuit = Circuit(
        state=State(row.circuit),
        opened=row.opened,
        until=row.until.timestamp() if row.until else 0.0,
        probing=row.probing,
    )
    return Site(
        name=row.name,
        circuit=circuit,
        since=row.since,
        cause=ErrorCode(row.cause) if row.cause else None,
        held_at=row.held_at,
        rests_until=row.rests_until,
        per_site=row.per_site,
        pause_s=row.pause_s,
        last_good_at=row.last_good_at,
        last_bad_at=row.last_bad_at,
    )


def values(site: Site) -> dict[str, Any]:
    """The columns of a site's row."""
    circuit = site.circuit
    return {
        "name": site.name,
        "circuit": circuit.state,
        "opened": circuit.opened,
        "until": datetime.fromtimestamp(circuit.until, UTC) if circuit.until else None,
        "since": site.since,
        "probing": circuit.probing,
        "cause": site.cause,
        "held_at": site.held_at,
        "rests_until": site.rests_until,
        "per_site": site.per_site,
        "pause_s": site.pause_s,
        "last_good_at": site.last_good_at,
        "last_bad_at": site.last_bad_at,
    }
