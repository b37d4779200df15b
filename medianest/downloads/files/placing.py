"""From the work folder into the media folder: a name of its own there, then one atomic move."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from medianest.core import files
from medianest.downloads.protocol import MEDIA

_TRIES = 200


def names(media_dir: Path, wish: str) -> Iterator[str]:
    """The wished path below the media folder, then the same with ` (2)` and so on.

    `paths` made the wish of a stranger's words; `files.safe_join` checks that it stays inside.
    """
    wanted = Path(wish)
    for number in range(1, _TRIES):
        suffix = f" ({number})" if number > 1 else ""
        path = files.safe_join(media_dir, str(wanted.with_name(f"{wanted.stem}{suffix}{wanted.suffix}")))
        yield str(path.relative_to(media_dir))


async def is_free(media_dir: Path, relative: str, sides: Sequence[str]) -> bool:
    """Whether no file is there, nor where one goes beside it, by the ends of their names in `sides`."""
    paths = [files.safe_join(media_dir, one) for one in (relative, *beside(relative, sides))]
    return not await asyncio.to_thread(_any_exists, paths)


def beside(relative: str, sides: Iterable[str]) -> list[str]:
    """The paths of what goes with the file at `relative`."""
    stem = str(Path(relative).with_suffix(""))
    return [f"{stem}{side}" for side in sides]


async def move(source: Path, media_dir: Path, relative: str) -> None:
    """Put the finished file in its place, durably; never over another file, never to another owner."""
    target = files.safe_join(media_dir, relative)
    await asyncio.to_thread(_move, source, target)


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    files.move_atomically(source, target)


async def move_sides(out: Path, media_dir: Path, relative: str, paths: Iterable[str]) -> list[str]:
    """Put what goes with the file at `relative` beside it; returns what came there.

    What an earlier life moved already stays where it is, and so does another's file that has the name.
    """
    stem = str(Path(relative).with_suffix(""))
    came = []
    for path in paths:
        source = files.safe_join(out, MEDIA + path.removeprefix(stem))
        if await asyncio.to_thread(_move_side, source, files.safe_join(media_dir, path)):
            came.append(path)
    return came


def _move_side(source: Path, target: Path) -> bool:
    if not source.exists():
        return target.exists()
    try:
        files.move_atomically(source, target)
    except OSError:
        return False
    return True


def _any_exists(paths: Iterable[Path]) -> bool:
    return any(path.exists() for path in paths)
