"""Several links at once, each judged and queued for itself: one that is refused does not keep the others back."""

from collections.abc import Awaitable, Callable, Sequence

from medianest.core.actor import Actor
from medianest.core.errors import Forbidden, MediaNestError
from medianest.core.i18n import msg
from medianest.downloads import presets
from medianest.downloads.links import door, pasted
from medianest.downloads.types import Download, Judged
from medianest.downloads.workshop import Workshop

Enqueue = Callable[..., Awaitable[tuple[Download, bool]]]


class Several:
    """What faces call with more than one link; `enqueue` is that of a single one."""

    def __init__(self, shop: Workshop, enqueue: Enqueue) -> None:
        self._shop = shop
        self._enqueue = enqueue

    async def judge(self, actor: Actor, links: Sequence[str]) -> tuple[Judged, ...]:
        """Which of them can never be fetched, without asking any site. Raises Forbidden."""
        door.admit(actor)
        return tuple([await self._judged(link) for link in links])

    async def queue(self, actor: Actor, links: Sequence[str], *, preset: str | None) -> tuple[Judged, ...]:
        """What became of each. Raises Forbidden, UnknownPreset."""
        door.admit(actor)
        chosen = presets.chosen(self._shop.settings, actor, preset)
        return tuple([await self._queued(actor, link, chosen) for link in links])

    async def _judged(self, link: str) -> Judged:
        if pasted.is_list(link):
            return Judged(url=link, refusal=msg("downloads.list_by_itself"))
        try:
            await door.check(link, self._shop.settings)
        except MediaNestError as error:
            return Judged(url=link, refusal=error.message)
        return Judged(url=link)

    async def _queued(self, actor: Actor, link: str, preset: str) -> Judged:
        judged = await self._judged(link)
        if judged.refusal:
            return judged
        try:
            download, is_new = await self._enqueue(actor, link, preset=preset)
        except Forbidden:
            raise
        except MediaNestError as error:
            return Judged(url=link, refusal=error.message)
        return Judged(url=link, download_id=download.id, is_new=is_new)
