"""What the expansion of a list writes down; each function is part of a short transaction of whoever holds the list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.core import clock, journal, outbound, work
from medianest.core.actor import SYSTEM
from medianest.core.config import DownloadsSettings
from medianest.downloads import events, failures
from medianest.downloads.errors import Refused
from medianest.downloads.ledger import source_of
from medianest.downloads.lists import queries, states
from medianest.downloads.lists.rights import audience_of_list
from medianest.downloads.lists.states import ListVerb
from medianest.downloads.lists.types import EntryFate, ListState, ListWait, Playlist
from medianest.downloads.models import DownloadRow, PlaylistEntryRow, PlaylistRow
from medianest.downloads.plans.quotas import QuotaExceeded
from medianest.downloads.protocol import Entry, Info
from medianest.downloads.sites.health import TROUBLES
from medianest.downloads.states import ACTIVE
from medianest.downloads.types import ErrorCode

LEASE = timedelta(minutes=5)
KEPT = timedelta(days=90)
_PURGED_MOST = 50
_AT_ONCE = 50
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=2)


class NotOurs(Exception):
    """Somebody stopped the list, or another life of the process has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A list in the hands of one life of the process."""

    id: str
    holder: str


Wanted = Mapping[str, object]
"""An entry that is wanted, as a row; which list it belongs to is added where it is written."""


def judged(entries: Sequence[Entry], settings: DownloadsSettings, *, in_order: bool) -> list[Wanted]:
    """Entries whose addresses are judged like pasted ones; they are queued by their numbers, or `in_order`.

    This takes its time, and is done in a thread. The proxy judges each connection again.
    """
    return [_judged(entry, rank if in_order else entry.number, settings) for rank, entry in enumerate(entries)]


def _judged(entry: Entry, rank: int, settings: DownloadsSettings) -> Wanted:
    trouble, url = entry.trouble, entry.webpage_url
    if trouble is None:
        try:
            url = str(outbound.check_url(url, settings.private_endpoints))
        except outbound.Refused as refused:
            trouble = ErrorCode(refused.code)
    return {
        "number": entry.number,
        "rank": rank,
        "source": source_of(entry) if url else f"#{entry.number}",
        "url": url,
        "title": entry.title,
        "duration_s": entry.duration_s,
        "fate": EntryFate.LISTED if trouble is None else EntryFate.UNAVAILABLE,
        "error_code": trouble,
    }


async def claim(session: AsyncSession, hold: Hold) -> Playlist | None:
    """Take the list; None if it is not to be had any more."""
    found = await session.run_sync(queries.by_id, hold.id)
    if found is None or found.state not in states.EXPANDING:
        return None
    state = states.after(found.state, ListVerb.GO_ON)
    fresh = {"state": state, "waits_for": None, "error_code": None, "error_detail": ""}
    taken = await work.claim(session, PlaylistRow, hold.id, owner=hold.holder, lease=LEASE, **fresh)
    return await session.run_sync(queries.by_id, hold.id) if taken else None


async def renew(session: AsyncSession, hold: Hold, **values: Any) -> Playlist:
    """The list as it is with `values`. Raises NotOurs where it is held no more."""
    if not await work.renew(session, PlaylistRow, hold.id, owner=hold.holder, lease=LEASE, **values):
        raise NotOurs
    found = await session.run_sync(queries.by_id, hold.id)
    assert found
    return found


async def describe(session: AsyncSession, hold: Hold, info: Info) -> Playlist:
    """Note what the list is, in the words of its site."""
    count = {} if info.entry_count is None else {"entry_count": info.entry_count}
    return await renew(session, hold, title=info.title, site=info.site, **count)


async def keep(
    session: AsyncSession,
    hold: Hold,
    wanted: Sequence[Wanted],
    **values: Any,
) -> Playlist:
    """Note the entries that are wanted."""
    written = await write(session, hold.id, wanted)
    sums = {name: getattr(PlaylistRow, name) + number for name, number in written.items()}
    return await renew(session, hold, **sums, **values)


async def write(session: AsyncSession, id: str, wanted: Sequence[Wanted]) -> dict[str, int]:
    """Write down the entries that were not; how many were `chosen` by that, and of these are `unavailable`."""
    counted = {"chosen": 0, "unavailable": 0}
    for start in range(0, len(wanted), _AT_ONCE):
        rows = wanted[start : start + _AT_ONCE]
        known = await session.run_sync(queries.known_sources, id, [str(row["source"]) for row in rows])
        new = {row["source"]: {**row, "playlist_id": id} for row in reversed(rows) if row["source"] not in known}
        if new:
            await session.execute(insert(PlaylistEntryRow), list(new.values()))
        counted["chosen"] += len(new)
        counted["unavailable"] += sum(row["fate"] is EntryFate.UNAVAILABLE for row in new.values())
    return counted


async def complete(session: AsyncSession, hold: Hold) -> None:
    """All that was chosen of it was looked at."""
    found = await renew(session, hold)
    state = states.after(found.state, ListVerb.COMPLETE)
    await work.release(session, PlaylistRow, hold.id, owner=hold.holder, state=state, finished_at=clock.now())
    facts = {"n": found.queued, "here": found.here, "unavailable": found.unavailable}
    await _tell(session, events.PlaylistCompleted, found, **facts)


async def wait_for_room(session: AsyncSession, hold: Hold, full: QuotaExceeded) -> None:
    """The rest waits until its owner's plan has room for more."""
    due = clock.now() + full.retry_after if full.retry_after else None
    await _postpone(session, hold, ListWait.ROOM, due)


async def go_on(session: AsyncSession, id: str) -> None:
    """What a waiting list waited for is there."""
    waiting = (PlaylistRow.id == id) & (PlaylistRow.state == ListState.WAITING)
    await session.execute(update(PlaylistRow).where(waiting).values(due_at=clock.now(), waits_for=None))


async def broken(session: AsyncSession, hold: Hold, refused: Refused, *, attempts_most: int) -> None:
    """Have it tried again later where that can help, else write it down as failed."""
    found = await renew(session, hold)
    code = ErrorCode(refused.code)
    error = {"error_code": code, "error_detail": str(refused.facts.get("detail", ""))[:500]}
    if failures.REMEDIES[code].retryable and found.attempts < attempts_most:
        pause = work.pause_before(found.attempts, base=_FIRST_PAUSE, most=_LONGEST_PAUSE)
        due = clock.now() + max(pause, refused.retry_after or timedelta(0))
        why = ListWait.SITE if code in TROUBLES else ListWait.RETRY
        await _postpone(session, hold, why, due, **error)
        return
    state = states.after(found.state, ListVerb.FAIL)
    await work.release(session, PlaylistRow, hold.id, owner=hold.holder, state=state, finished_at=clock.now(), **error)
    await _tell(session, events.PlaylistFailed, found, code=code.value)


async def _postpone(session: AsyncSession, hold: Hold, why: ListWait, due: datetime | None, **error: Any) -> None:
    found = await renew(session, hold)
    state = states.after(found.state, ListVerb.POSTPONE)
    values = {"state": state, "waits_for": why, "due_at": due, **error}
    await work.release(session, PlaylistRow, hold.id, owner=hold.holder, **values)
    until = due.isoformat() if due else None
    await _tell(session, events.PlaylistWaiting, found, why=why.value, until=until)


async def _tell(session: AsyncSession, kind: type[events.PlaylistEvent], playlist: Playlist, **facts: Any) -> None:
    audience = audience_of_list(playlist.owner.id)
    about = {"subject_id": playlist.id, "title": playlist.title, "owner_id": playlist.owner.id}
    await journal.record(session, kind(actor=SYSTEM, audience=audience, **about, **facts))


async def hand_over(session: AsyncSession, gone: str, heir: str) -> None:
    """Stop the lists of somebody who left, and give all of theirs to the heir."""
    its = PlaylistRow.owner_id == gone
    over = {"state": ListState.STOPPED, "waits_for": None, "due_at": None, "lease_owner": None, "lease_until": None}
    expanding = its & PlaylistRow.state.in_(states.EXPANDING)
    await session.execute(update(PlaylistRow).where(expanding).values(**over, finished_at=clock.now()))
    await session.execute(update(PlaylistRow).where(its).values(owner_id=heir))


async def purge(session: AsyncSession) -> int:
    """Forget lists that were over long ago and of which nothing is under way; returns how many."""
    old = PlaylistRow.finished_at <= clock.now() - KEPT
    its = DownloadRow.playlist_id == PlaylistRow.id
    busy = select(DownloadRow.id).where(its, DownloadRow.state.in_(ACTIVE))
    ids = list(await session.scalars(select(PlaylistRow.id).where(old, ~busy.exists()).limit(_PURGED_MOST)))
    await session.execute(update(DownloadRow).where(DownloadRow.playlist_id.in_(ids)).values(playlist_id=None))
    await session.execute(delete(PlaylistRow).where(PlaylistRow.id.in_(ids)))
    return len(ids)
