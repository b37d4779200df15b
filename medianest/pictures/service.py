"""Pictures as the faces ask for them: addresses for pages, and what stands behind an address."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from medianest.core import clock
from medianest.core.errors import Unavailable
from medianest.core.i18n import Message, msg
from medianest.core.jobs import Job
from medianest.core.metrics import Metrics
from medianest.core.security import load_or_create_key
from medianest.pictures import jobs
from medianest.pictures.addresses import Addresses
from medianest.pictures.decoders import Decoders
from medianest.pictures.errors import NoPicture
from medianest.pictures.kinds import is_picture
from medianest.pictures.shelf import Shelf
from medianest.pictures.tones import Tones
from medianest.pictures.types import Asked, Shown, Size, Source

_REFUSED_FOR_S = 3600.0
_REFUSED_MOST = 4096
log = logging.getLogger(__name__)


class Origin(Protocol):
    """One source: what is at a path there, at least as large as `size` if that is to be had.

    Raises NoPicture, or Unavailable while nothing can be had.
    """

    async def fetch(self, path: str, size: Size) -> bytes: ...

    async def stop(self) -> None: ...


class Pictures:
    """Addresses are made by `address_of` or `shown` and by nothing else; only those are answered.

    A page that shows a poster of the Plex server, whose list says `thumb="/library/metadata/7/thumb/1605463238"`:

        poster = services.pictures.shown(Source.PLEX, item.thumb, Size.POSTER_342)

    and, unless that is None, writes `src`, `srcset`, `width` and `height` (the macro `poster` of
    components/pictures.html does). TMDB's are named as it names them, `/name.jpg`.
    """

    def __init__(
        self, origins: Mapping[Source, Origin], shelf: Shelf, decoders: Decoders, key_file: Path, metrics: Metrics
    ) -> None:
        self._origins = origins
        self._shelf = shelf
        self._decoders = decoders
        self._key_file = key_file
        self._addresses: Addresses | None = None
        self._counting: asyncio.Task[int] | None = None
        self._making: dict[str, asyncio.Task[bytes]] = {}
        self._tones = Tones(shelf.folder / "tones")
        self._refused: OrderedDict[str, float] = OrderedDict()
        self._asked = metrics.counter("pictures", "Pictures that were asked for.", ["source", "outcome"])
        self._sent = metrics.counter("picture_bytes", "Bytes of pictures that were given out.", ["source"])
        metrics.gauge_of("picture_cache_bytes", "Bytes of pictures that are kept.", lambda: shelf.bytes)

    async def start(self) -> None:
        """What is kept is counted beside everything else: nobody waits for it but who adds to it."""
        self._addresses = Addresses(await asyncio.to_thread(load_or_create_key, self._key_file))
        await asyncio.to_thread(self._shelf.prepare)
        await asyncio.to_thread(self._tones.load)
        self._counting = asyncio.create_task(asyncio.to_thread(self._shelf.tidy))

    async def stop(self) -> None:
        for task in list(self._making.values()):
            task.cancel()
        if self._counting:
            await asyncio.wait([self._counting])
        await asyncio.gather(*self._making.values(), return_exceptions=True)
        await self._decoders.stop()
        for origin in self._origins.values():
            await origin.stop()

    def address_of(self, source: Source, path: str | None, size: Size) -> str | None:
        """The address of a picture, below the base path, for good; None for what is none there, such as no path."""
        assert self._addresses
        return self._addresses.write(source, path, size) if path else None

    def shown(self, source: Source, path: str | None, size: Size) -> Shown | None:
        """What a page writes down of it; None where it has none. `size` is that of an ordinary screen."""
        src, double = self.address_of(source, path, size), self.address_of(source, path, size.double)
        if not path or not src or not double:
            return None
        tone = self._tones.of(source, path)
        return Shown(src=src, double=double, width=size.width, height=size.height, tone=tone)

    def asked(self, address: str) -> Asked:
        """What an address names. Raises NoPicture for one that was not made here."""
        assert self._addresses
        found = self._addresses.read(address)
        if found is None:
            raise NoPicture("foreign_address")
        return found

    def artwork(self, id: str, version: int, size: str) -> Asked:
        """The picture of a download, for who may see that; another `version` is another picture. Raises NoPicture."""
        assert self._addresses
        try:
            known, path = Size(size), f"/{id}/{version}"
        except ValueError:
            raise NoPicture("unknown_size") from None
        return self._addresses.named(Source.ARTWORK, path, known)

    def unchanged(self, asked: Asked) -> None:
        """Count one that a browser has already."""
        self._asked.labels(asked.source, "unchanged").inc()

    async def get(self, asked: Asked) -> bytes:
        """The picture as WebP, kept or made now. Raises NoPicture, or Unavailable while it cannot be had."""
        kept = await asyncio.to_thread(self._shelf.read, asked.key)
        try:
            found = kept or await self._made(asked)
        except NoPicture:
            self._asked.labels(asked.source, "none").inc()
            raise
        except Unavailable:
            self._asked.labels(asked.source, "away").inc()
            raise
        self._asked.labels(asked.source, "hit" if kept else "miss").inc()
        self._sent.labels(asked.source).inc(len(found))
        return found

    def jobs(self) -> Sequence[Job]:
        return jobs.jobs(self.tidy)

    async def tidy(self) -> Message | None:
        """What the job does: keep to the bound, and count anew."""
        removed = await asyncio.to_thread(self._shelf.tidy)
        return msg("pictures.tidied", n=removed) if removed else None

    async def _made(self, asked: Asked) -> bytes:
        """Whoever asks while it is being made gets the same; it is made to the end though all of them leave."""
        self._raise_if_refused(asked.key)
        task = self._making.get(asked.key)
        if task is None:
            task = self._making[asked.key] = asyncio.create_task(self._make(asked))
            task.add_done_callback(lambda done: self._forget(asked.key, done))
        return await asyncio.shield(task)

    async def _make(self, asked: Asked) -> bytes:
        try:
            data = await self._origins[asked.source].fetch(asked.path, asked.size)
            if not is_picture(data):
                raise NoPicture("another_kind")
            drawn = await self._decoders.draw(data, asked.size)
        except NoPicture as error:
            self._remember_refusal(asked.key)
            log.info("No picture", extra={"source": str(asked.source), "path": asked.path, **error.facts})
            raise
        try:
            await asyncio.to_thread(self._shelf.keep, asked.key, drawn.webp)
            if drawn.tone is not None:
                await self._tones.remember(asked.source, asked.path, drawn.tone)
        except OSError as error:
            log.warning("A picture could not be kept", extra={"error": str(error)})
        return drawn.webp

    def _forget(self, key: str, done: asyncio.Task[bytes]) -> None:
        del self._making[key]
        if not done.cancelled():
            done.exception()  # who asked has been told; nobody may be left

    def _raise_if_refused(self, key: str) -> None:
        if self._refused.get(key, 0.0) > clock.monotonic():
            raise NoPicture("none_lately")

    def _remember_refusal(self, key: str) -> None:
        """So that a page of pictures that cannot be drawn is not drawn again at each look."""
        self._refused[key] = clock.monotonic() + _REFUSED_FOR_S
        self._refused.move_to_end(key)
        while len(self._refused) > _REFUSED_MOST:
            self._refused.popitem(last=False)
