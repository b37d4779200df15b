"""What administrators are told by itself: disks, an old yt-dlp, servers that cannot be used; each once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from medianest.admin.upkeep import Upkeep
from medianest.core import journal
from medianest.core.config import PathsSettings, PlexSettings, Settings
from medianest.core.db import Database
from medianest.core.event import ADMINS
from medianest.core.i18n import Catalogues, Message
from medianest.core.live import Live
from medianest.core.metrics import Metrics
from medianest.core.resilience import Retry
from medianest.downloads.spawn import find_tools
from medianest.downloads.ytdlp.copies import Copies
from medianest.downloads.ytdlp.updates import Ytdlp
from medianest.downloads.ytdlp.versions import Copy
from medianest.media_requests import models as request_models  # noqa: F401 - its tables
from medianest.media_requests.overseerr import Overseerr
from medianest.plex import models as plex_models  # noqa: F401 - its tables
from medianest.plex.service import Plex
from tests.fakes import overseerr as fake_overseerr
from tests.fakes import plex as fake_plex
from tests.fakes.package_index import NO_INDEX

ALL = 2**53


async def at_once(_seconds: float) -> None:
    """Nobody waits between tries."""


@dataclass(kw_only=True)
class House:
    """What is looked after, by settings that a test changes."""

    db: Database
    paths: PathsSettings
    plex: Plex
    version: str = "2001.02.03"
    said: dict[str, Any] = field(default_factory=lambda: {"downloads": {"ytdlp": "off", "min_free_bytes": 0}})
    overseerr: Overseerr = field(init=False)
    upkeep: Upkeep = field(init=False)

    def __post_init__(self) -> None:
        self.overseerr = Overseerr(self.db, Live(), Metrics(), self.settings)
        self.begin()

    def settings(self) -> Settings:
        return Settings.model_validate(self.said).model_copy(update={"paths": self.paths})

    def begin(self) -> None:
        """The portal starts anew."""
        bundled = Copy(version=self.version, ejs=None, folder=None)
        copies = Copies(self.paths.data_dir / "ytdlp", bundled, workplaces=tuple)
        ytdlp = Ytdlp(self.db, copies, find_tools, lambda: self.settings().downloads, NO_INDEX)
        self.upkeep = Upkeep(self.db, self.settings, ytdlp, self.plex, self.overseerr)

    async def told(self) -> list[tuple[str, str]]:
        """What was told of what, in the order in which it was; to administrators alone."""
        entries = await self.db.read(journal.after, 0)
        assert all(entry.audience == ADMINS for entry in entries)
        return [(entry.kind, entry.subject_id) for entry in entries]

    async def why(self) -> str:
        """The reason of what was told last."""
        entry = (await self.db.read(journal.after, 0))[-1]
        return Catalogues().of("en").say(Message(entry.data["reason"], entry.data["values"]))

    def five_minutes_later(self) -> None:
        """What is wrong has been so for so long."""
        wrong = self.upkeep._troubles
        for id, trouble in wrong.items():
            if trouble:
                wrong[id] = replace(trouble, since=trouble.since - timedelta(minutes=5))


@pytest.fixture
async def house(db: Database, paths: PathsSettings, plex: fake_plex.Plex) -> AsyncIterator[House]:
    """A Plex server is named in the settings; Overseerr is not."""
    named = PlexSettings.model_validate(
        {
            "server_url": plex.server.base,
            "token": plex.server.token_for(fake_plex.OWNER),
            "tv_url": plex.tv.base,
        }
    )
    made = House(db=db, paths=paths, plex=Plex(db, named, paths.key_file, retry=Retry(sleep=at_once)))
    yield made
    await made.plex.stop()
    await made.overseerr.stop()


async def test_a_disk_that_fills_up_is_told_once_and_once_when_there_is_room(house: House) -> None:
    house.version = "0.0"
    house.begin()
    await house.upkeep.look_at_house()
    assert await house.told() == []
    house.said["downloads"]["min_free_bytes"] = ALL
    await house.upkeep.look_at_house()
    house.begin()
    await house.upkeep.look_at_house()
    assert await house.told() == [("disk.low", "media_dir")]
    assert str(house.paths.media_dir) in await house.why()
    house.said["downloads"] |= {"min_free_bytes": 0, "min_free_data_bytes": ALL}
    for _ in range(2):
        await house.upkeep.look_at_house()
    told = [("disk.low", "media_dir"), ("disk.low", "data_dir"), ("disk.roomy", "media_dir")]
    assert sorted(await house.told()) == sorted(told)


async def test_an_old_yt_dlp_is_told_once_for_each_version(house: House) -> None:
    for _ in range(2):
        await house.upkeep.look_at_house()
        house.begin()
    assert await house.told() == [("ytdlp.outdated", "yt-dlp")]
    house.version = "2002.02.03"
    house.begin()
    await house.upkeep.look_at_house()
    assert len(await house.told()) == 2


async def test_a_server_that_stays_away_is_told_once_and_once_when_it_is_back(
    house: House, plex: fake_plex.Plex
) -> None:
    await house.upkeep.look_at_upstreams()
    assert await house.told() == [], "Plex answers, and Overseerr is not set up"
    plex.server.away()
    await house.upkeep.look_at_upstreams()
    assert await house.told() == [], "it may be back in a moment"
    house.five_minutes_later()
    for _ in range(2):
        await house.upkeep.look_at_upstreams()
    assert await house.told() == [("upstream.down", "services.plex_server")]
    assert await house.why()
    house.begin()
    await house.upkeep.look_at_upstreams()
    plex.server.back()
    for _ in range(2):
        await house.upkeep.look_at_upstreams()
    assert await house.told() == [
        ("upstream.down", "services.plex_server"), ("upstream.back", "services.plex_server"),
    ]  # fmt: skip


async def test_a_key_that_is_refused_is_told_at_the_first_look(
    house: House, overseerr: fake_overseerr.Overseerr
) -> None:
    house.said["overseerr"] = {"url": overseerr.base, "api_key": "of-yesterday"}
    await house.upkeep.look_at_upstreams()
    assert await house.told() == [("upstream.down", "services.overseerr")]
    assert "does not take the key" in await house.why()
    house.said["overseerr"]["api_key"] = overseerr.key
    await house.upkeep.look_at_upstreams()
    assert (await house.told())[-1] == ("upstream.back", "services.overseerr")


async def test_what_is_not_set_up_any_more_is_not_told_of(house: House, overseerr: fake_overseerr.Overseerr) -> None:
    house.said["overseerr"] = {"url": overseerr.base, "api_key": "of-yesterday"}
    await house.upkeep.look_at_upstreams()
    del house.said["overseerr"]
    await house.upkeep.look_at_upstreams()
    assert await house.told() == [("upstream.down", "services.overseerr")]
    assert house.upkeep._troubles == {"services.plex_server": None}
