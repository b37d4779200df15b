"""The entries of a list become downloads, a few in one transaction: what is there already is skipped, plans hold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import bindparam, insert, update
from sqlalchemy.dialects.sqlite import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from medianest.core import clock
from medianest.core.security import new_id
from medianest.downloads.line import order
from medianest.downloads.lists import ledger, queries
from medianest.downloads.lists.ledger import Hold
from medianest.downloads.lists.queries import There
from medianest.downloads.lists.types import EntryFate, Playlist
from medianest.downloads.models import DownloadRow, FollowerRow, PlaylistEntryRow, PlaylistRow
from medianest.downloads.plans import quotas, usage
from medianest.downloads.plans.quotas import QuotaExceeded
from medianest.downloads.sites import queries as site_queries
from medianest.downloads.types import State

_BATCH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of an entry, and the download that brings it or brought it."""

    row: Any
    fate: EntryFate
    download_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The list as it is then; `full` is why it goes no further now, `is_done` says that nothing of it is left."""

    playlist: Playlist
    full: QuotaExceeded | None
    is_done: bool


async def queue_some(session: AsyncSession, hold: Hold) -> Step:
    """Queue the next entries of the list, as far as its owner's plan has room. Raises NotOurs."""
    playlist = await ledger.renew(session, hold)
    rows = await session.run_sync(queries.listed, hold.id, limit=_BATCH)
    names = {name for row in rows for name in (row.source, row.url)}
    there = await session.run_sync(queries.there, names, playlist.preset)
    room = quotas.room(await session.run_sync(usage.standings, playlist.owner.id))
    settled = _settle(rows, there, room)
    new = [one for one in settled if one.fate is EntryFate.QUEUED]
    await _insert(session, playlist, new)
    await _write_down(session, hold.id, settled)
    await _follow(session, playlist, there.values())
    values = {"queued": PlaylistRow.queued + len(new), "here": PlaylistRow.here + len(settled) - len(new)}
    after = await ledger.renew(session, hold, **values)
    full = await _full(session, playlist.owner.id) if len(settled) < len(rows) else None
    return Step(playlist=after, full=full, is_done=len(rows) < _BATCH and full is None)


def _settle(rows: Sequence[Any], there: Mapping[str, There], room: int | None) -> list[Settled]:
    """What becomes of the entries, up to the first for which there is no room."""
    settled: list[Settled] = []
    left = len(rows) if room is None else room
    for row in rows:
        if known := there.get(row.source) or there.get(row.url):
            settled.append(Settled(row=row, fate=EntryFate.HERE, download_id=known.id))
        elif left:
            left -= 1
            settled.append(Settled(row=row, fate=EntryFate.QUEUED, download_id=new_id()))
        else:
            break
    return settled


async def _insert(session: AsyncSession, playlist: Playlist, new: Sequence[Settled]) -> None:
    if not new:
        return
    end = await session.run_sync(order.end)
    sites = await session.run_sync(_sites, {one.row.url for one in new})
    same = {
        "preset": playlist.preset,
        "state": State.QUEUED,
        "owner_id": playlist.owner.id,
        "playlist_id": playlist.id,
        "created_at": clock.now(),
    }
    rows = [
        same | _of_entry(one) | {"site": sites[one.row.url], "position": end + n * order.GAP}
        for n, one in enumerate(new)
    ]
    await session.execute(insert(DownloadRow), rows)
    await usage.count(session, playlist.owner.id, [one.download_id for one in new])


def _of_entry(one: Settled) -> dict[str, Any]:
    row = one.row
    return {
        "id": one.download_id,
        "url": row.url,
        "source": row.source,
        "title": row.title,
        "duration_s": row.duration_s,
    }


def _sites(session: Session, urls: Iterable[str]) -> dict[str, str]:
    """The sites that these links lead to, as far as that is known."""
    hosts = {url: urlsplit(url).hostname or "" for url in urls}
    sites = {host: site_queries.site_of_host(session, host) for host in set(hosts.values())}
    return {url: sites[host] for url, host in hosts.items()}


async def _write_down(session: AsyncSession, id: str, settled: Sequence[Settled]) -> None:
    if not settled:
        return
    this = (PlaylistEntryRow.playlist_id == id) & (PlaylistEntryRow.number == bindparam("its_number"))
    told = (
        update(PlaylistEntryRow).where(this).values(fate=bindparam("its_fate"), download_id=bindparam("its_download"))
    )
    rows = [
        {"its_number": one.row.number, "its_fate": one.fate.value, "its_download": one.download_id} for one in settled
    ]
    await (await session.connection()).execute(told, rows)


async def _follow(session: AsyncSession, playlist: Playlist, there: Iterable[There]) -> None:
    """Who asked for what another has follows that, as with a single link."""
    owner = playlist.owner.id
    rows = [{"download_id": one.id, "user_id": owner} for one in there if one.owner_id != owner]
    if rows:
        await session.execute(insert_or(FollowerRow).on_conflict_do_nothing(), rows)


async def _full(session: AsyncSession, owner_id: str) -> QuotaExceeded | None:
    full = quotas.in_the_way(await session.run_sync(usage.standings, owner_id))
    return QuotaExceeded(full, now=clock.now()) if full else None
