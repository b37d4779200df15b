"""One run of one download: a child in the work folder, its traffic through the filtering proxy, its words heard."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from msgspec import structs

from medianest.core import files
from medianest.core.config import DownloadsSettings
from medianest.downloads import presets, protocol
from medianest.downloads.egress.passes import Pass
from medianest.downloads.egress.proxy import Egress
from medianest.downloads.files import paths
from medianest.downloads.files.joblog import JobLog
from medianest.downloads.files.paths import Place
from medianest.downloads.files.workspace import Workspace
from medianest.downloads.plans.meters import Meter
from medianest.downloads.protocol import Fetched, Info
from medianest.downloads.recipes import Recipe
from medianest.downloads.reserve import Reserve
from medianest.downloads.sites.cookie_jars import CookieJars
from medianest.downloads.spawn import Child
from medianest.downloads.types import Broadcast, Download, ErrorCode, Progress, Stage, Tick
from medianest.downloads.ytdlp.copies import Copies, Occupied
from medianest.downloads.ytdlp.versions import Copy

TICK_S = 0.5
_NOT_OF_YTDLP = frozenset({ErrorCode.NETWORK, ErrorCode.INTERRUPTED, ErrorCode.DISK_FULL, ErrorCode.RATE_LIMITED})
_FULL = frozenset({ErrorCode.TOO_LARGE, ErrorCode.QUOTA_EXCEEDED})
_CUT = "cut"
_RECORDING_SHARE = 0.95
_OF_THE_CHILD = frozenset({ErrorCode.INTERRUPTED, ErrorCode.INTERNAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The child's file lies in the work folder and goes to `path` of the media folder; `tone` is its picture's."""

    fetched: Fetched
    path: str
    has_picture: bool
    tone: int | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The run failed; `retry_after` is what the site asked for."""

    code: ErrorCode
    detail: str
    retry_after: timedelta | None = None


Outcome = Finished | Broken
STOPPED = Broken(code=ErrorCode.INTERRUPTED, detail="")


class Run:
    """Drives the child of a download until it has its file or an error; `stop` ends it at once."""

    def __init__(
        self,
        download: Download,
        *,
        ends: bool,
        settings: DownloadsSettings,
        egress: Egress,
        reserve: Reserve,
        workspace: Workspace,
        copies: Copies,
        cookies: CookieJars,
        meter: Meter,
        place: Place | None,
        on_probed: Callable[[Info], Awaitable[bool]],
        on_tick: Callable[[Tick], None],
    ) -> None:
        self.download = download
        self.meter = meter
        self.progress = Progress()
        self.stage = Stage.FETCHING
        self._settings = settings
        self._egress = egress
        self._reserve = reserve
        self._workspace = workspace
        self._copies = copies
        self._copy: Copy | None = None
        self._cookies = cookies
        self._signed_in: protocol.SignedIn | None = None
        self._place = place
        self._on_probed = on_probed
        self._on_tick = on_tick
        self._log = JobLog(workspace.log(download.id))
        self._warnings: list[str] = []
        self._picture: protocol.Pictured | None = None
        self._child: Child | None = None
        self._ending: Broken | None = None
        self._ends = ends or download.broadcast is Broadcast.ENDING
        self._records = download.broadcast is not None

    async def perform(self) -> Outcome:
        """Fetch the link. The log is on disk when this returns."""
        id = self.download.id
        recipe = presets.recipes(self._settings).get(self.download.preset)
        if recipe is None:
            return Broken(code=ErrorCode.NO_PRESET, detail=self.download.preset)
        allowance = self._egress.open_pass(
            id,
            byte_limit=self._settings.max_file_bytes,
            idle_s=self._settings.idle_timeout_s,
            meter=self.meter,
        )
        telling = asyncio.create_task(self._tell())
        closing = asyncio.create_task(self._close_in_time())
        try:
            async with asyncio.timeout(self._settings.max_job_s):
                return await self._noted(await self._fetch(allowance, recipe))
        except TimeoutError:
            return Broken(code=ErrorCode.INTERRUPTED, detail="It took longer than a download may take.")
        finally:
            telling.cancel()
            closing.cancel()
            await self._end_child()
            self._egress.close_pass(id)
            await self._log.flush()

    async def stop(self, why: Broken = STOPPED) -> None:
        """Kill the child and all that it started; `perform` then returns `why`."""
        self._ending = why
        await self._end_child()

    async def finish(self) -> None:
        """Be content with what is recorded of a broadcast; `perform` then returns that, once it is a file."""
        self._ends = True
        if self._child:
            await self._child.send(protocol.End())

    async def _fetch(self, allowance: Pass, recipe: Recipe) -> Outcome:
        lent = await self._cookies.lend(self.download.site)
        command = protocol.Fetch(
            url=self.download.url,
            proxy=allowance.proxy_url,
            recipe=recipe,
            cookies=lent.words if lent else None,
        )
        outcome = await self._command(command, allowance)
        await self._cookies.take_back(lent, self._signed_in, outcome.code if isinstance(outcome, Broken) else None)
        return outcome

    async def _command(self, command: protocol.Fetch, allowance: Pass) -> Outcome:
        folder = self._workspace.work(self.download.id)
        try:
            self._copy = copy = await self._take_copy(folder)
        except Occupied:
            return Broken(code=ErrorCode.INTERRUPTED, detail="Another process still writes into the working folder.")
        if self._ending:
            return self._ending
        self._log.add(f"yt-dlp {copy.version}")
        self._child = child = await self._reserve.begin(
            self.download.id, folder, copy, log=self._log.add, person=self.download.owner.id
        )
        outcome = await self._answer(child, command)
        if isinstance(outcome, Finished):
            return outcome
        outcome = _told_by_the_proxy(allowance) or outcome
        is_enough = outcome.code in _FULL or self.download.attempts >= self._settings.max_attempts
        return await self._cut_short(child, command, outcome) if is_enough else outcome

    async def _take_copy(self, folder: Path) -> Copy:
        """Where it is another one than the preview's, nobody waits in the folder any more. Raises Occupied."""
        try:
            return await asyncio.to_thread(self._copies.take, folder)
        except Occupied:
            if not await self._reserve.let_go(self.download.id):
                raise
        return await asyncio.to_thread(self._copies.take, folder)

    async def _answer(self, child: Child, command: protocol.Fetch) -> Outcome:
        await child.send(structs.replace(command, ends=self._ends))
        async for event in child.events():
            if self._ending:
                return self._ending
            outcome = await self._hear(event)
            if outcome is not None:
                return outcome
        return STOPPED

    async def _cut_short(self, child: Child, command: protocol.Fetch, full: Broken) -> Outcome:
        """Where there is no room for more of a broadcast, or no further try, what is recorded of it is the file."""
        if not (self._records and self.progress.recorded_s) or self._ending:
            return full
        self._ends = True
        outcome = await self._answer(child, command)
        if isinstance(outcome, Broken):
            return full
        return replace(outcome, warnings=(*outcome.warnings, _CUT))

    async def _close_in_time(self) -> None:
        """A broadcast may last longer than a download; what is recorded of it by then is made a file."""
        await asyncio.sleep(self._settings.max_job_s * _RECORDING_SHARE)
        if self._records:
            self._warnings.append(_CUT)
            await self.finish()

    async def _noted(self, outcome: Outcome) -> Outcome:
        """What a newer yt-dlp may do better is left to the one that is in use next time."""
        if self._copy and isinstance(outcome, Broken):
            if outcome.code not in _NOT_OF_YTDLP:
                folder = self._workspace.work(self.download.id)
                await asyncio.to_thread(self._copies.note_failure, folder, self._copy)
            if outcome.code in _OF_THE_CHILD and not self._ending:
                self._copies.doubt(self._copy.version)
        return outcome

    async def _hear(self, event: protocol.ChildEvent) -> Outcome | None:
        match event:
            case protocol.Described():
                self._records = event.info.is_live
                return None if await self._on_probed(event.info) else STOPPED
            case protocol.Pictured():
                self._picture = event
            case protocol.SignedIn():
                self._signed_in = event
            case protocol.Staged():
                self.stage = event.stage
            case protocol.Progressed():
                self.progress = _progress(event)
            case protocol.Warned():
                self._warnings.append(event.code)
            case protocol.Failed():
                wish = timedelta(seconds=event.retry_after_s) if event.retry_after_s else None
                return Broken(code=event.code, detail=event.detail, retry_after=wish)
            case protocol.Fetched():
                return self._finished(event)
        return None

    def _finished(self, fetched: Fetched) -> Finished:
        fetched, picture = structs.replace(fetched, info=paths.of_list(fetched.info, self._place)), self._picture
        return Finished(
            fetched=fetched,
            path=self._path(fetched),
            has_picture=picture is not None,
            tone=picture.tone if picture else None,
            warnings=tuple(self._warnings),
        )

    def _path(self, fetched: Fetched) -> str:
        extension = fetched.file.rpartition(".")[2]
        return paths.path(
            presets.template(self._settings, self.download.preset),
            paths.known(self.download, fetched.info),
            extension,
            limit_bytes=files.name_limit(self._workspace.media_dir),
            room=max(0, *(len(end) - len(extension) - 1 for end in (*fetched.sides, ""))),
        )

    async def _tell(self) -> None:
        """Say how far it is, twice a second at most, and only when that is news."""
        told = None
        while True:
            tick = Tick(stage=self.stage, progress=self.progress)
            if tick != told:
                self._on_tick(tick)
                told = tick
            await asyncio.sleep(TICK_S)

    async def _end_child(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            await child.kill()


def _progress(event: protocol.Progressed) -> Progress:
    return Progress(
        percent=event.percent,
        downloaded_bytes=event.downloaded_bytes,
        total_bytes=event.total_bytes,
        speed_bytes_per_s=event.speed_bytes_per_s,
        eta_s=event.eta_s,
        recorded_s=event.recorded_s,
    )


def _told_by_the_proxy(allowance: Pass) -> Broken | None:
    """What the proxy cut off looks like a broken connection to the child."""
    if allowance.blocked:
        return Broken(code=ErrorCode.BLOCKED_ADDRESS, detail=", ".join(map(str, allowance.blocked[:3])))
    if allowance.is_over_budget:
        return Broken(code=ErrorCode.QUOTA_EXCEEDED, detail="")
    if allowance.exhausted:
        return Broken(code=ErrorCode.TOO_LARGE, detail=f"More than {allowance.byte_limit} bytes were to come.")
    return None
