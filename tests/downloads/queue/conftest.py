"""The queue at work, and the media site that it may fetch from."""

from pathlib import Path

import pytest

from medianest.core.config import DownloadsSettings
from medianest.core.db import Database
from tests.fakes.media_site import MediaSite
from tests.household import Household, cast, endpoint


@pytest.fixture
async def household(db: Database, tmp_path: Path, media_site: MediaSite) -> Household:
    """People and a queue that may fetch from the media site, although it is on this machine."""
    allowed = frozenset({endpoint(media_site.url("/"))})
    settings = DownloadsSettings(allow_private_hosts=allowed, min_free_bytes=0, workers=4, per_site=4)
    return Household(db=db, folder=tmp_path, actors=await cast(db), settings=settings)


@pytest.fixture
def idle(household: Household) -> Household:
    """The same household, whose workers fetch nothing for want of room on the disk."""
    household.settings = household.settings.model_copy(update={"min_free_bytes": 2**53})
    return household
