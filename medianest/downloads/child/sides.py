"""What comes with the file: subtitles, chapters, picture, description. Each may fail, and then becomes a warning."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from medianest.downloads import nfo
from medianest.downloads.child import chapters, picture, subtitles
from medianest.downloads.child.ffmpeg import Ffmpeg, FfmpegError, Words
from medianest.downloads.child.folder import WorkFolder
from medianest.downloads.child.output import Events
from medianest.downloads.child.subtitles import Track
from medianest.downloads.failures import CannotFetch
from medianest.downloads.protocol import MEDIA, Warned
from medianest.downloads.recipes import Nfo, Place, Recipe
from medianest.downloads.types import ErrorCode

_LIMITED = frozenset({ErrorCode.RATE_LIMITED, ErrorCode.BOT_CHECK})
_CHAPTERS = "chapters.txt"


class Speaker(Protocol):
    """A site that has subtitles."""

    def subtitle(self, entry: Mapping[str, Any], path: Path) -> None:
        """Fetch one to `path`. Raises CannotFetch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The side jobs of one download."""

    ffmpeg: Ffmpeg
    events: Events
    folder: WorkFolder
    site: Speaker
    recipe: Recipe

    def words(self, info: Mapping[str, Any]) -> list[Words]:
        """The subtitles that the recipe asks for, each as SubRip; those that are here from last time as they are."""
        if Place.OFF is self.recipe.subtitles_as:
            return []
        tracks, missing = subtitles.chosen(info, self.recipe.subtitles)
        if missing:
            self._warn("subtitles_missing")
        return list(self._fetched(tracks))

    def chapters(self, info: Mapping[str, Any]) -> Path | None:
        """The chapters of the site, as ffmpeg reads them."""
        found = chapters.of_info(info) if self.recipe.chapters else []
        if not found:
            return None
        path = self.folder.path / _CHAPTERS
        path.write_text(chapters.as_metadata(found))
        return path

    def laid_out(self, info: Mapping[str, Any], words: Sequence[Words]) -> tuple[str, ...]:
        """Put the side files beside where the main one will lie; returns what follows the stem of its name."""
        self.folder.out.mkdir(exist_ok=True)
        return tuple(suffix for suffix, content in self._contents(info, words) if self._lay(suffix, content))

    def _contents(self, info: Mapping[str, Any], words: Sequence[Words]) -> Iterator[tuple[str, bytes]]:
        if self.recipe.subtitles_as in Place.beside():
            for one in words:
                yield f".{one.language}.srt", one.path.read_bytes()
        cover = self.folder.path / picture.COVER
        if self.recipe.thumbnail in Place.beside() and cover.exists():
            yield ".jpg", cover.read_bytes()
        elif self.recipe.thumbnail in Place.beside():
            self._warn("thumbnail")
        if self.recipe.nfo is not Nfo.OFF:
            yield ".nfo", nfo.write(self.recipe.nfo, info)

    def _lay(self, suffix: str, content: bytes) -> bool:
        try:
            (self.folder.out / f"{MEDIA}{suffix}").write_bytes(content)
        except OSError:
            self._warn("side_file")
            return False
        return True

    def _fetched(self, tracks: Sequence[Track]) -> Iterator[Words]:
        for track in tracks:
            path = self.folder.path / f"subtitle-{track.language}.srt"
            try:
                if not path.exists():
                    self._fetch(track, path)
                yield Words(path=path, language=track.language)
            except CannotFetch as stopped:
                self._warn("subtitles_limited" if stopped.verdict.code in _LIMITED else "subtitles")
            except (FfmpegError, OSError):
                self._warn("subtitles")

    def _fetch(self, track: Track, path: Path) -> None:
        """What the site has, as SubRip; it appears under its name only when it is whole."""
        source = path.with_name(f"fetched.{track.entry['ext']}")
        draft = path.with_name("draft.srt")
        self.site.subtitle(track.entry, source)
        try:
            self.ffmpeg.as_words(source, draft)
        finally:
            source.unlink(missing_ok=True)
        draft.replace(path)

    def _warn(self, code: str) -> None:
        self.events.say(Warned(code=code))
