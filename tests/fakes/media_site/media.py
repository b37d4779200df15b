"""The site's media: made once, kept in a folder that may be thrown away at any time."""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fakes.media_site import catalogue, recipes

_PROJECT = Path(__file__).resolve().parents[3]


class NoSuchMedium(LookupError):
    """There is no recipe of that name, or no such file in its folder."""


def default_cache() -> Path:
    """Where media are kept between runs: `MEDIANEST_TEST_CACHE`, else the project's ignored `.cache`."""
    configured = os.environ.get("MEDIANEST_TEST_CACHE")
    if configured:
        return Path(configured) / "media_site"
    if os.access(_PROJECT, os.W_OK):
        return _PROJECT / ".cache" / "media_site"
    return Path(tempfile.gettempdir()) / "medianest-tests" / "media_site"


class Library:
    """Finds media by name, making them when they are asked for the first time; many processes may share a cache."""

    def __init__(self, cache: Path | None = None) -> None:
        self._folder = (cache or default_cache()) / _fingerprint()
        self._digests: dict[str, str] = {}

    def path(self, name: str) -> Path:
        """The file `name`: a medium, or a file inside one that is a folder (`hls/180/0.ts`)."""
        medium, _, inner = name.partition("/")
        whole = self._medium(medium)
        found = (whole / inner).resolve() if inner else whole
        if not found.is_relative_to(whole) or not found.is_file():
            raise NoSuchMedium(name)
        return found

    def sha256(self, name: str) -> str:
        if name not in self._digests:
            with self.path(name).open("rb") as file:
                self._digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
        return self._digests[name]

    def size(self, name: str) -> int:
        return self.path(name).stat().st_size

    def _medium(self, name: str) -> Path:
        target = self._folder / name
        if target.exists():
            return target
        make = recipes.recipe(name)
        if make is None:
            raise NoSuchMedium(name)
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._lock(name):
            if not target.exists():
                self._make(make, target)
        return target

    def _make(self, make: recipes.Recipe, target: Path) -> None:
        """Only a finished medium gets its name."""
        with tempfile.TemporaryDirectory(dir=self._folder, prefix="making-") as workshop:
            unfinished = Path(workshop) / target.name
            make(unfinished, self._medium)
            unfinished.rename(target)

    @contextmanager
    def _lock(self, name: str) -> Iterator[None]:
        with (self._folder / f".{name}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _fingerprint() -> str:
    """Names the recipes, so that a changed one never finds an old medium."""
    sources = [Path(module.__file__ or "") for module in (recipes, catalogue)]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]
