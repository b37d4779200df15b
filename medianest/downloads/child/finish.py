"""From fetched parts to one checked file: merged or converted where it must be, with title and cover where it may."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from medianest.downloads.child import media
from medianest.downloads.child.ffmpeg import EMBEDS_WORDS, Extras, Ffmpeg, FfmpegError, Part
from medianest.downloads.child.media import Assembly
from medianest.downloads.child.output import Events
from medianest.downloads.failures import CannotFetch
from medianest.downloads.protocol import Warned
from medianest.downloads.recipes import Recipe
from medianest.downloads.types import ErrorCode, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to come out: a recipe, the site's duration, and what goes into the file besides its streams.

    Parts that are there `once` stay whatever comes of them, for nobody sends them again.
    """

    recipe: Recipe
    once: bool = False
    duration_s: float | None
    extras: Extras


class Finish:
    """Makes the file in the working folder; it becomes the result only when `Job` has recorded it."""

    def __init__(self, ffmpeg: Ffmpeg, events: Events, folder: Path) -> None:
        self._ffmpeg = ffmpeg
        self._events = events
        self._folder = folder

    def file(self, paths: Sequence[Path], wanted: Wanted, *, whole: bool) -> tuple[Path, str]:
        """The finished file, which may be the only part itself, and the extension that it should have.

        Raises CannotFetch if that does not work; a part that is not what it should be is gone then.
        """
        parts = [self._checked(path, wanted) for path in paths]
        extension = paths[0].suffix.removeprefix(".")
        made = media.assembly(wanted.recipe, [part.media for part in parts], extension=extension, whole=whole)
        if made is None:
            raise CannotFetch.because(ErrorCode.POST_PROCESSING, "It has no sound.")
        if made.misfit:
            self._events.say(Warned(code="container"))
        wanted = self._fitting(wanted, made)
        if made.rewrite:
            self._events.stage(Stage.MERGING)
            return self._rewritten(parts, made, wanted), made.extension
        if not wanted.extras.is_worth(paths[0].stat().st_size):
            return paths[0], made.extension
        self._events.stage(Stage.EMBEDDING)
        return self._tagged(parts, made, wanted), made.extension

    def _fitting(self, wanted: Wanted, made: Assembly) -> Wanted:
        """The same without subtitles where the file takes none."""
        if not wanted.extras.words or made.extension in EMBEDS_WORDS:
            return wanted
        self._events.say(Warned(code="subtitles_embed"))
        return replace(wanted, extras=replace(wanted.extras, words=()))

    def _checked(self, path: Path, wanted: Wanted) -> Part:
        """The part, if it is media from beginning to end."""
        found = self._ffmpeg.inspect(path)
        if found is None or not (found.video or found.audio):
            _give_up([path], wanted)
            raise CannotFetch.because(ErrorCode.POST_PROCESSING, "What arrived is neither video nor sound.")
        if found.ends_early or not found.lasts(wanted.duration_s):
            _give_up([path], wanted)
            raise CannotFetch.because(ErrorCode.NETWORK, "What arrived breaks off before its end.")
        return Part(path=path, media=found)

    def _rewritten(self, parts: Sequence[Part], made: Assembly, wanted: Wanted) -> Path:
        """A new file; if that is not what it should be, its parts are not, and are fetched again."""
        try:
            return self._written(parts, made, wanted)
        except CannotFetch:
            _give_up([part.path for part in parts], wanted)
            raise

    def _tagged(self, parts: Sequence[Part], made: Assembly, wanted: Wanted) -> Path:
        """A copy with title and cover, or the part itself if that fails: a side job."""
        try:
            return self._written(parts, made, wanted)
        except CannotFetch:
            self._events.say(Warned(code="tags"))
            return parts[0].path

    def _written(self, parts: Sequence[Part], made: Assembly, wanted: Wanted) -> Path:
        """A new, checked file with all that is wanted, or with as much of it as its container takes."""
        draft = self._folder / f"draft.{made.extension}"
        said, lost = "", list[str]()
        extras: Extras | None = wanted.extras
        while extras is not None:
            try:
                self._ffmpeg.assemble(parts, made, draft, extras)
            except FfmpegError as error:
                said = str(error)
                extras, what = extras.fewer()
                lost.append(what)
                continue
            for code in lost:
                self._events.say(Warned(code=code))
            self._checked(draft, wanted)
            return draft
        raise CannotFetch.because(ErrorCode.POST_PROCESSING, said)


def _give_up(paths: Sequence[Path], wanted: Wanted) -> None:
    """Have them fetched again, where that is possible."""
    if not wanted.once:
        for path in paths:
            path.unlink(missing_ok=True)
