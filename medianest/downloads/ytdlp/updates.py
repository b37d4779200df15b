"""yt-dlp kept fresh: looked for, tried out, switched to, and back.

Sites change by the week. A newer yt-dlp is installed beside the one in use, tried out, and only then switched to; what
runs keeps its own to its end. Whatever fails on the way leaves the one in use as it is.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from medianest.core import clock, files, journal
from medianest.core.actor import SYSTEM, Actor
from medianest.core.config import DownloadsSettings, PathsSettings
from medianest.core.db import Database
from medianest.core.errors import MediaNestError
from medianest.core.event import ADMINS, Event
from medianest.core.i18n import Message, msg
from medianest.downloads.files.workspace import Workspace
from medianest.downloads.spawn import Tools, find_tools
from medianest.downloads.ytdlp import trees, trial, versions
from medianest.downloads.ytdlp.copies import Copies, Trouble
from medianest.downloads.ytdlp.errors import AlreadyUpdating, NothingToGoBackTo, NotInstalled, TrialFailed
from medianest.downloads.ytdlp.events import YtdlpKept, YtdlpRolledBack, YtdlpUpdated
from medianest.downloads.ytdlp.pip import Pip
from medianest.downloads.ytdlp.versions import Copy, Release, Status

log = logging.getLogger(__name__)

SUBJECT = "yt-dlp"
OFF, NIGHTLY = "off", "nightly"


def bundled() -> Copy:
    """The copy that MediaNest came with; the portal reads its version, and never imports it."""
    return Copy(version=_installed("yt-dlp") or "0.0", ejs=_installed("yt-dlp-ejs"), folder=None)


def copies(data_dir: Path, workspace: Workspace) -> Copies:
    """The copies of a data folder."""
    return Copies(data_dir / "ytdlp", bundled(), workplaces=workspace.workplaces)


class Ytdlp:
    """What faces, commands and the periodic job call."""

    def __init__(
        self,
        db: Database,
        copies: Copies,
        tools: Callable[[], Tools],
        settings: Callable[[], DownloadsSettings],
        environ: Mapping[str, str],
    ) -> None:
        """`environ` is where pip finds the system's settings."""
        self._db = db
        self._copies = copies
        self._tools = tools
        self._settings = settings
        self._pip = Pip(environ)
        self._busy = False
        self._settling: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Look in the background whether what is in use is whole, and tidy up after an earlier life."""
        self._settling = self._in_background(self._settle())

    async def settled(self) -> None:
        """Return once what `start` began is done."""
        if self._settling:
            await asyncio.wait([self._settling])

    async def idle(self) -> None:
        """Return once nothing is done in the background."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def stop(self) -> None:
        """Give up what is under way; nothing of it is in use."""
        for task in self._tasks:
            task.cancel()
        await self.idle()

    async def status(self) -> Status:
        return await asyncio.to_thread(status, self._copies, self._settings().ytdlp, updating=self._busy)

    async def keep_fresh(self) -> Message | None:
        """Take a newer version, where that is wanted and nobody is about it. Raises what `update` raises."""
        if self._settings().ytdlp == OFF or self._busy:
            return None
        before = (await self.status()).copy.version
        after = (await self.update(SYSTEM)).copy.version
        if after != before:
            return msg("downloads.ytdlp_updated", before=before, after=after)
        return msg("downloads.ytdlp_newest", version=after)

    async def update(self, actor: Actor) -> Status:
        """Install, try out and switch to a newer version, if there is one.

        One that was refused before is tried again where a person asks. Raises AlreadyUpdating, NoPip, NotInstalled,
        TrialFailed.
        """
        self._claim()
        try:
            await self._update(actor)
        finally:
            self._release()
        return await self.status()

    def begin_update(self, actor: Actor) -> None:
        """Do so in the background; how it went is in the journal and in `status`. Raises AlreadyUpdating."""
        self._claim()
        updating = self._in_background(self._update_quietly(actor))
        updating.add_done_callback(lambda _: self._release())

    async def roll_back(self, actor: Actor) -> Status:
        """Go back to the version before, and refuse the one that was in use.

        Raises AlreadyUpdating, NothingToGoBackTo.
        """
        self._claim()
        try:
            await self._prepared()
            if await asyncio.to_thread(self._copies.way_back) is None:
                raise NothingToGoBackTo
            await asyncio.to_thread(self._copies.go_back)
            await self._announce(actor)
        finally:
            self._release()
        return await self.status()

    async def _update(self, actor: Actor) -> None:
        try:
            await self._prepared()
            await self._take_newest(actor)
        except OSError as error:
            failed = NotInstalled(msg("downloads.ytdlp_system", reason=error.strerror or type(error).__name__))
            await self._note_trouble(actor, failed)
            raise failed from error
        except MediaNestError as error:
            await self._note_trouble(actor, error)
            raise
        await asyncio.to_thread(self._copies.note_check, clock.now(), None)
        await asyncio.to_thread(self._copies.tidy)

    async def _take_newest(self, actor: Actor) -> None:
        async with self._draft() as folder:
            release = await self._pip.newest(folder, nightly=self._settings().ytdlp == NIGHTLY)
            if not await asyncio.to_thread(self._is_wanted, actor, release):
                return
            if await asyncio.to_thread(self._copies.find, release.version) is None:
                await self._bring(release, folder)
            await asyncio.to_thread(self._copies.switch, release.version)
        await self._announce(actor)

    def _is_wanted(self, actor: Actor, release: Release) -> bool:
        if not versions.newer(release.version, self._copies.in_use().version):
            return False
        return actor != SYSTEM or release.version not in self._copies.book().refused

    async def _bring(self, release: Release, folder: Path) -> None:
        place = self._copies.final_folder(release.version)
        if await asyncio.to_thread(files.free_bytes, place) < trees.BYTES_MOST:
            raise NotInstalled(msg("downloads.ytdlp_no_room", needed=trees.BYTES_MOST >> 20))
        tree = await self._pip.install(release, folder, place)
        now = clock.now()
        await asyncio.to_thread(trees.seal, tree, release.version, release.ejs, at=now)
        copy = Copy(version=release.version, ejs=release.ejs, folder=tree, installed_at=now)
        try:
            await trial.try_out(copy, self._tools(), folder / "trial")
        except TrialFailed:
            await self._refuse(copy, folder)
            raise
        await asyncio.to_thread(self._copies.keep, tree, release.version)

    async def _refuse(self, copy: Copy, folder: Path) -> None:
        """Do not take it again by itself, unless it is this machine on which none works. Raises TrialFailed then."""
        used = await asyncio.to_thread(self._copies.in_use)
        await trial.try_out(used, self._tools(), folder / "control")
        await asyncio.to_thread(self._copies.refuse, copy.version)

    @asynccontextmanager
    async def _draft(self) -> AsyncIterator[Path]:
        """A folder to install into; what is in it takes a while to remove."""
        draft = self._copies.draft()
        folder = await asyncio.to_thread(draft.__enter__)
        try:
            yield folder
        finally:
            await asyncio.to_thread(draft.__exit__, None, None, None)

    def _claim(self) -> None:
        """One change at a time."""
        if self._busy:
            raise AlreadyUpdating
        self._busy = True

    def _release(self) -> None:
        self._busy = False

    async def _prepared(self) -> None:
        """Have done what is done at a start, also where nothing was started."""
        if self._settling:
            await self.settled()
        else:
            await self._settle()

    async def _settle(self) -> None:
        await asyncio.to_thread(self._copies.settle)
        await asyncio.to_thread(self._copies.tidy)
        await self._announce(SYSTEM)

    async def _announce(self, actor: Actor) -> None:
        """Have the journal know what is in use, if that is news; after a crash in between the next start tells it."""
        used = await asyncio.to_thread(self._copies.in_use)
        before = (await asyncio.to_thread(self._copies.book)).told
        if before == used.version:
            return
        if before is not None:
            kind = YtdlpUpdated if versions.newer(used.version, before) else YtdlpRolledBack
            event = kind(actor=actor, subject_id=SUBJECT, audience=ADMINS, before=before, in_use=used.version)
            await self._record(event)
        await asyncio.to_thread(self._copies.note_told, used.version)

    async def _note_trouble(self, actor: Actor, error: MediaNestError) -> None:
        """What goes wrong again and again is told once."""
        trouble = Trouble(
            id=error.message.id, values={name: str(value) for name, value in error.message.values.items()}
        )
        book = await asyncio.to_thread(self._copies.book)
        await asyncio.to_thread(self._copies.note_check, clock.now(), trouble)
        log.warning("yt-dlp was not updated", extra={"reason": str(error)})
        if trouble != book.trouble:
            used = await asyncio.to_thread(self._copies.in_use)
            told = YtdlpKept(
                actor=actor,
                subject_id=SUBJECT,
                audience=ADMINS,
                in_use=used.version,
                reason=trouble.id,
                values=trouble.values,
            )
            await self._record(told)

    async def _record(self, event: Event) -> None:
        async with self._db.transaction() as session:
            await journal.record(session, event)

    async def _update_quietly(self, actor: Actor) -> None:
        try:
            await self._update(actor)
        except MediaNestError:
            return  # it is noted

    def _in_background(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name="yt-dlp")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def of_folder(db: Database, settings: DownloadsSettings, paths: PathsSettings, environ: Mapping[str, str]) -> Ytdlp:
    """The same without a queue: for commands while no portal runs."""
    workspace = Workspace(media_dir=paths.media_dir, data_dir=paths.data_dir)
    return Ytdlp(db, copies(paths.data_dir, workspace), find_tools, lambda: settings, environ)


def status_at_rest(settings: DownloadsSettings, paths: PathsSettings) -> Status:
    """How things stand where neither a portal nor a database is to be had."""
    workspace = Workspace(media_dir=paths.media_dir, data_dir=paths.data_dir)
    return status(copies(paths.data_dir, workspace), settings.ytdlp)


def status(copies: Copies, policy: str, *, updating: bool = False) -> Status:
    """How things stand; reads the copies that are named for the first time whole."""
    book, back = copies.book(), copies.way_back()
    return Status(
        copy=copies.in_use(),
        back_to=back.version if back else None,
        policy=policy,
        checked_at=book.checked_at,
        trouble=Message(book.trouble.id, book.trouble.values) if book.trouble else None,
        updating=updating,
    )


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
