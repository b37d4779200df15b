"""The cookies that an administrator gave for sites: sealed at rest, lent to runs, taken back changed, never shown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from medianest.core import clock, journal
from medianest.core.actor import SYSTEM, Actor
from medianest.core.circuit import State
from medianest.core.db import Database
from medianest.core.errors import Forbidden
from medianest.core.event import ADMINS
from medianest.core.i18n import msg
from medianest.core.security import Sealer, derive, load_or_create_key
from medianest.downloads import events, protocol
from medianest.downloads.errors import NoSite
from medianest.downloads.models import SiteCookiesRow, SiteRow
from medianest.downloads.sites import cookies, queries
from medianest.downloads.sites.cookies import NEEDED, BadCookies, Cookie, Use
from medianest.downloads.sites.queries import CookieFacts
from medianest.downloads.types import ErrorCode

_PURPOSE = "site-cookies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """A copy that one run has."""

    site: str
    set_at: datetime
    cookies: tuple[Cookie, ...]
    use: Use

    @property
    def words(self) -> protocol.Cookies:
        return protocol.Cookies(text=cookies.written(self.cookies), always=self.use is Use.ALWAYS)


class CookieJars:
    """One jar for a site. Each change is one transaction, so that what two runs bring back both counts."""

    def __init__(self, db: Database, key_file: Path) -> None:
        self._db = db
        self._key_file = key_file

    async def put(self, actor: Actor, host: str, text: str, use: Use) -> CookieFacts:
        """Keep those of this site, in place of what was kept. Raises BadCookies, NoSite, Forbidden."""
        _only_admins(actor)
        if not queries.is_host(host):
            raise NoSite
        site, now = await self._db.read(queries.site_of_host, host), clock.now()
        own = cookies.chosen(cookies.parse(text), site, now=now)
        async with self._db.transaction() as session:
            fresh = {"use": use, "set_at": now, "accepted_at": None, "refused_at": None}
            await session.execute(insert(SiteRow).values(name=site, circuit=State.CLOSED).on_conflict_do_nothing())
            values = self._sealed(site, own) | fresh
            upsert = insert(SiteCookiesRow).values(site=site, **values).on_conflict_do_update(set_=values)
            await session.execute(upsert)
            await _tell(session, actor, site, events.SiteCookiesSet)
            return await session.run_sync(_facts, site)

    async def set_use(self, actor: Actor, site: str, use: Use) -> CookieFacts:
        """When they go along from now on. Raises NoSite where there are none, Forbidden."""
        _only_admins(actor)
        async with self._db.transaction() as session:
            row = SiteCookiesRow
            found = await session.execute(update(row).where(row.site == site).values(use=use).returning(row.site))
            if found.first() is None:
                raise NoSite
            await _tell(session, actor, site, events.SiteChanged)
            return await session.run_sync(_facts, site)

    async def remove(self, actor: Actor, site: str) -> None:
        """Forget them. Raises NoSite where there are none, Forbidden."""
        _only_admins(actor)
        async with self._db.transaction() as session:
            row = SiteCookiesRow
            found = await session.execute(delete(row).where(row.site == site).returning(row.site))
            if found.first() is None:
                raise NoSite
            await _tell(session, actor, site, events.SiteCookiesRemoved)

    async def lend(self, host: str) -> Lent | None:
        """A copy for a run at the site that this host leads to; None where there are none, or none may be used."""
        return await self._db.read(self._open, host)

    async def take_back(self, lent: Lent | None, given_back: protocol.SignedIn | None, code: ErrorCode | None) -> None:
        """What a run that used its copy made of it, and how the site took that; `code` is None for well."""
        if lent is None or given_back is None:
            return
        async with self._db.transaction() as session:
            row = await session.run_sync(_row, lent.site)
            if row is None or row.set_at != lent.set_at:
                return  # removed, or others put in its place
            values = self._sealed(lent.site, self._changed(row, lent, given_back.cookies)) | _verdict(row, code)
            await session.execute(update(SiteCookiesRow).where(SiteCookiesRow.site == lent.site).values(**values))
            if values.get("refused_at") and not row.refused_at:
                await _tell(session, SYSTEM, lent.site, events.SiteCookiesRefused)

    @cached_property
    def _sealer(self) -> Sealer:
        return Sealer(derive(load_or_create_key(self._key_file), _PURPOSE))

    def _open(self, session: Session, host: str) -> Lent | None:
        site = queries.site_of_host(session, host)
        row = _row(session, site)
        if row is None or row.use == Use.NEVER:
            return None
        return Lent(site=site, set_at=row.set_at, cookies=self._unsealed(row), use=Use(row.use))

    def _changed(self, row: Any, lent: Lent, text: str) -> tuple[Cookie, ...]:
        """A child has met strangers: what it says that is not cookies of this site changes nothing."""
        kept = self._unsealed(row)
        try:
            back = cookies.parse(text) if text else lent.cookies
            return cookies.chosen(cookies.merged(kept, lent.cookies, back), lent.site, now=clock.now())
        except BadCookies:
            return kept

    def _sealed(self, site: str, own: tuple[Cookie, ...]) -> dict[str, Any]:
        sealed = self._sealer.seal(cookies.written(own).encode(), context=site)
        return {"sealed": sealed, "number": len(own), "runs_out_at": cookies.runs_out_at(own)}

    def _unsealed(self, row: Any) -> tuple[Cookie, ...]:
        return cookies.parse(self._sealer.open(row.sealed, context=row.site).decode())


def _verdict(row: Any, code: ErrorCode | None) -> dict[str, Any]:
    if code is None:
        return {"accepted_at": clock.now(), "refused_at": None}
    return {"refused_at": row.refused_at or clock.now()} if code in NEEDED else {}


def _row(session: Session, site: str) -> Any:
    return session.execute(select(*SiteCookiesRow.__table__.c).where(SiteCookiesRow.site == site)).first()


def _facts(session: Session, site: str) -> CookieFacts:
    return queries.cookies_of(session, [site])[site]


async def _tell(session: AsyncSession, actor: Actor, site: str, kind: Callable[..., events.SiteEvent]) -> None:
    await journal.record(session, kind(actor=actor, subject_id=site, name=site, audience=ADMINS))


def _only_admins(actor: Actor) -> None:
    if not actor.is_admin:
        raise Forbidden(msg("downloads.sites_are_the_admins"))
