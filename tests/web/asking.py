"""A house with the stand-in of Overseerr: everybody but the guest has an account there."""

from sqlalchemy import insert

from medianest.core.config import OverseerrSettings
from medianest.media_requests.models import UpstreamPersonRow
from tests.fakes.overseerr import May, Overseerr
from tests.web.house import House

ACCOUNTS = ("alice", "bob", "carol", "dora")
MATRIX, DUNE, BREAKING_BAD = "/ask/movie/603", "/ask/movie/438631", "/ask/tv/1396"


async def lead_to(house: House, overseerr: Overseerr) -> None:
    """It is set up, and an administrator said as whom people ask: Alice and Bob as they are there already."""
    named = OverseerrSettings(url=overseerr.base, api_key=overseerr.key, webhook_secret="word")
    house.settings = house.settings.model_copy(update={"overseerr": named})
    known = {user.name: user for user in overseerr.users}
    async with house.services.db.transaction() as session:
        for name in ACCOUNTS:
            there = known.get(name) or overseerr.add(name, permissions=May.REQUEST | May.CREATE_ISSUES)
            values = {"user_id": getattr(house.cast, name).id, "upstream_id": there.id}
            await session.execute(insert(UpstreamPersonRow).values(**values))
