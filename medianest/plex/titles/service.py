"""What is on the Plex server, for whoever may see it: the one object through which the rest of the house asks."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from medianest.core import clock, security
from medianest.core.actor import Actor
from medianest.core.db import Database
from medianest.core.errors import NotFound, Unavailable
from medianest.core.i18n import Message, msg
from medianest.core.paging import Page
from medianest.core.resilience import Health
from medianest.core.security import derive, load_or_create_key, same
from medianest.plex.models import InstallationRow
from medianest.plex.titles import links, notices, queries
from medianest.plex.titles.connection import ClientId, Connection, CurrentServer
from medianest.plex.titles.continuing import Continued, Continuing
from medianest.plex.titles.errors import NoTitle
from medianest.plex.titles.index import Written
from medianest.plex.titles.intake import Intake
from medianest.plex.titles.links import Watch
from medianest.plex.titles.notices import Notice
from medianest.plex.titles.patience import Patience
from medianest.plex.titles.scans import Scans
from medianest.plex.titles.sync import Sync
from medianest.plex.titles.types import Holding, Item, Kind, Season, Wanted
from medianest.plex.titles.viewers import TokenOf, Viewers
from medianest.plex.titles.watcher import Watcher

SEARCHED_MOST = 50
CONNECTED_BY = frozenset({InstallationRow.__tablename__})
"""The tables that say which server is connected."""
_WEBHOOK = "plex webhook"
_SECRET_LETTERS = 40
_LOOKS_APART_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How it stands with the server: `name` is None where none is connected, and empty where none was found yet.

    `as_of` is how old the index may be; `away_since` is when it was noticed that the server is away.
    """

    name: str | None
    machine_id: str | None
    as_of: datetime | None
    is_away: bool
    away_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """An item with its seasons, if it has any, and where it is watched."""

    item: Item
    seasons: Sequence[Season]
    watch: Watch | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is asked of the house: the server, our name there, and whose token is whose.

    `current_server` may ask at an address who answers there, `known_server` asks nobody; `app_url` is the site on which
    Plex plays; `key_file` is what the webhook's secret is made from.
    """

    current_server: CurrentServer
    known_server: CurrentServer
    client_id: ClientId
    token_of: TokenOf
    app_url: str
    key_file: Path


class Titles:
    """Reads come from the index; what only the server knows is asked of it, within its limits."""

    def __init__(
        self,
        db: Database,
        at: Surroundings,
        *,
        path_map: Callable[[], Mapping[str, str]] = dict,
        on_change: Callable[[], None] = lambda: None,
        gather_s: float = 1.0,
        patience_s: float = 3.0,
    ) -> None:
        """`on_change` is told when the server is away, when it is back, and when the index is another one.

        `patience_s` is how long a page waits for the server.
        """
        self._db = db
        self._at = at
        self._on_change = on_change
        self._connection = Connection(at.current_server, at.client_id, on_change)
        self._viewers = Viewers(db, self._connection, at.token_of)
        self._continuing = Continuing(self._connection, self._viewers)
        self._patience = Patience()
        self._look_after_s = 0.0
        self.patience_s = patience_s
        self._turn = asyncio.Lock()
        self.intake = Intake(self._take, gather_s=gather_s)
        self.watcher = Watcher(self._connection, self.intake.tell)
        self.scans = Scans(db, self._connection, path_map, owner=security.new_id())

    @property
    def is_connected(self) -> bool:
        """Whether there is a server to be asked."""
        return self._connection.is_made

    @property
    def health(self) -> Health:
        """How the link to the server is."""
        return self._connection.health

    async def standing(self) -> Standing:
        return await self._standing(self._connection.server)

    async def standing_at_once(self) -> Standing:
        """The same without asking anybody: an address whose server nobody knows yet counts as one that is away."""
        return await self._standing(self._at.known_server)

    async def sections(self, actor: Actor) -> Sequence[Holding]:
        """The sections that somebody sees."""
        return await self._db.read(queries.sections, await self._viewers.view(actor))

    async def recent(
        self, actor: Actor, *, section: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> Page[Item]:
        """Films and episodes, the newest first."""
        view = await self._viewers.view(actor)
        page = await self._db.read(queries.recent, view, section=section, cursor=cursor, limit=limit)
        return Page(items=await self._viewers.shown(actor, view, page.items), next_cursor=page.next_cursor)

    async def recent_at_once(self, actor: Actor, *, limit: int = 50) -> Sequence[Item] | None:
        """The newest, or None where the server would have to be asked what somebody sees."""
        view = await self._viewers.known_view(actor)
        return None if view is None else (await self._db.read(queries.recent, view, limit=limit)).items

    async def arrived_at_once(self, actor: Actor, since: datetime, until: datetime, *, limit: int) -> Sequence[str]:
        """The titles of what came then; none where no server is, or only it could tell what somebody sees."""
        is_none = (await self.standing_at_once()).name is None
        view = None if is_none else await self._viewers.known_view(actor, lately=True)
        return () if view is None else await self._db.read(queries.arrived, view, since, until, limit=limit)

    async def recent_in_time(self, actor: Actor, *, limit: int = 50) -> Page[Item]:
        """The same as `recent` for who looks at a page. Raises StillAsking, too."""

        async def ask() -> Page[Item]:
            await self._connection.server()
            return await self.recent(actor, limit=limit)

        self._look_whether_back()
        key = ("recent", actor.id, actor.role, await self._viewers.token(actor), limit)
        return await self._patience.answer(key, ask, within_s=self.patience_s)

    async def is_linked(self, actor: Actor) -> bool:
        """Whether the server knows who somebody is."""
        return await self._viewers.token(actor) is not None

    async def listing(self, actor: Actor, section: str, *, cursor: str | None = None, limit: int = 50) -> Page[Item]:
        """The films or shows of a section, by title."""
        view = await self._viewers.view(actor)
        page = await self._db.read(queries.listing, view, section, cursor=cursor, limit=limit)
        return Page(items=await self._viewers.shown(actor, view, page.items), next_cursor=page.next_cursor)

    async def search(self, actor: Actor, text: str, *, limit: int = 20) -> Sequence[Item]:
        """What is called so."""
        view = await self._viewers.view(actor)
        found = await self._db.read(queries.search, view, text, limit=min(limit, SEARCHED_MOST))
        return await self._viewers.shown(actor, view, found)

    async def title(self, actor: Actor, key: str) -> Title:
        """One title with all that belongs to it. Raises NoTitle, also for what somebody may not see."""
        view = await self._viewers.view(actor)
        item = await self._db.read(queries.by_key, view, key)
        if item is None or not await self._viewers.shown(actor, view, [item]):
            raise NoTitle(msg("titles.no_title"))
        seasons = await self._db.read(queries.seasons, key) if item.kind is Kind.SHOW else ()
        return Title(item=item, seasons=seasons, watch=(await self.watch([key]))[0])

    async def begun(self, actor: Actor) -> Continued:
        """What somebody is in the midst of. Raises Unavailable where the server is away and nothing is known."""
        return await self._continuing.of(actor)

    async def begun_in_time(self, actor: Actor) -> Continued:
        """The same for who looks at a page. Raises StillAsking, too."""
        self._look_whether_back()
        key = ("begun", actor.id, await self._viewers.token(actor))
        return await self._patience.answer(key, lambda: self.begun(actor), within_s=self.patience_s)

    async def begun_at_once(self, actor: Actor) -> Continued | None:
        """What somebody was in the midst of when the server was asked last; None where it was not."""
        return await self._continuing.known(actor)

    async def present(self, actor: Actor, wanted: Sequence[Wanted]) -> Sequence[Item | None]:
        """For each title the film or show on the server that it is.

        Nobody is asked: what somebody saw today counts, and what only the server could tell counts as no.
        """
        view = await self._viewers.known_view(actor, lately=True) if wanted and self.is_connected else None
        if view is None:
            return [None] * len(wanted)
        parts = [wanted[start : start + queries.WANTED_MOST] for start in range(0, len(wanted), queries.WANTED_MOST)]
        found = [await self._db.read(queries.present, view, part) for part in parts]
        return [item for part in found for item in part]

    async def watch(self, keys: Sequence[str]) -> Sequence[Watch | None]:
        """Where items are watched; None while it is not known which server it is."""
        machine_id = (await self.standing()).machine_id
        return [links.watch(self._at.app_url, machine_id, key) if machine_id else None for key in keys]

    async def refresh(self, *, wholly: bool = False) -> Message | None:
        """Make the index true to the server; returns what that came to. Raises Unavailable."""
        if await self._connection.server() is None:
            return None
        async with self._turn:
            written = await (await self._sync()).refresh(wholly=wholly)
        self._tell(written)
        return msg("titles.refreshed", **asdict(written)) if written else None

    def webhook_secret(self) -> str:
        """The last part of the address to which the server may post."""
        return derive(load_or_create_key(self._at.key_file), _WEBHOOK).hex()[:_SECRET_LETTERS]

    def check_webhook(self, secret: str) -> None:
        """Raises NotFound for an address that is not the webhook's."""
        if not same(secret, self.webhook_secret()):
            raise NotFound(msg("titles.no_webhook"))

    async def take_webhook(self, payload: str) -> None:
        """Heed soon what the server posted; of another server it is nothing."""
        server = await self._connection.server()
        if server:
            self.intake.tell(notices.of_webhook(payload, server.machine_id))

    def runs(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """What runs by itself, by its name."""
        return {"plex": self.watcher.run, "plex news": self.intake.run, "plex scans": self.scans.run}

    async def start(self) -> None:
        """From now on another server is followed as soon as it is chosen."""
        self._db.after_commit(self._look_around)

    async def stop(self) -> None:
        await self._patience.stop()
        await self._connection.close()

    def _look_around(self, tables: frozenset[str]) -> None:
        if tables & CONNECTED_BY:
            self.watcher.nudge()

    async def _standing(self, current: CurrentServer) -> Standing:
        as_of = await self._db.read(queries.as_of)
        try:
            server = await current()
        except Unavailable:
            return Standing(name="", machine_id=None, as_of=as_of, is_away=True)
        return Standing(
            name=server.name if server else None,
            machine_id=server.machine_id if server else None,
            as_of=as_of,
            is_away=self._connection.is_away,
            away_since=self._connection.away_since,
        )

    def _look_whether_back(self) -> None:
        """Somebody wants it now; by itself that is looked at more and more rarely."""
        if self._connection.is_away and clock.monotonic() >= self._look_after_s:
            self._look_after_s = clock.monotonic() + _LOOKS_APART_S
            self._connection.look_soon()
            self.watcher.nudge()

    async def _take(self, notice: Notice) -> None:
        if notice.watched:
            self._continuing.forget()
        if notice.is_flood or (notice.scanned and not notice.keys):
            await self.refresh()
        elif notice.keys:
            async with self._turn:
                self._tell(await (await self._sync()).refresh_these(sorted(notice.keys)))

    def _tell(self, written: Written) -> None:
        if written:
            self._on_change()

    async def _sync(self) -> Sync:
        server, asking = await self._connection.asking()
        return Sync(self._db, asking, server.machine_id)
