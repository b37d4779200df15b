"""From the work folder into the media folder: a name of its own there, then one atomic move."""

import asyncio
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from medianest.core import files
from medianest.downloads import queries

_TRIES = 200


async def choose(session: AsyncSession, media_dir: Path, folder: str, name: str) -> str:
    """A path below the media folder that no file and no other download has; ` (2)` and so on is added where needed.

    The parts come from the child, which made them safe; `files.safe_join` checks that they stay inside.
    """
    wanted = Path(name)
    for number in range(1, _TRIES):
        suffix = f" ({number})" if number > 1 else ""
        path = files.safe_join(media_dir, folder, f"{wanted.stem}{suffix}{wanted.suffix}")
        relative = str(path.relative_to(media_dir))
        taken = await session.run_sync(queries.file_taken, relative)
        if not taken and not await asyncio.to_thread(path.exists):
            return relative
    raise FileExistsError(name)


async def move(source: Path, media_dir: Path, relative: str) -> None:
    """Put the finished file in its place, durably; never over another file, never to another owner."""
    target = files.safe_join(media_dir, relative)
    await asyncio.to_thread(_move, source, target)


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    files.move_atomically(source, target)
