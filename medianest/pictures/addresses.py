"""The addresses of pictures: nobody but this installation can make one, and each names one picture for good."""

from hashlib import blake2b

from medianest.core.security import fingerprint, same
from medianest.pictures.paths import names_picture
from medianest.pictures.types import Asked, Size, Source

ROOM = "pictures"
_PURPOSE = "pictures"
_RECIPE = "1"
"""Another one when pictures are drawn in another way: then all have new addresses."""


class Addresses:
    """Makes and reads them: `/pictures/SOURCE/SIZE/FINGERPRINT/PATH`, the fingerprint being over all of it."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def write(self, source: Source, path: str, size: Size) -> str | None:
        """The address, below the base path; None where the path names no picture there."""
        if not names_picture(source, path):
            return None
        return f"/{ROOM}/{source}/{size}/{self._fingerprint(source, path, size)}{path}"

    def read(self, address: str) -> Asked | None:
        """What an address names; None for one that was not made here."""
        try:
            _, room, named_source, named_size, mark, rest = address.split("/", 5)
            source, size, path = Source(named_source), Size(named_size), f"/{rest}"
        except ValueError:
            return None
        if room != ROOM or not names_picture(source, path):
            return None
        if not same(mark, self._fingerprint(source, path, size)):
            return None
        return self.named(source, path, size)

    def named(self, source: Source, path: str, size: Size) -> Asked:
        """The picture itself, for who needs no address to come to it."""
        mark = self._fingerprint(source, path, size)
        return Asked(source=source, path=path, size=size, mark=mark, key=_key(source, path, size))

    def _fingerprint(self, source: Source, path: str, size: Size) -> str:
        return fingerprint(self._key, _PURPOSE, f"{_RECIPE} {source} {size} {path}")


def _key(source: Source, path: str, size: Size) -> str:
    return blake2b(f"{_RECIPE} {source} {size} {path}".encode(), digest_size=20).hexdigest()
