"""What is recorded of a broadcast: a file that grows by whole segments, and a note of how far it is."""

import os
from pathlib import Path

from medianest.downloads.child.folder import Recorded, WorkFolder


class Recording:
    """Survives a kill, and a power cut too: what the note tells of was on the disk before.

    A further run goes on in the same file, with a gap where nobody listened.
    """

    def __init__(self, folder: WorkFolder, url: str, format_id: str, extension: str) -> None:
        kept = folder.recorded(url)
        name = folder.part(url, 0, format_id, extension).name.replace("part0", "live", 1)
        self._folder = folder
        self.known = kept if kept and kept.file == name else Recorded(url=url, file=name)
        self.path = folder.path / name
        self._cut_back()

    @classmethod
    def kept(cls, folder: WorkFolder, url: str) -> Path | None:
        """The file of an earlier run, if there is something in it."""
        known = folder.recorded(url)
        if known is None or not known.bytes:
            return None
        path = folder.path / known.file
        if path.exists() and path.stat().st_size > known.bytes:
            os.truncate(path, known.bytes)
        return path if path.exists() and path.stat().st_size else None

    def add(self, data: bytes, *, number: int, seconds: float, head: str | None) -> None:
        """One more segment, durably. Raises OSError where there is no room for it, and then it is not there."""
        with self.path.open("ab") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        self.known = Recorded(
            url=self.known.url,
            file=self.known.file,
            next=number + 1,
            bytes=self.known.bytes + len(data),
            seconds=self.known.seconds + seconds,
            head=head,
        )
        self._folder.keep_recorded(self.known)

    def skip(self, number: int) -> None:
        """Go on after a segment that is not to be had."""
        self.known = self.known.after(number)

    def _cut_back(self) -> None:
        """What was written last may be half a segment."""
        size = self.path.stat().st_size if self.path.exists() else 0
        if size > self.known.bytes:
            os.truncate(self.path, self.known.bytes)
