"""The speed limit of the settings on real downloads of files and streams, which all go through the proxy."""

import pytest

from medianest.core.config import DownloadsSettings
from medianest.downloads.types import State
from tests.fakes.media_site import MediaSite
from tests.household import Household

RATE = 250_000


@pytest.mark.parametrize("path", ["/files/padded-500000.mp4", "/hls/180/index.m3u8"])
async def test_a_download_takes_as_long_as_the_limit_makes_it(
    household: Household, media_site: MediaSite, path: str
) -> None:
    everywhere = {"rate_limit_bytes_per_s": 10**9, "rate_limit_hours": ["00:00-12:00 250000", "12:00-00:00 250000"]}
    checked = DownloadsSettings.model_validate(everywhere)
    household.settings = household.settings.model_copy(update={"rate_limit_hours": checked.rate_limit_hours})
    async with household.at_work() as downloads:
        download, _ = await downloads.enqueue(household.actors["Alice"], media_site.url(path))
        done = await household.until_state(download.id, State.COMPLETED, State.FAILED)
    assert done.state is State.COMPLETED, done.failure
    assert done.started_at
    assert done.finished_at
    fetched = sum(hit.bytes_sent for hit in media_site.hits())
    least_s = max(1.0, fetched / RATE / 3)
    assert (done.finished_at - done.started_at).total_seconds() > least_s
