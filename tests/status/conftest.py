"""A watcher over the stand-in, as the portal has it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medianest.core.config import MonitorSettings, Settings, UptimeKumaSettings
from medianest.core.db import Database
from medianest.core.live import Live
from medianest.status import building
from medianest.status import models as status_models  # noqa: F401 - its tables
from medianest.status.service import Status
from medianest.status.types import LinkState, State
from medianest.status.ways import Way
from tests.fakes.uptime_kuma import UptimeKuma

PATIENCE_S = 10.0
"""What an outage may take to be seen, and a return."""


@dataclass
class Watching:
    """The feature, running; `settings` may be changed as a reload does."""

    status: Status
    live: Live
    settings: Settings

    async def until(self, holds: Callable[[], object], *, patience_s: float = PATIENCE_S) -> None:
        """Wait until something holds, asked again whenever anything is told."""
        async with asyncio.timeout(patience_s):
            with self.live.watch() as signals:
                while not holds():
                    await signals.get()

    async def up(self) -> None:
        await self.until(lambda: self.link is LinkState.UP)

    async def down(self) -> None:
        await self.until(lambda: self.link is LinkState.DOWN)

    @property
    def link(self) -> LinkState:
        return self.status.link.state

    def state(self, id: int) -> State:
        return self.status.watcher.board.monitors[id].state

    def states(self) -> dict[int, State]:
        return {id: one.state for id, one in self.status.watcher.board.monitors.items()}


def said(kuma: UptimeKuma, folder: Path, *monitors: MonitorSettings, **changed: Any) -> Settings:
    """The settings of somebody who comes in by name and password, or otherwise."""
    about = {"username": kuma.username, "password": kuma.password} | changed
    section = UptimeKumaSettings.model_validate({"url": kuma.base, **about})
    settings = Settings.model_validate({"paths": {"data_dir": str(folder)}})
    return settings.model_copy(update={"uptime_kuma": section, "monitors": monitors})


@asynccontextmanager
async def watching(
    db: Database, settings: Settings, *, record: bool = False, ways: Sequence[Way] = ()
) -> AsyncIterator[Watching]:
    """All that the feature runs by itself, or only what hears; by other ways than those of the settings."""
    live = Live()
    made: Watching | None = None
    found = ways or building.ways(db, settings.uptime_kuma, settings.paths.key_file)
    status = Status(db, live, lambda: made.settings if made else settings, found)
    made = Watching(status=status, live=live, settings=settings)
    runs: list[Callable[[], Awaitable[None]]] = [made.status.watcher.run]
    runs += [made.status.record.run] if record else []
    tasks = [asyncio.ensure_future(run()) for run in runs]
    try:
        yield made
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert all(task.cancelled() for task in tasks), [task for task in tasks if not task.cancelled()]
