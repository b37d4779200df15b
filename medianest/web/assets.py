"""Templates and static files: where they lie, and the address under which a browser keeps each static file for good."""

import gzip
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
_MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}


def _folder(name: str) -> Path:
    """A folder that a wheel carries inside the package and a checkout beside it."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


TEMPLATES = _folder("templates")
STATIC = _folder("static")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One static file as it is sent: its bytes, plain and gzipped, and the fingerprint that its address carries."""

    media_type: str
    fingerprint: str
    plain: bytes
    gzipped: bytes


class Assets:
    """All static files by their path, read once; `address` of a path that is not there raises KeyError."""

    def __init__(self, *, base_path: str = "", folder: Path = STATIC) -> None:
        self._base_path = base_path
        self._assets = {
            path.relative_to(folder).as_posix(): _read(path)
            for path in sorted(folder.rglob("*"))
            if path.suffix in _MEDIA_TYPES
        }

    def find(self, path: str) -> Asset | None:
        return self._assets.get(path)

    def address(self, path: str) -> str:
        """The address of a file; it changes with its content, so that browsers may keep it for a year."""
        return f"{self._base_path}/static/{path}?v={self._assets[path].fingerprint}"

    @property
    def build(self) -> str:
        """One word for the state of all files together, for ETags of pages that link to them."""
        together = "".join(asset.fingerprint for asset in self._assets.values())
        return sha256(together.encode()).hexdigest()[:12]


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    return Asset(
        media_type=_MEDIA_TYPES[path.suffix],
        fingerprint=sha256(content).hexdigest()[:12],
        plain=content,
        gzipped=gzip.compress(content, compresslevel=9, mtime=0),
    )
