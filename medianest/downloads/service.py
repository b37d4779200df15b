"""The queue's verbs: preview, enqueue, and what a person may do with a download."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.core import clock, files
from medianest.core.actor import Actor
from medianest.core.db import Database
from medianest.core.errors import Conflict, Forbidden, NotFound
from medianest.core.i18n import msg
from medianest.core.live import Live
from medianest.core.outbound import Url
from medianest.core.security import new_id
from medianest.downloads import events, presets, queries, rights, states, subjects
from medianest.downloads.errors import NoDownload, Refused
from medianest.downloads.failed import Failed
from medianest.downloads.files import joblog
from medianest.downloads.ledger import source_of
from medianest.downloads.line import order
from medianest.downloads.line.order import Order
from medianest.downloads.links import beginning, door, pasted
from medianest.downloads.links.previews import Previews, Seen, columns_of
from medianest.downloads.links.several import Several
from medianest.downloads.lists import queries as playlist_queries
from medianest.downloads.lists.expander import Expander
from medianest.downloads.lists.playlists import Playlists
from medianest.downloads.models import DownloadRow, FollowerRow
from medianest.downloads.plans import usage
from medianest.downloads.presets import Offer
from medianest.downloads.sites import queries as site_queries
from medianest.downloads.sites.manners import Sites
from medianest.downloads.states import Verb
from medianest.downloads.types import Broadcast, Download, ErrorCode, Preview, State, Tick
from medianest.downloads.workers import SIGNAL, Workers
from medianest.downloads.workshop import Workshop


class Downloads:
    """What faces and other features call to change the queue."""

    def __init__(self, db: Database, live: Live, shop: Workshop, workers: Workers, expander: Expander) -> None:
        self._db = db
        self._live = live
        self._shop = shop
        self._workers = workers
        self._previews = Previews(shop)
        self.sites = Sites(db)
        self.order = Order(db)
        self.failed = Failed(db, retry=self.retry, delete=self.delete)
        self.playlists = Playlists(db, shop, self._previews, expander)
        self.several = Several(shop, self.enqueue)
        self.cookies = shop.cookies

    def presets(self, actor: Actor) -> list[Offer]:
        """The presets that this actor may choose, the best first."""
        return presets.offers(self._shop.settings, actor)

    def rate_now(self) -> int | None:
        """How many bytes a second all downloads together may fetch now; None is as many as come."""
        return self._shop.rate_at(clock.now())

    async def preview(self, actor: Actor, url: str) -> Preview:
        """What the link is, without queueing it. Raises Refused, Forbidden, TooMany."""
        door.admit(actor)
        both = pasted.both_in(url)
        checked = await door.check(url, self._shop.settings)
        async with self.sites.asked(checked.host):
            seen = await self._previews.look(str(checked), owner_id=actor.id)
        here = await self._db.read(playlist_queries.here, [source_of(entry) for entry in seen.entries])
        duplicate = await self._db.read(queries.any_of_source, seen.sources)
        standings = await self._db.read(usage.standings, actor.id or "")
        preset = presets.chosen(self._shop.settings, actor, None)
        found = seen.preview(preset, duplicate_of=duplicate, standings=standings, here=here)
        return replace(found, playlist_url=both.playlist) if both and not found.is_playlist else found

    async def enqueue(
        self, actor: Actor, url: str, *, preset: str | None = None, priority: int = 0, preview_id: str | None = None
    ) -> tuple[Download, bool]:
        """Queue the link; what is there already gets the actor as a follower, whatever their plan.

        Returns it, and whether it is new. Raises Refused, Forbidden, QuotaExceeded.
        """
        door.admit(actor)
        preset = presets.chosen(self._shop.settings, actor, preset)
        checked = await door.check(url, self._shop.settings)
        seen = self._previews.find(preview_id, owner_id=actor.id) if preview_id else None
        if seen and seen.url != str(checked):
            seen = None
        if seen and seen.info.is_playlist:
            raise Refused(ErrorCode.UNSUPPORTED_URL)
        id, sources = new_id(), seen.sources if seen else frozenset({str(checked)})
        async with (
            beginning.pictured(self._db, self._shop.workspace, seen, id),
            self._db.transaction() as session,
        ):
            there = await session.run_sync(queries.same_source, sources, preset)
            there = there or await session.run_sync(queries.under_way, str(checked), preset)
            if there:
                return await self._follow(session, actor, there), False
            return await self._insert(session, actor, id, checked, preset, priority, seen), True

    async def pause(self, actor: Actor, id: str) -> Download:
        """Stop it for now; what was fetched is kept. Raises NoDownload, Forbidden, Conflict `wrong_state`."""
        return await self._stop(actor, id, Verb.PAUSE, events.DownloadPaused)

    async def cancel(self, actor: Actor, id: str) -> Download:
        """Stop it for good and remove what was fetched; an owner whom others follow leaves it to them."""
        if handed_over := await self._left_to_followers(actor, id):
            return handed_over
        download = await self._stop(actor, id, Verb.CANCEL, events.DownloadCancelled, finished_at=clock.now())
        await asyncio.to_thread(self._shop.workspace.clear_work, id)
        return download

    async def resume(self, actor: Actor, id: str) -> Download:
        return await self._change_state(actor, id, Verb.RESUME, events.DownloadResumed)

    async def retry(self, actor: Actor, id: str) -> Download:
        """Queue a failed, cancelled or waiting download again, with fresh attempts.

        Raises Conflict `already_there`, and QuotaExceeded where the owner's plan has no room for it.
        """
        fresh = {"attempts": 0, "finished_at": None, "error_code": None, "error_detail": "", "due_at": None}
        return await self._change_state(actor, id, Verb.RETRY, events.DownloadRetried, **fresh)

    async def finish(self, actor: Actor, id: str) -> Download:
        """Be content with what is recorded of a broadcast by now; again, it changes nothing.

        Raises NoDownload, Forbidden, Conflict `wrong_state` where nothing is recorded.
        """
        async with self._db.transaction() as session:
            download = await subjects.controlled(session, actor, id)
            states.after(download.state, Verb.FINISH)
            if download.broadcast not in (Broadcast.LIVE, Broadcast.ENDING):
                raise states.wrong(download.state, Verb.FINISH)
            if download.broadcast is Broadcast.LIVE:
                ending = update(DownloadRow).where(DownloadRow.id == id).values(broadcast=Broadcast.ENDING)
                await session.execute(ending)
                await subjects.record(session, actor, events.DownloadEnding, download)
            download = self.with_progress(await subjects.known(session, id))
        await self._workers.finish(id)
        return download

    async def delete(self, actor: Actor, id: str, *, keep_file: bool = True) -> None:
        """Remove it from the list; a follower only stops following, an owner with followers hands it over."""
        async with self._db.transaction() as session:
            download = await session.run_sync(queries.one, actor, id)
            if not rights.controls(actor, download):
                await self._unfollow(session, actor, download)
                return
            if await self._hand_over(session, actor, download):
                return
            await session.execute(delete(DownloadRow).where(DownloadRow.id == id))
            await subjects.record(session, actor, events.DownloadDeleted, download, file_deleted=not keep_file)
        await self._workers.stop(id)
        await asyncio.to_thread(self._shop.workspace.forget, id)
        if download.file and not keep_file:
            for relative in (download.file.path, *download.file.sides):
                path = files.safe_join(self._shop.workspace.media_dir, relative)
                await asyncio.to_thread(path.unlink, missing_ok=True)

    async def log(self, actor: Actor, id: str) -> str:
        """The whole log of the download, without secrets."""
        download = await self._db.read(queries.one, actor, id)
        if not rights.controls(actor, download):
            raise Forbidden(msg("downloads.not_yours"))
        return await asyncio.to_thread(joblog.read, self._shop.workspace.log(download.id))

    async def file_path(self, actor: Actor, id: str) -> Path:
        """Where the finished file lies. Raises NoDownload, Forbidden, NotFound where it is gone."""
        download = await self._db.read(queries.one, actor, id)
        if not rights.reads(actor, download):
            raise Forbidden(msg("downloads.not_yours"))
        if download.file:
            path = files.safe_join(self._shop.workspace.media_dir, download.file.path)
            if await asyncio.to_thread(path.is_file):
                return path
        raise NotFound(msg("downloads.no_file"), code="no_file")

    async def picture_path(self, actor: Actor, id: str) -> Path:
        download = await self._db.read(queries.one, actor, id)
        return _existing(await asyncio.to_thread(self._shop.workspace.picture, download.id))

    def artwork(self, id: str) -> Path | None:
        """Where the picture of a download lies, whoever asks."""
        return self._shop.workspace.picture(id)

    async def preview_picture(self, actor: Actor, preview_id: str) -> Path:
        seen = self._previews.find(preview_id, owner_id=actor.id)
        if seen is None:
            raise NoDownload
        return _existing(await asyncio.to_thread(self._previews.picture, preview_id))

    def with_progress(self, download: Download) -> Download:
        """The download as it is this moment: its preset by the name that it has now, how far it is where it runs."""
        download = presets.named(self._shop.settings, download)
        signal = self._live.latest(SIGNAL, download.id)
        if download.state is not State.RUNNING or signal is None or not isinstance(signal.data, Tick):
            return download
        stage = download.stage if download.stage is not None and download.stage == "moving" else signal.data.stage
        return replace(download, progress=signal.data.progress, stage=stage)

    async def _insert(
        self, session: AsyncSession, actor: Actor, id: str, url: Url, preset: str, priority: int, seen: Seen | None
    ) -> Download:
        await usage.begin(session, actor.id or "", id)
        position = await session.run_sync(order.end)
        site = await session.run_sync(site_queries.site_of_host, url.host)
        known = seen.columns(preset) if seen else columns_of(url) | {"site": site}
        row = {"id": id, "url": str(url), "preset": preset, "priority": priority, "position": position, "attempts": 0}
        state = {
            "state": State.QUEUED,
            "rank": rights.rank(actor, priority),
            "owner_id": actor.id,
            "created_at": clock.now(),
        }
        await session.execute(insert(DownloadRow).values(**row, **state, **known))
        if seen:
            self._previews.hand_over(seen, id)
        download = await subjects.known(session, id)
        await subjects.record(session, actor, events.DownloadQueued, download, preset=preset)
        return download

    async def _follow(self, session: AsyncSession, actor: Actor, id: str) -> Download:
        download = await subjects.known(session, id)
        if actor.id and download.owner.id != actor.id and not rights.follows(actor, download):
            await session.execute(insert(FollowerRow).values(download_id=id, user_id=actor.id))
            download = await subjects.known(session, id)
            await subjects.record(session, actor, events.DownloadFollowed, download)
        return download

    async def _unfollow(self, session: AsyncSession, actor: Actor, download: Download) -> None:
        if not rights.follows(actor, download):
            raise Forbidden(msg("downloads.not_yours"))
        mine = (FollowerRow.download_id == download.id) & (FollowerRow.user_id == actor.id)
        await session.execute(delete(FollowerRow).where(mine))
        await subjects.record(session, actor, events.DownloadChanged, download)

    async def _left_to_followers(self, actor: Actor, id: str) -> Download | None:
        """The download as it goes on for who follows it; None where nobody else does."""
        async with self._db.transaction() as session:
            download = await subjects.controlled(session, actor, id)
            states.after(download.state, Verb.CANCEL)
            if not await self._hand_over(session, actor, download):
                return None
            return self.with_progress(await subjects.known(session, id))

    async def _hand_over(self, session: AsyncSession, actor: Actor, download: Download) -> bool:
        """Whether it was the actor's own, and there was another one who follows it and has it now."""
        heir = next((person.id for person in download.followers if person.id != download.owner.id), None)
        if heir is None or download.owner.id != actor.id:
            return False
        gone = (FollowerRow.download_id == download.id) & (FollowerRow.user_id == heir)
        await session.execute(delete(FollowerRow).where(gone))
        await session.execute(update(DownloadRow).where(DownloadRow.id == download.id).values(owner_id=heir))
        await subjects.record(session, actor, events.DownloadChanged, await subjects.known(session, download.id))
        return True

    async def _stop(
        self, actor: Actor, id: str, verb: Verb, kind: type[events.DownloadEvent], **values: Any
    ) -> Download:
        freed = {"lease_owner": None, "lease_until": None, "stage": None, "due_at": None}
        download = await self._change_state(actor, id, verb, kind, **freed, **values)
        await self._workers.stop(id)
        return download

    async def _change_state(
        self, actor: Actor, id: str, verb: Verb, kind: type[events.DownloadEvent], **values: Any
    ) -> Download:
        async with self._db.transaction() as session:
            download = self.with_progress(await subjects.controlled(session, actor, id))
            state = states.after(download.state, verb)
            if verb is Verb.RETRY and download.state in states.SETTLED:
                await _begin_again(session, download)
            if verb is Verb.RETRY and download.broadcast is Broadcast.ENDING:
                values["broadcast"] = Broadcast.LIVE
            done = download.progress
            how_far = {"downloaded_bytes": done.downloaded_bytes, "total_bytes": done.total_bytes, "waits_for": None}
            statement = update(DownloadRow).where(DownloadRow.id == id).values(state=state, **how_far, **values)
            await session.execute(statement)
            await subjects.record(session, actor, kind, download)
            return await subjects.known(session, id)


async def _begin_again(session: AsyncSession, download: Download) -> None:
    if await session.run_sync(queries.rival, download.id):
        raise Conflict(msg("downloads.already_there"), code="already_there")
    await usage.begin(session, download.owner.id, download.id)


def _existing(path: Path | None) -> Path:
    if path is None:
        raise NoDownload
    return path
