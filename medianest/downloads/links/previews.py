"""What a link is, before it is queued: at most two children look at once, and what they learn is kept a while."""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from medianest.core import clock
from medianest.core.errors import TooMany
from medianest.core.i18n import msg
from medianest.core.outbound import Url
from medianest.core.security import new_id
from medianest.downloads import broadcasts, presets, protocol
from medianest.downloads.ledger import source_of
from medianest.downloads.links.asking import answers
from medianest.downloads.protocol import Entry, Info, Pictured
from medianest.downloads.reserve import Stay
from medianest.downloads.types import Preview, PreviewEntry, Standing
from medianest.downloads.workshop import Workshop

LIFE = timedelta(minutes=10)
AT_ONCE = 2
WAITING_MOST = 16
PROBE_BYTES = 64 * 1024 * 1024
PROBE_S = 60.0
_TITLE_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a child learnt of a link; `sources` names what it leads to, `entries` are a list's first."""

    id: str
    url: str
    owner_id: str | None
    info: Info
    picture: Pictured | None
    entries: Sequence[Entry]
    until: datetime

    @property
    def source(self) -> str:
        return source_of(self.info)

    @property
    def sources(self) -> frozenset[str]:
        return frozenset({self.url, self.source})

    @property
    def is_whole(self) -> bool:
        """Whether `entries` are all that there are."""
        return self.info.entry_count == len(self.entries)

    def estimated_bytes(self, preset: str) -> int | None:
        return self.info.estimated_bytes.get(preset)

    def preview(
        self, preset: str, *, duplicate_of: str | None, standings: tuple[Standing, ...], here: Collection[str] = ()
    ) -> Preview:
        """What who asked is told of it, with the size that this preset would make; `here` are sources there are."""
        info = self.info
        return Preview(
            id=self.id,
            url=self.url,
            title=info.title,
            site=info.site,
            has_picture=self.picture is not None,
            tone=self.picture.tone if self.picture else None,
            duration_s=info.duration_s,
            estimated_bytes=self.estimated_bytes(preset),
            bytes_by_preset=info.estimated_bytes,
            duplicate_of=duplicate_of,
            is_playlist=info.is_playlist,
            entry_count=info.entry_count,
            is_live=info.is_live,
            begins_at=broadcasts.columns(info)["begins_at"],
            standings=standings,
            entries=tuple(_shown(entry, is_here=source_of(entry) in here) for entry in self.entries),
        )

    def columns(self, preset: str) -> dict[str, Any]:
        """What is known of a download that begins with this."""
        return {
            "source": self.source,
            "site": self.info.site,
            "title": self.info.title,
            "duration_s": self.info.duration_s,
            "has_picture": self.picture is not None,
            "tone": self.picture.tone if self.picture else None,
            "total_bytes": None if self.info.is_live else self.estimated_bytes(preset),
            **broadcasts.columns(self.info),
        }


def _shown(entry: Entry, *, is_here: bool) -> PreviewEntry:
    return PreviewEntry(
        number=entry.number,
        title=entry.title,
        duration_s=entry.duration_s,
        is_here=is_here,
        trouble=entry.trouble,
    )


def columns_of(url: Url) -> dict[str, Any]:
    """What is known of a download of which nobody has seen more than the link."""
    last = unquote(urlsplit(str(url)).path.rstrip("/").rpartition("/")[2])
    return {"source": str(url), "site": url.host.removeprefix("www."), "title": last[:_TITLE_MOST] or url.host}


class Previews:
    """Asks children what links are, and remembers for a while."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._seen: dict[str, Seen] = {}

    async def look(self, url: str, *, owner_id: str | None) -> Seen:
        """What the link is. Raises Refused with the queue's own code, and TooMany where too many wait."""
        self._forget_old()
        if self._waiting >= WAITING_MOST:
            raise TooMany(msg("downloads.too_many_previews"), retry_after=timedelta(seconds=10))
        self._waiting += 1
        try:
            async with self._slots:
                return await self._look(url, owner_id)
        finally:
            self._waiting -= 1

    def find(self, id: str, *, owner_id: str | None) -> Seen | None:
        """A preview that this person made less than ten minutes ago."""
        self._forget_old()
        seen = self._seen.get(id)
        return seen if seen and seen.owner_id == owner_id else None

    def picture(self, id: str) -> Path | None:
        """The picture of a preview that is still remembered."""
        return self._shop.workspace.preview_picture(id)

    def hand_over(self, seen: Seen, download_id: str) -> None:
        """Let a download begin with what the preview learnt; the preview is used up."""
        self._seen.pop(seen.id, None)
        self._shop.workspace.adopt_preview(seen.id, download_id)
        self._shop.reserve.adopt(seen.id, download_id)

    async def _look(self, url: str, owner_id: str | None) -> Seen:
        id = new_id()
        folder = self._shop.workspace.preview(id)
        try:
            found = await self._probe(id, url, folder, owner_id)
        except BaseException:
            await asyncio.to_thread(self._shop.workspace.forget_preview, id)
            raise
        seen = Seen(id=id, url=url, owner_id=owner_id, until=clock.now() + LIFE, **found)
        self._seen[id] = seen
        return seen

    async def _probe(self, id: str, url: str, folder: Path, owner_id: str | None) -> dict[str, Any]:
        recipes = presets.recipes(self._shop.settings)
        found: dict[str, Any] = {"picture": None, "entries": []}
        asking = answers(
            self._shop,
            id,
            folder,
            lambda proxy: protocol.Probe(url=url, proxy=proxy, recipes=recipes),
            byte_limit=PROBE_BYTES,
            within_s=PROBE_S,
            stay=Stay(person=owner_id, most=LIFE) if owner_id else None,
        )
        async with aclosing(asking) as events:
            async for event in events:
                match event:
                    case protocol.Pictured():
                        found["picture"] = event
                    case protocol.Listed():
                        found["entries"] += event.entries
                    case protocol.Probed():
                        found["info"] = event.info
        return found

    def _forget_old(self) -> None:
        now = clock.now()
        for id in [id for id, seen in self._seen.items() if seen.until < now]:
            del self._seen[id]
            self._shop.workspace.forget_preview(id)
