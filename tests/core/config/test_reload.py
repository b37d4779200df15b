"""A running portal takes over what may change, and nothing from a bad file."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from medianest.core.config import Sources, load
from medianest.core.config.reload import Reload, Reloader


class Portal:
    """A reloader that runs, and what it told."""

    def __init__(self, file: Path, poll_every: timedelta) -> None:
        self.file = file
        sources = Sources(config_file=file)
        self.reloader = Reloader(sources, load(sources), poll_every=poll_every)
        self.told: asyncio.Queue[Reload] = asyncio.Queue()
        self.reloader.subscribe(self.told.put)

    async def next(self) -> Reload:
        async with asyncio.timeout(5):
            return await self.told.get()


@asynccontextmanager
async def running(file: Path, *, poll_every: timedelta = timedelta(milliseconds=10)) -> AsyncIterator[Portal]:
    portal = Portal(file, poll_every)
    task = asyncio.create_task(portal.reloader.run())
    await asyncio.sleep(0)
    yield portal
    task.cancel()
    await asyncio.wait([task])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text("[log]\nlevel = 'info'\n")
    return path


def save(file: Path, text: str | None) -> None:
    """As editors do: a new file in its place; without text it is removed."""
    if text is None:
        file.unlink()
        return
    new = file.with_suffix(".new")
    new.write_text(text)
    new.replace(file)


async def test_saving_the_file_takes_over_what_is_reloadable_and_names_the_rest(file: Path) -> None:
    async with running(file) as portal:
        save(file, "[log]\nlevel = 'debug'\n[server]\nport = 9\n")
        told = await portal.next()
    assert told.changed == {("log", "level")}
    assert told.waiting == {("server", "port")}
    assert told.settings.log.level == "debug"
    assert told.settings.server.port == 8484
    assert portal.reloader.settings is told.settings


async def test_a_bad_file_changes_nothing_and_says_so_and_a_good_one_mends_it(file: Path) -> None:
    async with running(file) as portal:
        before = portal.reloader.settings
        save(file, "[log]\nlevel = 'loud'\nformat = 'json'\n")
        told = await portal.next()
        assert [problem.origin.line for problem in told.problems] == [2]
        assert told.settings is before is portal.reloader.settings
        save(file, "[log]\nformat = 'json'\n")
        assert (await portal.next()).changed == {("log", "format")}


async def test_a_hangup_reloads_at_once_even_an_unchanged_file(file: Path) -> None:
    async with running(file, poll_every=timedelta(hours=1)) as portal:
        os.kill(os.getpid(), signal.SIGHUP)
        told = await portal.next()
    assert (told.changed, told.problems) == (frozenset(), ())


async def test_a_file_that_goes_away_says_so_and_one_that_comes_counts(file: Path) -> None:
    async with running(file) as portal:
        save(file, None)
        assert [problem.sentence.id for problem in (await portal.next()).problems] == ["config.no_file"]
        save(file, "[log]\nlevel = 'error'\n")
        assert (await portal.next()).settings.log.level == "error"


async def test_a_file_that_is_still_being_written_is_left_alone(file: Path) -> None:
    loop = asyncio.get_running_loop()
    async with running(file) as portal:
        until = loop.time() + 20 * portal.reloader.poll_every.total_seconds()
        while loop.time() < until:
            save(file, "[log]\nlevel = 'loud")
            await asyncio.sleep(0)
        save(file, "[log]\nlevel = 'error'\n")
        assert (await portal.next()).changed == {("log", "level")}


async def test_the_signal_is_given_back_in_the_end(file: Path) -> None:
    before = signal.getsignal(signal.SIGHUP)
    async with running(file):
        assert signal.getsignal(signal.SIGHUP) is not before
    assert signal.getsignal(signal.SIGHUP) is before
