"""The real application in this process, with both faces, and as many newcomers in it as somebody wants to ask as."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from litestar import Litestar
from sqlalchemy import insert

from medianest.accounts.models import DeviceRow, InvitationRow, PlanRow, SessionRow, TokenRow, UserRow
from medianest.accounts.types import Scope
from medianest.app import Portal, create_app
from medianest.core import clock, instance
from medianest.core.actor import Role
from medianest.core.config import Sources, load
from medianest.core.journal_tables import DeadLetterRow
from medianest.core.security import digest, new_id, new_token
from medianest.downloads.links.previews import Seen
from medianest.downloads.lists.types import ListState
from medianest.downloads.models import DownloadRow, PlaylistRow, SiteCookiesRow, SiteRow
from medianest.downloads.protocol import Info, Pictured
from medianest.downloads.types import State
from medianest.http.serving import Server
from medianest.media_requests.models import ProblemRow, RequestRow
from medianest.media_requests.types import State as Asked
from medianest.notifications.models import ChannelRow
from medianest.notifications.types import ChannelKind
from medianest.pictures.types import Size, Source
from medianest.plex.titles.models import ItemRow, SectionRow
from medianest.status.board import apply
from medianest.status.types import Described, Listed
from tests.fakes.package_index import NO_INDEX

_CONFIG = """
[paths]
media_dir = "{media}"
[downloads]
min_free_bytes = 0
ytdlp = "off"
[backups]
daily_at = ""
[plex]
tv_url = "{tv_url}"
[server]
{server}
"""
_NOBODY_LISTENS = "http://127.0.0.1:9"
_LASTS = timedelta(days=1)


@dataclass
class House:
    """The portal while it runs."""

    portal: Portal
    url: str
    folder: Path

    @property
    def routes(self) -> Litestar:
        """The application under the floor, which knows the routes."""
        under: Litestar = self.portal.asgi._app  # type: ignore[attr-defined]  # the floor keeps it to itself
        return under

    def client(self, **headers: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=30, headers=headers)


@asynccontextmanager
async def open_house(folder: Path, *, server: str = "", tv_url: str = _NOBODY_LISTENS) -> AsyncIterator[House]:
    """The application on a free port of 127.0.0.1; `server` are lines of its settings, plex.tv is at `tv_url`."""
    file = folder / "config.toml"
    file.write_text(_CONFIG.format(media=folder / "media", server=server, tv_url=tv_url))
    sources = Sources(config_file=file, environ=NO_INDEX, options={"--data-dir": str(folder / "data")})
    portal = create_app(load(sources), sources)
    instance.prepare(portal.settings.paths.data_dir, create=True)
    serving = Server(portal.asgi, host="127.0.0.1", port=0, before_stop=portal.ground.leases.end_all)
    async with portal.living():
        task = asyncio.create_task(serving._serve())
        await serving.ready.wait()
        try:
            yield House(portal, f"http://127.0.0.1:{serving.addresses[0][1]}", folder)
        finally:
            serving.stop()
            await task


@dataclass
class Newcomers:
    """People and things of theirs, collected and then brought in together: each is named as soon as it is collected."""

    house: House
    _rows: dict[Any, list[dict[str, Any]]] = field(default_factory=dict)
    _letters: int = 0
    _titles: int = 0
    _problems: int = 0

    async def come_in(self) -> None:
        async with self.house.portal.db.transaction() as session:
            for table, rows in self._rows.items():
                await session.execute(insert(table), rows)
        self._rows.clear()

    def person(self, role: Role) -> str:
        id = new_id()
        names = {"name": f"{role} {id}", "name_key": f"{role} {id}", "display_name": f"{role} {id}"}
        return self._add(UserRow, id, **names, role=role, epoch=0, created_at=clock.now())

    def session(self, user_id: str, *, hours_ago: int = 0) -> tuple[str, str]:
        """The id and the secret of a session that began so long ago."""
        secret, then = new_token(), clock.now() - timedelta(hours=hours_ago)
        times = {"created_at": then, "authenticated_at": then, "last_seen_at": then, "expires_at": then + _LASTS}
        rest = {"epoch": 0, "user_agent": "tests", "address": "127.0.0.1"}
        return self._add(SessionRow, secret_digest=digest(secret), user_id=user_id, **times, **rest), secret

    def token(self, user_id: str, *scopes: Scope) -> tuple[str, str]:
        secret = new_token("mn_")
        said = {"label": "tests", "scopes": " ".join(scopes), "created_at": clock.now()}
        return self._add(TokenRow, secret_digest=digest(secret), user_id=user_id, **said), secret

    def picture(self) -> dict[str, object]:
        """The address of a poster; there is no server that has it, so that a drawing stands in for it."""
        poster = "/library/metadata/1/thumb/1"
        address = self.house.portal.pictures.address_of(Source.PLEX, poster, Size.POSTER_154)
        assert address
        return {"path": address.removeprefix("/pictures/")}

    def download(self, owner_id: str) -> str:
        """A finished one, with its file, its picture and its log."""
        id, portal = new_id(), self.house.portal
        link, paths = f"https://tube.example/{id}", portal.settings.paths
        (paths.media_dir / f"{id}.mp4").write_bytes(b"film")
        (paths.data_dir / "pictures" / "downloads" / f"{id}.webp").write_bytes(b"picture")
        kept = {"file_path": f"{id}.mp4", "size_bytes": 4, "has_picture": True, "state": State.COMPLETED}
        said = {"url": link, "source": link, "site": "tube.example", "title": id, "preset": "best", "position": 1}
        then = {"created_at": clock.now(), "finished_at": clock.now()}
        return self._add(DownloadRow, id, **kept, **said, **then, owner_id=owner_id)

    def preview(self, owner_id: str) -> str:
        """What a child is said to have learnt of a link that this person pasted."""
        id, queue = new_id(), self.house.portal.queue
        (queue.downloads._shop.workspace.preview(id) / "picture.webp").write_bytes(b"picture")
        info = Info(title="x", site="x", extractor="x", source_id=id, webpage_url="https://tube.example/")
        seen = Seen(
            id=id, url=info.webpage_url, owner_id=owner_id, info=info, picture=Pictured(file="picture.webp"),
            entries=(), until=clock.now() + _LASTS,
        )  # fmt: skip
        queue.downloads._previews._seen[id] = seen
        return id

    def playlist(self, owner_id: str) -> str:
        """A list that is in the queue."""
        said = {"url": "https://tube.example/list", "site": "tube.example", "title": "x", "preset": "best"}
        blank = {"read": 0, "is_read": True, "is_cut": False, "chosen": 0, "queued": 0, "here": 0, "unavailable": 0}
        made = {"state": ListState.COMPLETED, "choice": {}, "created_at": clock.now(), "error_detail": ""}
        return self._add(PlaylistRow, **said, **blank, **made, attempts=0, owner_id=owner_id)

    def request(self, owner_id: str) -> str:
        """A film that was asked for, of which Overseerr has not heard yet."""
        said = {"media_type": "movie", "tmdb_id": 603, "is_4k": False, "seasons": [], "name": "x", "folded": "x"}
        then = {"created_at": clock.now(), "changed_at": clock.now()}
        flags = {"asker": "", "reason": "", "is_unwanted": False, "is_announced": True, "attempts": 0}
        whose = {"owner_id": owner_id, "asked_by_id": owner_id, "state": Asked.PENDING}
        return self._add(RequestRow, **said, **then, **flags, **whose)

    def problem(self, reporter_id: str) -> str:
        """Something that is wrong with a film, and was solved."""
        self._problems += 1
        said = {"media_type": "movie", "tmdb_id": 603, "name": "x", "kind": "video", "comments": [], "reporter": ""}
        then = {"created_at": clock.now(), "heard_at": clock.now(), "is_resolved": True}
        return self._add(ProblemRow, **said, **then, upstream_id=self._problems, reporter_id=reporter_id)

    def invitation(self, maker_id: str) -> tuple[str, str]:
        secret = new_token("mi_")
        uses = {"uses": 0, "uses_most": 5, "created_at": clock.now(), "expires_at": clock.now() + _LASTS}
        said = {"secret_digest": digest(secret), "made_by": maker_id, "role": Role.GUEST, "label": ""}
        return self._add(InvitationRow, **said, **uses), secret

    def device(self) -> tuple[str, str]:
        secret = new_token()
        said = {"secret_digest": digest(secret), "label": "Sofa", "created_at": clock.now()}
        return self._add(DeviceRow, **said), secret

    def dead_letter(self, entry_id: int) -> int:
        """This entry, parked by the queue's listener."""
        self._letters += 1
        letter = {"id": self._letters, "listener": "downloads", "entry_id": entry_id, "error": "x", "at": clock.now()}
        self._keep(DeadLetterRow, **letter)
        return self._letters

    def site(self) -> str:
        """The name of a site that was asked something once, and of which there are cookies."""
        name = f"{new_id()}.example"
        self._keep(SiteRow, name=name, circuit="closed", opened=0, probing=False)
        self._keep(SiteCookiesRow, site=name, sealed=b"", use="never", number=1, set_at=clock.now())
        return name

    def title(self) -> str:
        """The key of a film in a section of Plex's."""
        if not self._titles:
            blank = {"position": 0, "hidden": 0, "folders": [], "generation": 0, "offset": 0, "skipped": 0}
            self._keep(SectionRow, key="1", kind="movie", title="Films", **blank)
        self._titles += 1
        texts = {"title": "x", "original_title": "", "folded": "x", "summary": "", "content_rating": ""}
        said = {"section_key": "1", "kind": "movie", "added_at": clock.now(), "updated_at": clock.now()}
        self._keep(ItemRow, id=self._titles, key=str(self._titles), **said, **texts, generation=0)
        return str(self._titles)

    def service(self) -> str:
        """What Uptime Kuma watches, and everybody is shown."""
        watcher = self.house.portal.status.watcher
        watcher.board = apply(watcher.board, Listed(monitors={1: Described(name="NAS")}, whole=True))
        return "1"

    def channel(self, user_id: str) -> str:
        """A webhook to nowhere."""
        id = new_id()
        said = {"kind": ChannelKind.WEBHOOK, "label": "x", "language": "en", "sealed": b"", "answer": ""}
        then = {"created_at": clock.now(), "confirmed_at": clock.now()}
        return self._add(ChannelRow, id, **said, **then, target_digest=id, user_id=user_id)

    def plan(self) -> str:
        id = new_id()
        return self._add(PlanRow, id, name=id, name_key=id, window_days=7, created_at=clock.now())

    def _add(self, table: Any, id: str | None = None, **values: Any) -> str:
        id = id or new_id()
        self._keep(table, id=id, **values)
        return id

    def _keep(self, table: Any, **values: Any) -> None:
        """A row; what may be left open is."""
        blank = {column.name: None for column in table.__table__.columns if column.nullable}
        self._rows.setdefault(table, []).append(blank | values)
