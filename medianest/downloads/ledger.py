"""What the workers write down; each function is one short transaction, or two around a move of the file."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.core import clock, files, journal, work
from medianest.core.actor import SYSTEM
from medianest.core.config import DownloadsSettings
from medianest.core.db import Database
from medianest.downloads import broadcasts, events, failures, queries, rights, states
from medianest.downloads.files import placing
from medianest.downloads.files.workspace import Workspace
from medianest.downloads.line import joining
from medianest.downloads.line.turns import Turn
from medianest.downloads.models import DownloadRow
from medianest.downloads.protocol import OUT, Entry, Info
from medianest.downloads.run import Broken, Finished
from medianest.downloads.sites import manners
from medianest.downloads.sites.health import TROUBLES, Site
from medianest.downloads.states import Verb
from medianest.downloads.types import Broadcast, Download, ErrorCode, Stage, State, StoredFile, Wait
from medianest.downloads.workshop import Workshop

_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=2)


async def claim(
    db: Database, turn: Turn, settings: DownloadsSettings, *, owner: str, lease: timedelta
) -> Download | None:
    """Take the download, and note that its site is being asked; None if it is not to be had any more."""
    id = turn.id
    async with db.transaction() as session:
        download = await _get(session, id)
        if download is None or not states.allowed(download.state, Verb.CLAIM):
            return None
        now = clock.now()
        taken = await work.claim(
            session,
            DownloadRow,
            id,
            owner=owner,
            lease=lease,
            state=states.after(download.state, Verb.CLAIM),
            stage=Stage.FETCHING,
            started_at=download.started_at or now,
            begun_at=now,
            error_code=None,
            error_detail="",
        )
        if not taken:
            return None
        await manners.begun(session, turn.site, settings)
        await journal.record(session, _event(events.DownloadStarted, download, attempt=download.attempts + 1))
        return await _get(session, id)


async def recognise(db: Database, id: str, info: Info) -> bool:
    """Note what the child learnt about the link, and which site it leads to.

    Where another download brings the same, this one is given up for it, and the answer is no.
    """
    known = {"title": info.title, "site": info.site, "duration_s": info.duration_s, **broadcasts.columns(info)}
    source = source_of(info)
    try:
        async with db.transaction() as session:
            await _know(session, id, **known, source=source)
    except IntegrityError:
        async with db.transaction() as session:
            return not await _join(session, id, source) and await _know(session, id, **known)
    return True


async def _join(session: AsyncSession, id: str, source: str) -> bool:
    """Whether another one of this source was there to be followed instead."""
    download = await _get(session, id)
    other = await session.run_sync(queries.same_source, [source], download.preset) if download else None
    if download is None or other is None or other == id:
        return False
    await joining.join(session, download, other)
    return True


async def complete(db: Database, workspace: Workspace, id: str, finished: Finished, *, owner: str) -> None:
    """Move the file into the library folder and write the download down as completed.

    The place is written down before the move, so that a crash between the two is finished by `recover`.
    """
    if finished.has_picture:
        await asyncio.to_thread(workspace.keep_picture, id)
    place = await _placed(db, workspace.media_dir, id, finished, owner=owner)
    if place:
        source = files.safe_join(workspace.work(id), OUT, finished.fetched.file)
        await placing.move(source, workspace.media_dir, place.path)
        await _arrived(db, workspace, id, place)


async def _placed(db: Database, media_dir: Path, id: str, finished: Finished, *, owner: str) -> StoredFile | None:
    """Write down a place that no file and no other download has; None where the lease was lost.

    The disk is asked outside the transaction, for it may be slow and all who write would wait for it: what lies there
    a moment later is found by the move, which goes over no file.
    """
    sides = finished.fetched.sides
    for relative in placing.names(media_dir, finished.path):
        if await placing.is_free(media_dir, relative, sides):
            size_bytes, beside = finished.fetched.size_bytes, tuple(placing.beside(relative, sides))
            place = StoredFile(path=relative, size_bytes=size_bytes, sides=beside)
            async with db.transaction() as session:
                if not await session.run_sync(queries.file_taken, relative):
                    return place if await _takes(session, id, place, finished, owner=owner) else None
    raise FileExistsError(finished.path)


async def _takes(session: AsyncSession, id: str, place: StoredFile, finished: Finished, *, owner: str) -> bool:
    info = finished.fetched.info
    picture = {"has_picture": True, "tone": finished.tone} if finished.has_picture else {}
    held = await work.renew(
        session,
        DownloadRow,
        id,
        owner=owner,
        lease=timedelta(minutes=10),
        stage=Stage.MOVING,
        file_path=place.path,
        size_bytes=place.size_bytes,
        side_files=list(place.sides),
        about=msgspec.to_builtins(info.about) | {"id": info.source_id},
        downloaded_bytes=place.size_bytes,
        total_bytes=place.size_bytes,
        warnings=list(finished.warnings),
        **picture,
        **_of_recording(id, info),
    )
    await _announce(session, id, events.DownloadChanged)
    return held


def _of_recording(id: str, info: Info) -> dict[str, Any]:
    """How long it became; its link leads to another broadcast the next time."""
    if not info.is_live:
        return {}
    return {"duration_s": info.duration_s, "broadcast": None, "source": f"{source_of(info)} recorded as {id}"}


async def broken(db: Database, shop: Workshop, turn: Turn, broken: Broken, *, owner: str) -> None:
    """Have it tried again later where that can help, else write it down as failed; nothing if the lease was lost."""
    id, wish = turn.id, broken.retry_after
    async with db.transaction() as session:
        asked = await manners.learnt(session, turn.site, broken.code, is_probe=turn.is_probe, retry_after=wish)
        download = await _get(session, id)
        if download is None or download.state is not State.RUNNING:
            return
        again = _next_try(broken, download, asked, is_probe=turn.is_probe, most=shop.settings.max_attempts)
        error = {"error_code": broken.code, "error_detail": broken.detail[:500], "stage": None, "file_path": None}
        if again:
            why, due = again
            state = states.after(download.state, Verb.POSTPONE)
            held = await work.release(
                session,
                DownloadRow,
                id,
                owner=owner,
                state=state,
                due_at=due,
                waits_for=why,
                attempts=_counted(download, why, is_probe=turn.is_probe),
                **error,
            )
            event = _event(events.DownloadWaiting, download, code=broken.code.value, until=due.isoformat())
        else:
            state = states.after(download.state, Verb.FAIL)
            now = clock.now()
            held = await work.release(session, DownloadRow, id, owner=owner, state=state, finished_at=now, **error)
            event = _event(events.DownloadFailed, download, code=broken.code.value)
        if held:
            await journal.record(session, event)


def _counted(download: Download, why: Wait, *, is_probe: bool) -> int:
    """How many attempts were its own: what finds out for all whether a site answers again does not pay for that."""
    if why is Wait.PREMIERE:
        return 0
    return max(0, download.attempts - (why is Wait.SITE and is_probe))


def _next_try(
    broken: Broken, download: Download, site: Site, *, is_probe: bool, most: int
) -> tuple[Wait, datetime] | None:
    """What it waits for, and until when: its site, the moment of a premiere, or a while that grows.

    None where that is hopeless, or was tried often enough.
    """
    if broken.code is ErrorCode.NOT_YET:
        if download.broadcast is Broadcast.ENDING:
            return None
        due = broadcasts.next_look(clock.now(), begins_at=download.begins_at, asked_at=download.created_at)
        return (Wait.PREMIERE, due) if due else None
    refuses_all = site.until if broken.code in TROUBLES else None
    if refuses_all and is_probe:
        return Wait.SITE, refuses_all
    if not failures.REMEDIES[broken.code].retryable or download.attempts >= most:
        return None
    if refuses_all:
        return Wait.SITE, refuses_all
    pause = work.pause_before(download.attempts, base=_FIRST_PAUSE, most=_LONGEST_PAUSE)
    pause = max(pause, broken.retry_after or timedelta(0))
    return Wait.RETRY, clock.now() + min(pause, timedelta(days=1))


async def recover(db: Database, workspace: Workspace, id: str) -> None:
    """Go on with what an earlier life was doing: finish a move that was under way, else queue it again."""
    async with db.transaction() as session:
        place = await session.run_sync(queries.place, id)
    if place is not None and await asyncio.to_thread(_is_there, workspace.media_dir, place):
        await _arrived(db, workspace, id, place)
        return
    async with db.transaction() as session:
        download = await _get(session, id)
        if download is None:
            return
        queued = states.after(download.state, Verb.REQUEUE) if download.state is State.RUNNING else download.state
        attempts = max(0, download.attempts - 1)
        await work.take_back(session, DownloadRow, id, state=queued, stage=None, file_path=None, attempts=attempts)
        await journal.record(session, _event(events.DownloadInterrupted, download))


def source_of(info: Info | Entry) -> str:
    """What a link leads to, the same for every way of writing it; a page that no extractor knows is its address."""
    is_known = info.extractor.lower() not in ("generic", "")
    return f"{info.extractor}:{info.source_id}" if is_known else info.webpage_url


async def _arrived(db: Database, workspace: Workspace, id: str, place: StoredFile) -> None:
    """The file is in its place: what goes beside it follows, and the download is completed."""
    out = workspace.work(id) / OUT
    sides = await placing.move_sides(out, workspace.media_dir, place.path, place.sides)
    await _completed(db, id, sides)
    await asyncio.to_thread(workspace.clear_work, id)


async def _completed(db: Database, id: str, sides: list[str]) -> None:
    async with db.transaction() as session:
        download = await _get(session, id)
        if download is None:
            return
        state = states.after(download.state, Verb.COMPLETE)
        done = {"state": state, "stage": None, "finished_at": clock.now(), "error_code": None, "error_detail": ""}
        await work.take_back(session, DownloadRow, id, side_files=sides, **done)
        size = download.progress.downloaded_bytes
        event = _event(events.DownloadFinished, download, size_bytes=size, warnings=list(download.warnings))
        await journal.record(session, event)


async def _know(session: AsyncSession, id: str, **known: Any) -> bool:
    """Whether it is still there to be known better."""
    download = await _get(session, id)
    if download is None:
        return False
    if download.broadcast is Broadcast.ENDING:
        known["broadcast"] = Broadcast.ENDING
    await manners.leads_to(session, urlsplit(download.url).hostname or "", known["site"])
    await session.execute(update(DownloadRow).where(DownloadRow.id == id).values(**known))
    await _announce(session, id, events.DownloadChanged)
    return True


async def _announce(session: AsyncSession, id: str, kind: type[events.DownloadEvent]) -> None:
    if download := await _get(session, id):
        await journal.record(session, _event(kind, download))


async def _get(session: AsyncSession, id: str) -> Download | None:
    return await session.run_sync(queries.by_id, id)


def _event(kind: type[events.DownloadEvent], download: Download, **facts: Any) -> events.DownloadEvent:
    return kind(
        actor=SYSTEM,
        subject_id=download.id,
        audience=rights.audience(download),
        title=download.title,
        owner_id=download.owner.id,
        **facts,
    )


def _is_there(media_dir: Path, place: StoredFile) -> bool:
    path = files.safe_join(media_dir, place.path)
    return path.is_file() and path.stat().st_size == place.size_bytes
