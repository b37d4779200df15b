"""Keeping all running downloads of a person together within the bytes of their plan.

What they receive is counted in memory at every piece and written down with every renewal of the lease and at the end
of a run: kill -9 loses the count of what came since, which is at most fifteen seconds of each run.
"""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from medianest.core import clock
from medianest.core.db import Database
from medianest.downloads import queries, waits
from medianest.downloads.plans import usage
from medianest.downloads.plans.meters import Budget, Meter
from medianest.downloads.types import Download, ErrorCode, Quota, Standing, Wait

_LOOK_AGAIN = timedelta(days=1)


class Budgets:
    """The budgets of everybody who has a download running."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._meters: list[Meter] = []

    async def admit(self, download_id: str) -> bool:
        """Whether the owner may receive anything now; if not, all that they have in line waits until there is room."""
        download = await self._db.read(queries.by_id, download_id)
        if download is None or await self._db.read(usage.standing_of, download.owner.id, Quota.BYTES) is None:
            return True
        owner = download.owner.id
        async with self._db.transaction() as session:
            standing = await session.run_sync(usage.standing_of, owner, Quota.BYTES)
            if standing is None or self._left(owner, standing):
                return True
            until = standing.resets_at or clock.now() + _LOOK_AGAIN
            await waits.hold(session, Wait.PLAN, until=until, owner=owner, code=ErrorCode.QUOTA_EXCEEDED)
            return False

    async def open(self, download: Download) -> Meter:
        """The meter of a run that begins; it shares what is left with the owner's other runs."""
        owner = download.owner.id
        shared = next((meter.budget for meter in self._meters if meter.owner_id == owner), None)
        meter = Meter(download_id=download.id, owner_id=owner, budget=shared or Budget())
        self._meters.append(meter)
        async with self._db.transaction() as session:
            await self.settle(session, meter)
        return meter

    async def settle(self, session: AsyncSession, meter: Meter) -> None:
        """Write down what came so far, and go on with what the owner's plan leaves now."""
        received = meter.received
        if received > meter.written:
            meter.entry = await usage.record(session, meter, received)
        standing = await session.run_sync(usage.standing_of, meter.owner_id, Quota.BYTES)
        meter.written = received
        meter.budget.left = self._left(meter.owner_id, standing)

    async def close(self, meter: Meter) -> None:
        """Write down what a run received in all."""
        async with self._db.transaction() as session:
            await self.settle(session, meter)
        self._meters.remove(meter)

    def _left(self, owner_id: str, standing: Standing | None) -> int | None:
        """What is left when also that is counted which is not written down yet."""
        if standing is None:
            return None
        return max(0, standing.left - sum(meter.unwritten for meter in self._meters if meter.owner_id == owner_id))
