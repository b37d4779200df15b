"""The bare yt-dlp library, without any of our guards: what the fakes are tested with."""

import gc
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from yt_dlp import YoutubeDL

from tests.fakes.media_site.recipes import ffmpeg


class YtDlpFailed(Exception):
    """What yt-dlp raised, as text: its own exceptions keep partial files open."""


class BareYtDlp:
    """Downloads into one folder. Retries at once, and says what went wrong by raising."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._params: dict[str, Any] = {
            "outtmpl": str(folder / "%(title).60B.%(ext)s"),
            "quiet": True,
            "noprogress": True,
            "no_warnings": True,
            "cachedir": False,
            "proxy": "",
            "socket_timeout": 10,
            "retries": 3,
            "fragment_retries": 1,
            "skip_unavailable_fragments": False,
            "retry_sleep_functions": {"http": lambda n: 0, "fragment": lambda n: 0},
            "ffmpeg_location": ffmpeg(),
        }

    @property
    def files(self) -> list[Path]:
        """What lies in the folder, whole or not."""
        return sorted(self._folder.iterdir())

    def probe(self, url: str, **params: Any) -> dict[str, Any]:
        """Ask for the metadata only."""
        return self._run(lambda ydl: ydl.extract_info(url, download=False), params)

    def fetch(self, url: str, **params: Any) -> Path:
        """Download what a page holds, and return the one file that it became."""
        before = set(self.files)
        self.run(url, **params)
        (file,) = set(self.files) - before
        return file

    def run(self, url: str, **params: Any) -> None:
        """Download whatever a page holds."""
        self._run(lambda ydl: ydl.extract_info(url), params)

    def fetch_known(self, info: dict[str, Any], **params: Any) -> None:
        """Download by metadata that were probed before."""
        self._run(lambda ydl: ydl.process_ie_result(info, download=True), params)

    def _run(self, action: Callable[[YoutubeDL], dict[str, Any]], params: dict[str, Any]) -> dict[str, Any]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            try:
                with YoutubeDL(self._params | params) as ydl:
                    done = action(ydl)
            except Exception as problem:  # noqa: BLE001 - yt-dlp lets exceptions of any kind through
                failure = f"{type(problem).__name__}: {problem}"
            else:
                return done
            gc.collect()  # closes what yt-dlp left open
        raise YtDlpFailed(failure)
