"""Having all downloads tried again that failed together, as each by itself."""

from dataclasses import dataclass

from medianest.core.actor import Actor
from medianest.core.db import Database
from medianest.core.errors import MediaNestError
from medianest.core.i18n import Message
from medianest.downloads.service import Downloads
from medianest.notifications import bundles
from medianest.notifications.errors import NoNote


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """How many go on, and how many do not; `why` is the reason of one of those."""

    went: int
    stayed: int
    why: Message | None


async def retry_all(db: Database, downloads: Downloads, actor: Actor, note: int) -> Retried:
    """Have tried again what this note tells of and may be; a plan that is full holds the rest back. Raises NoNote."""
    if not await db.read(bundles.is_told, actor, note):
        raise NoNote
    ids = (await db.read(bundles.hopeful, actor, [note])).get(note, ())
    reasons = [await _retry(downloads, actor, id) for id in ids]
    held = [reason for reason in reasons if reason is not None]
    return Retried(went=len(reasons) - len(held), stayed=len(held), why=held[0] if held else None)


async def _retry(downloads: Downloads, actor: Actor, id: str) -> Message | None:
    """Why it could not be."""
    try:
        await downloads.retry(actor, id)
    except MediaNestError as error:
        return error.message
    return None
