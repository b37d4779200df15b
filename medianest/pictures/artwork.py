"""Pictures that lie on this machine already, because a child fetched them with a download."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from medianest.pictures.errors import NoPicture
from medianest.pictures.types import Size

Find = Callable[[str], Path | None]


class Artwork:
    """`find` says where the picture of a download is, by its id."""

    def __init__(self, find: Find) -> None:
        self._find = find

    async def fetch(self, path: str, _size: Size) -> bytes:
        """Raises NoPicture."""
        return await asyncio.to_thread(self._read, path.split("/")[1])

    async def stop(self) -> None:
        """Nothing is open."""

    def _read(self, id: str) -> bytes:
        file = self._find(id)
        try:
            return file.read_bytes() if file else b""
        except FileNotFoundError as error:
            raise NoPicture("gone") from error
