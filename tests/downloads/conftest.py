"""Real child processes behind a proxy, beside the local media site."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from medianest.core.outbound import AddressPolicy
from medianest.downloads import spawn
from medianest.downloads.egress.passes import Pass
from medianest.downloads.egress.proxy import Egress
from medianest.downloads.protocol import FINAL, OUT, ChildEvent, Failed, Fetch, Fetched, Limits, Probe, Probed, ReadList
from medianest.downloads.recipes import Recipe
from medianest.downloads.spawn import Child, Make, Tools
from medianest.downloads.types import Preset
from tests.downloads.recipes import BUILT_IN
from tests.fakes.alone import _media_site
from tests.fakes.media_site import MediaSite

__all__ = ["_media_site"]


@pytest.fixture(scope="session")
def tools() -> Tools:
    return spawn.find_tools()


@pytest.fixture
async def egress(media_site: MediaSite) -> AsyncIterator[Egress]:
    async with open_egress(media_site) as egress:
        yield egress


@asynccontextmanager
async def open_egress(media_site: MediaSite) -> AsyncIterator[Egress]:
    """The real proxy, which lets through to the media site although that is on this machine."""
    egress = Egress(AddressPolicy.typed([("127.0.0.1", media_site.port)]))
    await egress.start()
    yield egress
    await egress.stop()


class Desk:
    """Gives commands to children in one working folder and keeps what they say."""

    def __init__(self, folder: Path, tools: Tools, allowance: Pass, *, waited: bool) -> None:
        """`waited` lets each child wait until it is ready before it is told of the folder."""
        self.folder = folder
        self.tools = tools
        self.allowance = allowance
        self.log: list[str] = []
        self.events: list[ChildEvent] = []
        self._waited = waited
        self._children = AsyncExitStack()

    async def child(self, *, limits: Limits | None = None) -> Child:
        make = Make(tools=self.tools, limits=limits or Limits())
        child = await Child.start(make)
        self._children.push_async_callback(child.kill)
        if self._waited:
            await child.gets_ready()
        await child.enter(self.folder, log=self.log.append)
        return child

    async def close(self) -> None:
        await self._children.aclose()

    async def probe(self, url: str, *, child: Child | None = None) -> Probed | Failed:
        command = Probe(url=url, proxy=self.allowance.proxy_url, recipes=BUILT_IN)
        last = await self.ask(child or await self.child(), command)
        assert isinstance(last, Probed | Failed)
        return last

    async def fetch(
        self,
        url: str,
        wish: Preset | Recipe = Preset.BEST,
        *,
        child: Child | None = None,
        limits: Limits | None = None,
    ) -> Fetched | Failed:
        child = child or await self.child(limits=limits)
        recipe = wish if isinstance(wish, Recipe) else BUILT_IN[wish]
        last = await self.ask(child, Fetch(url=url, proxy=self.allowance.proxy_url, recipe=recipe))
        assert isinstance(last, Fetched | Failed)
        return last

    async def ask(
        self, child: Child, command: Probe | ReadList | Fetch, *, until: Callable[[ChildEvent], bool] | None = None
    ) -> ChildEvent:
        """The final event of a command, or the first that `until` waits for."""
        self.events = []
        await child.send(command)
        async for event in child.events():
            self.events.append(event)
            if isinstance(event, FINAL):
                return event
            if until and until(event):
                return event
        raise AssertionError("the child ended without a word")

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def file(self, fetched: Fetched) -> Path:
        return self.folder / OUT / fetched.file


@pytest.fixture
def waited() -> bool:
    """Whether children have waited before they got their work; tests of their walls try both."""
    return False


@pytest.fixture
async def desk(tmp_path: Path, tools: Tools, egress: Egress, waited: bool) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path, tools, egress, waited=waited) as desk:
        yield desk


@asynccontextmanager
async def open_desk(place: Path, tools: Tools, egress: Egress, *, waited: bool) -> AsyncIterator[Desk]:
    folder = place / "work"
    folder.mkdir()
    desk = Desk(folder, tools, egress.open_pass("job"), waited=waited)
    yield desk
    await desk.close()
