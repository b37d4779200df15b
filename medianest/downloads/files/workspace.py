"""Where the queue keeps what it works on: partial files beside the media, logs and pictures in the data folder.

Work lies on the media folder's file system, so that a finished file is moved and never copied.
"""

import shutil
from contextlib import suppress
from pathlib import Path

from medianest.core import files

_HIDDEN = ".medianest"
PICTURE = "picture"
_PICTURE_KINDS = (".webp", ".jpg")


class Workspace:
    """The folders of the queue, made when they are first needed; removes only what lies in them."""

    def __init__(self, *, media_dir: Path, data_dir: Path) -> None:
        self.media_dir = media_dir
        self.data_dir = data_dir
        self._work = media_dir / _HIDDEN / "work"
        self._previews = media_dir / _HIDDEN / "previews"
        self._pictures = data_dir / "pictures" / "downloads"
        self._logs = data_dir / "logs" / "downloads"

    def prepare(self) -> None:
        """Make the folders, and clear previews that an earlier life left."""
        for folder in (self._work, self._previews, self._pictures, self._logs):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in self._previews.iterdir():
            shutil.rmtree(folder, ignore_errors=True)

    def workplaces(self) -> list[Path]:
        """The folders in which children work or have worked."""
        return [folder for parent in (self._work, self._previews) if parent.is_dir() for folder in parent.iterdir()]

    def work(self, id: str) -> Path:
        """The folder in which the download's child writes; made on the way."""
        folder = files.safe_join(self._work, id)
        folder.mkdir(exist_ok=True)
        return folder

    def preview(self, id: str) -> Path:
        folder = files.safe_join(self._previews, id)
        folder.mkdir(exist_ok=True)
        return folder

    def adopt_preview(self, preview_id: str, id: str) -> None:
        """Let the download begin with what its preview learnt."""
        files.safe_join(self._previews, preview_id).rename(files.safe_join(self._work, id))

    def log(self, id: str) -> Path:
        return files.safe_join(self._logs, f"{id}.log")

    def picture(self, id: str) -> Path | None:
        """The picture of a download, kept under its id."""
        return _first_file(self._pictures, id)

    def preview_picture(self, id: str) -> Path | None:
        return _first_file(files.safe_join(self._previews, id), PICTURE)

    def keep_picture(self, id: str) -> None:
        """Take a copy of the picture that the child left in the work folder, if there is one."""
        self._keep(_first_file(files.safe_join(self._work, id), PICTURE), id)

    def keep_preview_picture(self, preview_id: str, id: str) -> None:
        """The same of a preview, for the download that begins with it; another one may have it already."""
        with suppress(FileNotFoundError):
            self._keep(self.preview_picture(preview_id), id)

    def _keep(self, source: Path | None, id: str) -> None:
        if source is not None:
            shutil.copyfile(source, files.safe_join(self._pictures, id + source.suffix))

    def forget_preview(self, id: str) -> None:
        shutil.rmtree(files.safe_join(self._previews, id), ignore_errors=True)

    def clear_work(self, id: str) -> None:
        shutil.rmtree(files.safe_join(self._work, id), ignore_errors=True)

    def forget(self, id: str) -> None:
        """Remove everything of a deleted download but its finished file."""
        self.clear_work(id)
        self.log(id).unlink(missing_ok=True)
        self.forget_picture(id)

    def forget_picture(self, id: str) -> None:
        if picture := self.picture(id):
            picture.unlink(missing_ok=True)

    def clear_all_but(self, ids: frozenset[str]) -> None:
        """Remove work folders that no download needs."""
        for folder in self._work.iterdir():
            if folder.name not in ids:
                shutil.rmtree(folder, ignore_errors=True)

    def keep_only(self, ids: frozenset[str]) -> None:
        """Remove pictures and logs of downloads that there are not: their deletion, or their beginning, was cut off."""
        for kept in (*self._pictures.iterdir(), *self._logs.iterdir()):
            if kept.stem not in ids:
                kept.unlink(missing_ok=True)


def _first_file(folder: Path, stem: str) -> Path | None:
    """A picture of this name, whatever its kind."""
    paths = (files.safe_join(folder, stem + kind) for kind in _PICTURE_KINDS)
    return next((path for path in paths if path.is_file()), None)
