"""What a download has of its preview before it is written down."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from medianest.core.db import Database
from medianest.downloads import queries
from medianest.downloads.files.workspace import Workspace
from medianest.downloads.links.previews import Seen


@asynccontextmanager
async def pictured(db: Database, workspace: Workspace, seen: Seen | None, id: str) -> AsyncIterator[None]:
    """The preview's picture is kept for the download `id` that is written down inside, and forgotten if that is not.

    Copied before and not while it is written: the disk may be slow, and everybody who writes would wait for it. What
    a crash leaves of this is cleared at the next start.
    """
    if seen is None:
        yield
        return
    try:
        await asyncio.to_thread(workspace.keep_preview_picture, seen.id, id)
        yield
    finally:
        if await db.read(queries.by_id, id) is None:  # who is cancelled does not know whether it was written down
            await asyncio.to_thread(workspace.forget_picture, id)
