"""The verbs of lists: asking for one, stopping it."""

import asyncio
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.core import clock, journal, work
from medianest.core.actor import Actor
from medianest.core.db import Database
from medianest.core.errors import Forbidden
from medianest.core.i18n import msg
from medianest.core.outbound import Url
from medianest.core.security import new_id
from medianest.downloads import events, presets, states
from medianest.downloads.errors import NotAList
from medianest.downloads.links import door, pasted
from medianest.downloads.links.previews import Previews, Seen, columns_of
from medianest.downloads.lists import ledger, queries
from medianest.downloads.lists import states as playlist_states
from medianest.downloads.lists.choice import chosen
from medianest.downloads.lists.expander import Expander
from medianest.downloads.lists.ledger import Wanted
from medianest.downloads.lists.rights import audience_of_list, controls_list
from medianest.downloads.lists.states import ListVerb
from medianest.downloads.lists.types import Choice, Leftovers, ListState, Playlist
from medianest.downloads.models import DownloadRow, FollowerRow, PlaylistRow
from medianest.downloads.plans import quotas, usage
from medianest.downloads.plans.quotas import QuotaExceeded
from medianest.downloads.states import Verb
from medianest.downloads.types import State
from medianest.downloads.workshop import Workshop

_EVERYTHING = Choice()
_IN_LINE = (State.QUEUED, State.WAITING, State.PAUSED)


class Playlists:
    """What faces call to have lists expanded, and no further."""

    def __init__(self, db: Database, shop: Workshop, previews: Previews, expander: Expander) -> None:
        self._db = db
        self._shop = shop
        self._previews = previews
        self._expander = expander

    async def ask(
        self,
        actor: Actor,
        url: str,
        *,
        preset: str | None = None,
        choice: Choice = _EVERYTHING,
        preview_id: str | None = None,
    ) -> Playlist:
        """Have what is chosen of the list queued in the background; of a link that names a video too, the list.

        What a preview showed need not be read again. Raises Refused, Forbidden, QuotaExceeded where there is no room
        for a single one.
        """
        door.admit(actor)
        preset = presets.chosen(self._shop.settings, actor, preset)
        both = pasted.both_in(url)
        checked = await door.check(both.playlist if both else url, self._shop.settings)
        seen = self._previews.find(preview_id, owner_id=actor.id) if preview_id else None
        if seen and seen.url != str(checked):
            seen = None
        if seen and not seen.info.is_playlist:
            raise NotAList
        wanted = await self._judged(choice, seen)
        row = {
            "id": new_id(),
            "url": str(checked),
            "preset": preset,
            "choice": {"entries": choice.entries, "newest": choice.newest},
            "state": ListState.EXPANDING,
            "owner_id": actor.id,
            "created_at": clock.now(),
        }
        about = _known(seen) if seen else _guessed(checked)
        async with self._db.transaction() as session:
            if full := quotas.in_the_way(await session.run_sync(usage.standings, actor.id or "")):
                raise QuotaExceeded(full, now=clock.now())
            playlist = await _begun(session, actor, row | about, wanted)
            await _record(session, actor, events.PlaylistAsked, playlist, preset=preset)
        return playlist

    async def stop(self, actor: Actor, id: str, *, leftovers: Leftovers = Leftovers.KEEP) -> Playlist:
        """Queue nothing more of it; what it has in line is kept, or cancelled where nobody else follows it.

        What runs goes on. Raises NoPlaylist, Forbidden, Conflict `wrong_state`.
        """
        async with self._db.transaction() as session:
            playlist = await session.run_sync(queries.one, actor, id)
            if not controls_list(actor, playlist):
                raise Forbidden(msg("downloads.list_not_yours"))
            state = playlist_states.after(playlist.state, ListVerb.STOP)
            over = {"state": state, "waits_for": None, "due_at": None, "finished_at": clock.now()}
            await work.take_back(session, PlaylistRow, id, **over)
            gone = await _cancel_in_line(session, playlist) if leftovers is Leftovers.CANCEL else []
            await _record(session, actor, events.PlaylistStopped, playlist, n=len(gone))
            playlist = await session.run_sync(queries.one, actor, id)
        await self._expander.stop(id)
        await asyncio.to_thread(self._clear, gone)
        return playlist

    async def _judged(self, choice: Choice, seen: Seen | None) -> list[Wanted] | None:
        """Where the first entries tell all that is wanted, the list need not be asked for again."""
        wanted = chosen(choice, seen.entries, is_whole=seen.is_whole) if seen else None
        if wanted is None:
            return None
        in_order = choice.newest is not None
        return await asyncio.to_thread(ledger.judged, wanted, self._shop.settings, in_order=in_order)

    def _clear(self, ids: list[str]) -> None:
        for id in ids:
            self._shop.workspace.clear_work(id)


def _known(seen: Seen) -> dict[str, Any]:
    known = {"site": seen.info.site, "title": seen.info.title, "entry_count": seen.info.entry_count}
    return known | {"read": len(seen.entries) if seen.is_whole else 0}


def _guessed(url: Url) -> dict[str, Any]:
    return {name: value for name, value in columns_of(url).items() if name in ("site", "title")}


async def _begun(session: AsyncSession, actor: Actor, row: dict[str, Any], wanted: list[Wanted] | None) -> Playlist:
    """The new list, with all that is `wanted` of it where that is known."""
    await session.execute(insert(PlaylistRow).values(**row))
    if wanted is not None:
        counted = await ledger.write(session, row["id"], wanted)
        values = {"is_read": True, **counted}
        await session.execute(update(PlaylistRow).where(PlaylistRow.id == row["id"]).values(**values))
    return await session.run_sync(queries.one, actor, row["id"])


async def _cancel_in_line(session: AsyncSession, playlist: Playlist) -> list[str]:
    """Cancel what the list has in line and nobody else follows; returns the ids."""
    row = DownloadRow
    followed = select(FollowerRow.download_id).where(FollowerRow.download_id == row.id)
    its = (row.playlist_id == playlist.id) & (row.owner_id == playlist.owner.id) & row.state.in_(_IN_LINE)
    freed = {"waits_for": None, "due_at": None, "stage": None, "finished_at": clock.now()}
    state = states.after(State.QUEUED, Verb.CANCEL)
    statement = update(row).where(its, ~followed.exists()).values(state=state, **freed).returning(row.id)
    gone = await session.execute(statement.execution_options(synchronize_session=False))
    return list(gone.scalars())


async def _record(
    session: AsyncSession, actor: Actor, kind: type[events.PlaylistEvent], playlist: Playlist, **facts: Any
) -> None:
    audience = audience_of_list(playlist.owner.id)
    about = {"subject_id": playlist.id, "title": playlist.title, "owner_id": playlist.owner.id}
    await journal.record(session, kind(actor=actor, audience=audience, **about, **facts))
