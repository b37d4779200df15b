"""The copies of yt-dlp in the data folder: which is in use, with which one work began, and which nobody needs any more.

`FOLDER/VERSION` is a copy; it appears whole, by one rename. `FOLDER/book.json` says which is in use, and is replaced
at once. The copy that MediaNest came with is never touched, and is there when all others are damaged or gone.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import Lock

import msgspec

from medianest.core import files
from medianest.core.security import new_id
from medianest.downloads.child.folder import LOCK
from medianest.downloads.ytdlp import trees
from medianest.downloads.ytdlp.trees import Damaged
from medianest.downloads.ytdlp.versions import Copy, is_version, newer

MARK = "ytdlp.json"
_BOOK = "book.json"
_DRAFT = ".new-"


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is kept: why the last look for a newer version, or the version in use, came to nothing."""

    id: str
    values: dict[str, str]


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered; `current` is None for the bundled copy, `told` the last that the journal knows as in use."""

    current: str | None = None
    previous: str | None = None
    refused: tuple[str, ...] = ()
    told: str | None = None
    checked_at: datetime | None = None
    trouble: Trouble | None = None


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """With which version the work in a folder began, and whether that then failed for more than a passing reason."""

    version: str
    failed: bool = False


class Occupied(Exception):
    """A process of an earlier life still works in the folder."""


class Copies:
    """All of it is quick but the first look at each copy, which reads it whole. Safe to call from several threads."""

    def __init__(self, folder: Path, bundled: Copy, *, workplaces: Callable[[], Collection[Path]]) -> None:
        """`workplaces` lists the folders in which work is under way or waits."""
        self._folder = folder
        self._bundled = bundled
        self._workplaces = workplaces
        self._sound: set[str] = set()
        self._turn = Lock()

    @property
    def bundled(self) -> Copy:
        return self._bundled

    def book(self) -> Book:
        try:
            return msgspec.json.decode((self._folder / _BOOK).read_bytes(), type=Book)
        except (FileNotFoundError, msgspec.MsgspecError):
            return Book()

    def in_use(self) -> Copy:
        """The copy that new work begins with: the one switched to, else the one before it, else the bundled one.

        A later MediaNest brings a later one, which then is in use.
        """
        book = self.book()
        found = (self.find(version) for version in (book.current, book.previous) if version)
        return next((copy for copy in found if copy and self._is_later(copy)), self._bundled)

    def way_back(self) -> Copy | None:
        """What there is to go back to."""
        book, used = self.book(), self.in_use()
        if used.folder is None:
            return None
        kept = self.find(book.previous) if book.previous and book.previous != used.version else None
        return kept if kept and self._is_later(kept) else self._bundled

    def find(self, version: str) -> Copy | None:
        """A copy that is there and whole; None for one that is not, or is damaged."""
        if version == self._bundled.version:
            return self._bundled
        folder = self._folder / version
        if not is_version(version) or not folder.is_dir():
            return None
        try:
            kept = trees.read_seal(folder) if version in self._sound else trees.check_sealed(folder)
        except Damaged:
            return None
        if kept is None or kept.version != version:
            return None
        self._sound.add(version)
        return Copy(version=version, ejs=kept.ejs, folder=folder, installed_at=kept.installed_at)

    def doubt(self, version: str) -> None:
        """Have a copy read whole again before it is used next."""
        self._sound.discard(version)

    def take(self, workplace: Path) -> Copy:
        """The copy for the work in a folder, noted there before anything runs with it.

        Work that was interrupted goes on with its own. What failed, or whose copy is gone or unknown, begins anew with
        the one in use: nothing in the folder is left then. Raises Occupied.
        """
        with self._turn:
            mark = _read_mark(workplace)
            used = self.in_use()
            own = self.find(mark.version) if mark else None
            if mark and own and (not mark.failed or own.version == used.version):
                used = own
            elif any(workplace.iterdir()):
                _clear(workplace)
            _write_mark(workplace, Mark(version=used.version))
            return used

    def note_failure(self, workplace: Path, copy: Copy) -> None:
        """Let the next try in a folder take the copy that is in use then."""
        with suppress(FileNotFoundError):
            _write_mark(workplace, Mark(version=copy.version, failed=True))

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """A folder to make a copy in; gone in the end, and after a crash with the next tidying."""
        folder = self._folder / f"{_DRAFT}{new_id()}"
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def final_folder(self, version: str) -> Path:
        """Where a copy of this version will lie."""
        return self._folder / version

    def keep(self, tree: Path, version: str) -> None:
        """Give a sealed tree its place; one of the same version that is there is damaged, and goes."""
        with self._turn:
            place = self.final_folder(version)
            self._sound.discard(version)
            shutil.rmtree(place, ignore_errors=True)
            tree.rename(place)
            files.sync_folder(self._folder)

    def switch(self, version: str) -> None:
        """Have new work begin with this version; the one that was in use is kept for a way back."""
        with self._turn:
            before = self.in_use()
            book = self.book()
            refused = tuple(one for one in book.refused if one != version)
            self._write(
                msgspec.structs.replace(
                    book, current=version, previous=before.folder and before.version, refused=refused, trouble=None
                )
            )

    def go_back(self, why: Trouble | None = None) -> None:
        """Have new work begin with the way back; what was in use is refused from now on."""
        with self._turn:
            book, used, back = self.book(), self.in_use(), self.way_back()
            current = back.version if back and back.folder else None
            refused = _with(book.refused, used.version)
            self._write(msgspec.structs.replace(book, current=current, previous=None, refused=refused, trouble=why))

    def settle(self) -> None:
        """Have the book name what really is in use, where that which it names is damaged, gone or overtaken."""
        with self._turn:
            book, used = self.book(), self.in_use()
            current = used.folder and used.version
            if current != book.current:
                self._write(msgspec.structs.replace(book, current=current, previous=None))

    def refuse(self, version: str) -> None:
        """Do not take this version again by itself."""
        with self._turn:
            book = self.book()
            self._write(msgspec.structs.replace(book, refused=_with(book.refused, version)))

    def note_check(self, at: datetime, trouble: Trouble | None) -> None:
        with self._turn:
            self._write(msgspec.structs.replace(self.book(), checked_at=at, trouble=trouble))

    def note_told(self, version: str) -> None:
        with self._turn:
            self._write(msgspec.structs.replace(self.book(), told=version))

    def tidy(self) -> None:
        """Remove drafts that were left, and versions that are neither in use, nor a way back, nor of work begun."""
        with self._turn:
            if not self._folder.is_dir():
                return
            book = self.book()
            needed = {book.current, book.previous} | {
                mark.version for mark in map(_read_mark, self._workplaces()) if mark
            }
            for folder in self._folder.iterdir():
                if folder.is_dir() and folder.name not in needed:
                    shutil.rmtree(folder, ignore_errors=True)

    def _is_later(self, copy: Copy) -> bool:
        return newer(copy.version, self._bundled.version)

    def _write(self, book: Book) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        files.write_atomically(self._folder / _BOOK, msgspec.json.encode(book), mode=0o600)


def _with(versions: tuple[str, ...], version: str) -> tuple[str, ...]:
    return versions if version in versions else (*versions, version)[-20:]


def _read_mark(workplace: Path) -> Mark | None:
    try:
        return msgspec.json.decode((workplace / MARK).read_bytes(), type=Mark)
    except (FileNotFoundError, NotADirectoryError, msgspec.MsgspecError):
        return None


def _write_mark(workplace: Path, mark: Mark) -> None:
    """Not forced to disk: where a power cut takes it, the work begins anew."""
    draft = workplace / f"{MARK}.new"
    draft.write_bytes(msgspec.json.encode(mark))
    draft.replace(workplace / MARK)


def _clear(workplace: Path) -> None:
    """Remove all but the lock, which is held meanwhile, so that nobody writes."""
    held = os.open(workplace / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for entry in workplace.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != LOCK:
                entry.unlink()
    except BlockingIOError:
        raise Occupied from None
    finally:
        os.close(held)
