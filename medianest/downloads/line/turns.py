"""Whose turn it is: the person with the fewest bytes begun in the last hour goes first (contract.md, Turns).

Priority and position order only one's own downloads; what a curator or admin put first (`rank`) goes before other
people's, too. Of each person and site one download is looked at, the next of that line, however long the lines are.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, FromClause, ScalarSelect, Select, func, select
from sqlalchemy.orm import Session

from medianest.core.circuit import Admission
from medianest.downloads.models import DownloadRow
from medianest.downloads.sites import health as site_health
from medianest.downloads.sites import queries as site_queries
from medianest.downloads.sites.health import Site
from medianest.downloads.types import State

_COUNTED = timedelta(hours=1)
_NEVER = datetime.min.replace(tzinfo=UTC)
_row = DownloadRow.__table__


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The next download of one person from one site; `created_at` is when it was asked for."""

    id: str
    owner_id: str
    site: str
    rank: int
    priority: int
    position: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a person had begun within the last hour, in bytes, and when they had their last turn."""

    bytes: int = 0
    last_at: datetime = _NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The download to begin; as a probe, it is the only one that its site is asked for now."""

    id: str
    site: str
    is_probe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A site of which nothing may be asked now, although something is in line for it."""

    site: Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """Something is in line, but its site may be asked again only then."""

    until: datetime


Step = Turn | Closed | Rest | None


def next_step(session: Session, now: datetime, *, busy: Mapping[str, int], per_site: int) -> Step:
    """What to do with the line, with `busy` runs of each site under way; None where there is nothing to do now."""
    found = heads(session)
    sites = site_queries.of_names(session, {head.site for head in found})
    return choose(in_order(found, shares(session, now - _COUNTED)), sites, now, busy=busy, per_site=per_site)


def choose(
    heads: Iterable[Head], sites: Mapping[str, Site], now: datetime, *, busy: Mapping[str, int], per_site: int
) -> Step:
    """The first in this order that may begin."""
    rests: list[datetime] = []
    for head in heads:
        site = sites[head.site]
        admission = site_health.admission(site, now)
        if admission is Admission.REFUSED:
            return Closed(site=site)
        if busy.get(head.site, 0) >= (site.per_site or per_site):
            continue
        if site.rests_until is not None and now < site.rests_until:
            rests.append(site.rests_until)
            continue
        return Turn(id=head.id, site=head.site, is_probe=admission is Admission.PROBE)
    return Rest(until=min(rests)) if rests else None


def in_order(heads: Iterable[Head], shares: Mapping[str, Share]) -> list[Head]:
    """Who goes first, and of theirs, what."""
    found = list(heads)
    nobody = Share()
    firsts: dict[str, datetime] = {}
    for head in found:
        firsts[head.owner_id] = min(head.created_at, firsts.get(head.owner_id, head.created_at))

    def key(head: Head) -> tuple[object, ...]:
        share = shares.get(head.owner_id, nobody)
        person = (share.bytes, share.last_at, firsts[head.owner_id], head.owner_id)
        return (-head.rank, *person, -head.priority, head.position)

    return sorted(found, key=key)


def heads(session: Session) -> list[Head]:
    """The next of each person and site, found by one look into the index for each of them."""
    return [Head(**row) for row in session.execute(_heads()).mappings()]


def shares(session: Session, since: datetime) -> dict[str, Share]:
    """What each person had begun since then: what it will be where that is known, else what has come of it."""
    columns = (_row.c.owner_id, _row.c.total_bytes, _row.c.downloaded_bytes, _row.c.begun_at)
    found: dict[str, Share] = {}
    for owner_id, total, done, begun_at in session.execute(select(*columns).where(_row.c.begun_at > since)):
        so_far = found.get(owner_id, Share())
        size = max(total or 0, done)
        found[owner_id] = Share(bytes=so_far.bytes + size, last_at=max(so_far.last_at, begun_at))
    return found


@cache
def _heads() -> Select[tuple[str, str, str, int, int, int, datetime]]:
    """A loose index scan of ix_downloads_turn: from each pair of owner and site to the first row of the next."""
    here = _row.alias("here")
    found = select(_ahead().label("id")).cte("found", recursive=True)
    same_owner = _ahead(lambda one: (one.c.owner_id == here.c.owner_id) & (one.c.site > here.c.site), here)
    next_owner = _ahead(lambda one: one.c.owner_id > here.c.owner_id, here)
    behind = select(func.coalesce(same_owner, next_owner)).select_from(found.join(here, here.c.id == found.c.id))
    found = found.union_all(behind)
    columns = (_row.c[name] for name in ("id", "owner_id", "site", "rank", "priority", "position", "created_at"))
    return select(*columns).join(found, found.c.id == _row.c.id)


def _ahead(where: Callable[[FromClause], ColumnElement[bool]] | None = None, *outer: FromClause) -> ScalarSelect[str]:
    """The id of the first of those in line."""
    one = _row.alias()
    order = (one.c.owner_id, one.c.site, one.c.rank.desc(), one.c.priority.desc(), one.c.position)
    query = select(one.c.id).where(one.c.state == State.QUEUED).order_by(*order).limit(1)
    return (query.where(where(one)) if where else query).correlate(*outer).scalar_subquery()
