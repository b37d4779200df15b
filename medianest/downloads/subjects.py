"""The download that somebody's verb is about, and telling of what became of it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from medianest.core import journal
from medianest.core.actor import Actor
from medianest.core.errors import Forbidden
from medianest.core.i18n import msg
from medianest.downloads import events, queries, rights
from medianest.downloads.errors import NoDownload
from medianest.downloads.types import Download


async def known(session: AsyncSession, id: str) -> Download:
    """Raises NoDownload."""
    download = await session.run_sync(queries.by_id, id)
    if download is None:
        raise NoDownload
    return download


async def controlled(session: AsyncSession, actor: Actor, id: str) -> Download:
    """Raises NoDownload, and Forbidden where the verbs are another person's."""
    download = await session.run_sync(queries.one, actor, id)
    if not rights.controls(actor, download):
        raise Forbidden(msg("downloads.not_yours"))
    return download


async def record(
    session: AsyncSession, actor: Actor, kind: Callable[..., events.DownloadEvent], download: Download, **facts: Any
) -> None:
    audience = rights.audience(download)
    subject = {"subject_id": download.id, "title": download.title, "owner_id": download.owner.id}
    await journal.record(session, kind(actor=actor, audience=audience, **subject, **facts))
