"""What is done about sites: asking them with manners, leaving alone those that refuse us, an admin's own words."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.core import clock, journal
from medianest.core.actor import SYSTEM, Actor
from medianest.core.circuit import Admission, State
from medianest.core.config import DownloadsSettings
from medianest.core.db import Database
from medianest.core.errors import Forbidden
from medianest.core.event import HOUSEHOLD
from medianest.core.i18n import msg
from medianest.downloads import events, waits
from medianest.downloads.errors import NoSite, Refused, SiteLeftAlone
from medianest.downloads.models import SiteHostRow, SiteRow
from medianest.downloads.sites import health, queries
from medianest.downloads.sites.health import Site
from medianest.downloads.types import ErrorCode


async def begun(session: AsyncSession, name: str, settings: DownloadsSettings) -> None:
    """Something is being asked of this site; the next thing keeps a distance."""
    site = await session.run_sync(queries.one, name)
    await _keep(session, health.begun(site, clock.now(), pause=pause(site, settings)))


async def learnt(
    session: AsyncSession, name: str, code: ErrorCode | None, *, is_probe: bool, retry_after: timedelta | None = None
) -> Site:
    """Take down how a run at this site ended (None for well), and let others wait or go on accordingly."""
    before = await session.run_sync(queries.one, name)
    after = health.learnt(before, clock.now(), code=code, is_probe=is_probe, retry_after=retry_after)
    if after == before:
        return after
    await _keep(session, after)
    if after.circuit.state is State.CLOSED and before.circuit.state is not State.CLOSED:
        await waits.wake_site(session, name)
        await _tell(session, SYSTEM, name, events.SiteAnswers)
    elif after.until != before.until:
        await waits.extend(session, name, after.until)
        if code in health.TROUBLES and after.until:
            facts = {"code": code.value, "until": after.until.isoformat()}
            await _tell(session, SYSTEM, name, events.SiteCooling, **facts)
    return after


async def forget_probes(session: AsyncSession) -> None:
    """After a start no probe of an earlier life is under way any more."""
    for site in await session.run_sync(queries.closed):
        if site.circuit.probing:
            await _keep(session, health.given_back(site, clock.now()))


async def leads_to(session: AsyncSession, host: str, site: str) -> None:
    """Remember to which site a host led."""
    plain = host.lower().removeprefix("www.")
    if plain != site:
        row: dict[str, Any] = {"host": plain, "site": site}
        await session.execute(insert(_table(SiteHostRow)).values(**row).on_conflict_do_update(set_=row))


def pause(site: Site, settings: DownloadsSettings) -> timedelta:
    """How long to wait between two beginnings: once to twice what is set, none at hosts of the household's own."""
    own = site.name in {host for host, _ in settings.private_endpoints}
    seconds = site.pause_s if site.pause_s is not None else 0 if own else settings.site_pause_s
    return timedelta(seconds=seconds * random.uniform(1, 2))  # noqa: S311  # manners, not a secret


class Sites:
    """What the faces and previews call."""

    def __init__(self, db: Database) -> None:
        self._db = db

    @asynccontextmanager
    async def asked(self, host: str) -> AsyncIterator[None]:
        """While a preview asks a site. Raises SiteLeftAlone where it is left alone; learns from how it answers."""
        name = await self._db.read(queries.site_of_host, host)
        is_probe = await self._may_ask(name)
        try:
            yield
        except Refused as refused:
            await self._learn(name, ErrorCode(refused.code), refused.retry_after, is_probe=is_probe)
            raise
        except BaseException:
            await self._learn(name, ErrorCode.INTERRUPTED, is_probe=is_probe)
            raise
        await self._learn(name, None, is_probe=is_probe)

    async def hold(self, actor: Actor, name: str) -> Site:
        """Ask nothing of this site until it is released; what runs goes on. Raises NoSite, Forbidden."""
        async with self._changing(actor, name) as (session, before):
            site = replace(before, held_at=before.held_at or clock.now())
            await _keep(session, site)
            await _tell(session, actor, name, events.SiteHeld)
        return site

    async def release(self, actor: Actor, name: str) -> Site:
        """Trust a site again, whether an admin held it or it refused us. Raises NoSite, Forbidden."""
        async with self._changing(actor, name) as (session, before):
            site = health.released(before)
            await _keep(session, site)
            await waits.wake_site(session, name)
            await _tell(session, actor, name, events.SiteReleased)
        return site

    async def set_manners(self, actor: Actor, name: str, *, per_site: int | None, pause_s: int | None) -> Site:
        """How many runs it gets at once and seconds between two beginnings; None for what holds for all sites."""
        async with self._changing(actor, name) as (session, before):
            site = replace(before, per_site=per_site, pause_s=pause_s, rests_until=None)
            await _keep(session, site)
            await _tell(session, actor, name, events.SiteChanged)
        return site

    @asynccontextmanager
    async def _changing(self, actor: Actor, name: str) -> AsyncIterator[tuple[AsyncSession, Site]]:
        """One transaction of an admin, and the site as it is."""
        if not actor.is_admin:
            raise Forbidden(msg("downloads.sites_are_the_admins"))
        async with self._db.transaction() as session:
            if not await session.run_sync(queries.is_known, name):
                raise NoSite
            yield session, await session.run_sync(queries.one, name)

    async def _may_ask(self, name: str) -> bool:
        """Whether this is the probe. Raises SiteLeftAlone."""
        site = await self._db.read(queries.one, name)
        admission = health.admission(site, clock.now())
        if admission is Admission.REFUSED:
            raise SiteLeftAlone(site.name, site.cause, site.until)
        if admission is Admission.PROBE:
            async with self._db.transaction() as session:
                await _keep(session, health.begun(site, clock.now(), pause=timedelta(0)))
        return admission is Admission.PROBE

    async def _learn(self, name: str, code: ErrorCode | None, wish: timedelta | None = None, *, is_probe: bool) -> None:
        if is_probe or code in health.TROUBLES:
            async with self._db.transaction() as session:
                await learnt(session, name, code, is_probe=is_probe, retry_after=wish)


async def _keep(session: AsyncSession, site: Site) -> None:
    row = queries.values(site)
    await session.execute(insert(_table(SiteRow)).values(**row).on_conflict_do_update(set_=row))


async def _tell(
    session: AsyncSession, actor: Actor, name: str, kind: Callable[..., events.SiteEvent], **facts: Any
) -> None:
    await journal.record(session, kind(actor=actor, subject_id=name, name=name, audience=HOUSEHOLD, **facts))


def _table(row: type[SiteRow] | type[SiteHostRow]) -> Table:
    table = row.__table__
    assert isinstance(table, Table)
    return table
