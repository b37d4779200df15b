"""The way to Plex and back: ten minutes, once, and only in the browser that began it.

The row is the session of the journey. What the browser is told is a reference and, in a cookie, a secret; the number
of the PIN and the token stay here. That a browser comes back proves nothing: plex.tv is asked.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from medianest.core import clock
from medianest.core.buckets import Buckets, Rate
from medianest.core.db import Database
from medianest.core.errors import TooMany
from medianest.core.i18n import msg
from medianest.core.security import digest, new_id, new_token, same
from medianest.plex.errors import PinExpired, PlexOff
from medianest.plex.installation import Installation
from medianest.plex.models import PinRow
from medianest.plex.tv.types import PRODUCT
from medianest.plex.types import Begun, Journey, Purpose

if TYPE_CHECKING:
    from medianest.plex.tv.client import Tv

LASTS = timedelta(minutes=10)
HERE = Rate(burst=20, every=timedelta(seconds=30))
EVERYWHERE = Rate(burst=60, every=timedelta(seconds=10))
POLLED = Rate(burst=2, every=timedelta(seconds=1))
_PLACE = "pin"


class Journeys:
    """All that are under way. Plex throttles who makes many PINs, so that each network may begin only so many."""

    def __init__(self, db: Database, installation: Installation, tv: "Callable[[], Tv]") -> None:
        self._db = db
        self._installation = installation
        self._tv = tv
        self._here = Buckets(HERE)
        self._everywhere = Buckets(EVERYWHERE)
        self._polled = Buckets(POLLED)

    async def begin(
        self,
        purpose: Purpose,
        *,
        forward: Callable[[str], str],
        return_path: str,
        network: str,
        user_id: str | None = None,
    ) -> Begun:
        """Lead somebody to Plex, and back to `forward`, an address of ours with the journey's id in it.

        `user_id` is who is signed in, and has to be when they come back. Raises PlexOff, TooMany, and what Tv raises.
        """
        if not self._installation.settings.enabled:
            raise PlexOff(msg("plex_sign_in.off"))
        self._count(network)
        pin = await self._tv().make_pin()
        begun = Begun(id=new_id(), secret=new_token(), address="")
        begun = replace(begun, address=await self._address(pin.code, forward(begun.id)))
        new = insert(PinRow).values(
            id=begun.id,
            secret_digest=digest(begun.secret),
            purpose=purpose,
            user_id=user_id,
            pin_id=pin.id,
            address=begun.address,
            return_path=return_path,
            asked=0,
            expires_at=clock.now() + LASTS,
        )
        async with self._db.transaction() as session:
            await purge(session)
            await session.execute(new)
        return begun

    async def find(self, id: str, secret: str | None, *, user_id: str | None = None) -> Journey:
        """The journey of this browser. One that another browser asks for is ended at once: somebody was lured.

        Raises PinExpired.
        """
        row = await self._db.read(_living, id)
        if row is None:
            raise _over()
        is_theirs = secret is not None and same(digest(secret), row.secret_digest)
        if not is_theirs or (row.user_id is not None and row.user_id != user_id):
            await self.end(id)
            raise _over()
        return Journey(
            id=row.id,
            purpose=Purpose(row.purpose),
            user_id=row.user_id,
            return_path=row.return_path,
            asked=row.asked,
            address=row.address,
            token=self._installation.sealing.open(row.token, place=f"{_PLACE} {row.id}"),
        )

    async def token(self, journey: Journey) -> str | None:
        """Ask plex.tv once whether they said yes; None if not yet, or if it was asked a moment ago.

        Raises PinExpired, and what Tv raises.
        """
        if journey.token:
            return journey.token
        if self._polled.take(journey.id):
            return None
        counted = update(PinRow).where(PinRow.id == journey.id).values(asked=PinRow.asked + 1).returning(PinRow.pin_id)
        async with self._db.transaction() as session:
            row = (await session.execute(counted)).first()
        if row is None:
            raise _over()
        try:
            return await self._tv().token_of_pin(row.pin_id)
        except PinExpired:
            await self.end(journey.id)
            raise

    async def keep(self, journey: Journey, token: str) -> None:
        """Keep the token, sealed, while an administrator chooses a server."""
        sealed = self._installation.sealing.seal(token, place=f"{_PLACE} {journey.id}")
        async with self._db.transaction() as session:
            await session.execute(update(PinRow).where(PinRow.id == journey.id).values(token=sealed))

    async def end(self, id: str) -> None:
        """Nobody comes back by it any more."""
        async with self._db.transaction() as session:
            await session.execute(delete(PinRow).where(PinRow.id == id))

    def _count(self, network: str) -> None:
        wait = self._here.take(network) or self._everywhere.take("")
        if wait:
            minutes = max(1, round(wait / timedelta(minutes=1)))
            raise TooMany(msg("accounts.too_many_tries", n=minutes), code="too_many_tries", retry_after=wait)

    async def _address(self, code: str, forward_to: str) -> str:
        """The page of Plex that asks; what it is told stands in the fragment."""
        told = {
            "clientID": await self._installation.client_id(),
            "code": code,
            "context[device][product]": PRODUCT,
            "forwardUrl": forward_to,
        }
        return f"{self._installation.settings.app_url}/auth#?{urlencode(told, quote_via=quote)}"


async def redeem(session: AsyncSession, id: str) -> None:
    """Use a journey up, in the transaction of what it leads to. Raises PinExpired for who was second."""
    used = await session.execute(delete(PinRow).where(PinRow.id == id, PinRow.expires_at > clock.now()))
    if used.rowcount != 1:  # type: ignore[attr-defined]  # a DML result has it
        raise _over()


async def purge(session: AsyncSession) -> None:
    """Forget those that are over."""
    await session.execute(delete(PinRow).where(PinRow.expires_at <= clock.now()))


def _living(session: Session, id: str) -> Any:
    columns = select(*PinRow.__table__.c)
    return session.execute(columns.where(PinRow.id == id, PinRow.expires_at > clock.now())).first()


def _over() -> PinExpired:
    return PinExpired(msg("plex_sign_in.expired"))
