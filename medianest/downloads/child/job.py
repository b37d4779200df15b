"""One command of the portal from beginning to end; what yt-dlp does in it is behind `Site`."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from msgspec.structs import replace

from medianest.downloads.child import picture, subtitles
from medianest.downloads.child.entries import batches
from medianest.downloads.child.ffmpeg import Extras, Ffmpeg
from medianest.downloads.child.finish import Finish, Wanted
from medianest.downloads.child.folder import WorkFolder
from medianest.downloads.child.info import described, in_all, recordable, refuse_what_cannot_be_fetched, tags
from medianest.downloads.child.live import Recorder
from medianest.downloads.child.output import Events, Meter
from medianest.downloads.child.recording import Recording
from medianest.downloads.child.sides import Sides
from medianest.downloads.failures import CannotFetch
from medianest.downloads.protocol import (
    MEDIA,
    Described,
    Entry,
    Fetch,
    Fetched,
    Listed,
    ListRead,
    Pictured,
    Probe,
    Probed,
    ReadList,
    Warned,
)
from medianest.downloads.recipes import Place
from medianest.downloads.types import ErrorCode, Stage

Facts = dict[str, Any]
"""yt-dlp's info as JSON; only the site and `info` read it."""

Work = Probe | ReadList | Fetch

_STALE = frozenset(
    {ErrorCode.FORBIDDEN, ErrorCode.NOT_FOUND, ErrorCode.REMOVED, ErrorCode.NEEDS_UPDATE, ErrorCode.NOT_YET}
)
_PASSING = frozenset(
    {
        ErrorCode.NETWORK,
        ErrorCode.RATE_LIMITED,
        ErrorCode.BOT_CHECK,
        ErrorCode.DISK_FULL,
        ErrorCode.TOO_LARGE,
        ErrorCode.BLOCKED_ADDRESS,
        ErrorCode.POST_PROCESSING,
        ErrorCode.INTERNAL,
    }
)
"""What does not say that a broadcast is over."""
_WHOLE = frozenset({"http", "https"})
_PICTURE_WAIT_S = 10.0


class Site(Protocol):
    """A site as one command sees it. All of it raises CannotFetch."""

    @property
    def hides_formats(self) -> bool:
        """Whether it did not show all that it has."""

    def ask(self, url: str) -> Facts:
        """What the link is."""

    def open_list(self, url: str) -> tuple[Facts, Iterator[Entry]]:
        """What the list is, and its entries from the first on."""

    def entries_of(self, info: Facts) -> Iterator[Entry]:
        """The entries of a list that came with the answer to `ask`."""

    def choose(self, info: Facts) -> list[Facts]:
        """The formats to fetch, one or a picture and a sound."""

    def bring(self, format: Facts, path: Path, report: Callable[[Mapping[str, object]], None]) -> None:
        """Fetch one format, from where it stopped."""

    def read(self, url: str, headers: Mapping[str, str], most: int) -> bytes:
        """At most so many bytes at an address."""

    def decrypted(self, data: bytes, key: bytes, iv: bytes) -> bytes:
        """What was encrypted by AES-128 in CBC mode."""

    def picture(self, url: str) -> bytes | None:
        """A picture's bytes, if it comes soon and is small."""

    def subtitle(self, entry: Mapping[str, Any], path: Path) -> None:
        """Fetch a subtitle."""


class Job:
    """What a command does to a working folder."""

    def __init__(
        self, events: Events, folder: WorkFolder, ffmpeg: Ffmpeg, site: Site, *, ending: threading.Event
    ) -> None:
        """`ending` is set once what is recorded of a broadcast is enough."""
        self._ending = ending
        self._events = events
        self._folder = folder
        self._ffmpeg = ffmpeg
        self._site = site
        self._picture: Pictured | None = None

    def do(self, command: Work) -> Probed | ListRead | Fetched:
        match command:
            case Probe():
                return self.probe(command)
            case ReadList():
                return self.read_list(command)
        return self.fetch(command)

    def probe(self, command: Probe) -> Probed:
        """A list is looked at by its first entries."""
        info = self._ask(command.url)
        self._draw(info)
        about = described(info, command.url, recipes=command.recipes)
        if not about.is_playlist:
            return Probed(info=about)
        entries = list(self._site.entries_of(info))
        for batch in batches(entries):
            self._events.say(Listed(entries=batch))
        return Probed(info=in_all(about, [entry.duration_s for entry in entries], command.recipes))

    def read_list(self, command: ReadList) -> ListRead:
        """Nothing of it is kept here: what the portal has not taken yet waits in the pipe."""
        self._events.stage(Stage.PROBING)
        info, entries = self._site.open_list(command.url)
        self._events.say(Described(info=described(info, command.url)))
        number = 0
        for batch in batches(islice(entries, command.start - 1, command.most)):
            number = batch[-1].number
            self._events.say(Listed(entries=batch))
        is_cut = number == command.most and next(entries, None) is not None
        return ListRead(entry_count=max(number, command.start - 1), is_cut=is_cut)

    def fetch(self, command: Fetch) -> Fetched:
        """A broadcast that is gone, or cut off, leaves what is recorded of it."""
        if done := self._folder.finished(command.url, command.recipe):
            return done
        if command.ends:
            self._ending.set()
            if recorded := self._kept(command):
                return recorded
        try:
            return self._from_the_site(command)
        except CannotFetch as stopped:
            recorded = None if stopped.verdict.code in _PASSING else self._kept(command)
            if recorded is None:
                raise
            return recorded

    def _from_the_site(self, command: Fetch) -> Fetched:
        """Uses the site's earlier answer, and asks anew only if that has gone stale."""
        info = self._folder.info(command.url)
        if info is None:
            return self._fetched(self._asked(command), command)
        try:
            return self._fetched(info, command)
        except CannotFetch as stopped:
            if stopped.verdict.code not in _STALE:
                raise
        return self._fetched(self._asked(command), command)

    def _ask(self, url: str) -> Facts:
        self._events.stage(Stage.PROBING)
        found = self._site.ask(url)
        info = found | subtitles.reduced(found)
        self._folder.keep_info(url, info)
        if self._site.hides_formats:
            self._events.say(Warned(code="fewer_formats"))
        return info

    def _asked(self, command: Fetch) -> Facts:
        info = self._ask(command.url)
        self._events.say(Described(info=described(info, command.url)))
        return info

    def _fetched(self, info: Facts, command: Fetch) -> Fetched:
        refuse_what_cannot_be_fetched(info)
        if info.get("is_live"):
            return self._recorded(info, command)
        formats = self._site.choose(info)
        drawing = threading.Thread(target=self._draw, args=(info,), name="picture", daemon=True)
        drawing.start()
        try:
            paths = self._bring(formats, command.url)
        finally:
            drawing.join(_PICTURE_WAIT_S)
        return self._finished(info, formats, paths, command)

    def _recorded(self, info: Facts, command: Fetch) -> Fetched:
        """What is broadcast from now on, in the best format that has all of it."""
        live = recordable(info, sound_alone=command.recipe.audio_only)
        if not live:
            raise CannotFetch.because(ErrorCode.NOT_YET, "Picture and sound are broadcast apart: not to be recorded.")
        chosen = self._site.choose({**info, "formats": live})[0]
        recording = Recording(self._folder, command.url, str(chosen.get("format_id")), str(chosen["ext"]))
        self._draw(info)
        self._events.stage(Stage.FETCHING)
        name = recording.path.name
        meter = Meter(self._events, {name: None})
        Recorder(self._site, chosen, recording, self._ending).record(lambda status: meter.report(name, status))
        if not recording.known.bytes:
            raise CannotFetch.because(ErrorCode.NOT_YET, "Nothing of it was broadcast.")
        return self._finished(info, [chosen], [recording.path], command)

    def _kept(self, command: Fetch) -> Fetched | None:
        """A file of what an earlier run recorded."""
        path, info = Recording.kept(self._folder, command.url), self._folder.info(command.url)
        return self._finished({**info, "is_live": True}, [{}], [path], command) if path and info else None

    def _bring(self, formats: list[Facts], url: str) -> list[Path]:
        self._events.stage(Stage.FETCHING)
        paths = [self._folder.part(url, n, str(one.get("format_id")), str(one["ext"])) for n, one in enumerate(formats)]
        sizes = [one.get("filesize") or one.get("filesize_approx") for one in formats]
        meter = Meter(self._events, {path.name: size for path, size in zip(paths, sizes, strict=True)})
        for one, path in zip(formats, paths, strict=True):
            self._site.bring(one, path, lambda status, part=path.name: meter.report(part, status))  # type: ignore[misc]
        return paths

    def _finished(self, info: Facts, formats: list[Facts], paths: list[Path], command: Fetch) -> Fetched:
        about, recipe = described(info, command.url), command.recipe
        if about.is_live:
            about = replace(about, duration_s=None)
        sides = Sides(
            ffmpeg=self._ffmpeg, events=self._events, folder=self._folder, site=self._site, recipe=command.recipe
        )
        words = sides.words(info)
        cover = self._folder.path / picture.COVER
        extras = Extras(
            tags=tags(info) if recipe.metadata else {},
            cover=cover if recipe.thumbnail in Place.inside() and cover.exists() else None,
            words=tuple(words) if recipe.subtitles_as in Place.inside() else (),
            chapters=sides.chapters(info),
        )
        wanted = Wanted(recipe=recipe, duration_s=about.duration_s, extras=extras, once=about.is_live)
        whole = all(one.get("protocol") in _WHOLE for one in formats)
        finish = Finish(self._ffmpeg, self._events, self._folder.path)
        with contextlib.nullcontext() if about.is_live else self._frame_taken(paths[0], about.duration_s):
            file, extension = finish.file(paths, wanted, whole=whole)
        if about.is_live:
            made = self._ffmpeg.inspect(file)
            about = replace(about, duration_s=made.duration_s if made else None)
            if self._picture is None:
                self._take_frame(file, about.duration_s)
        ends = sides.laid_out(info, words)
        size = file.stat().st_size
        fetched = Fetched(file=f"{MEDIA}.{extension}", size_bytes=size, info=about, sides=ends)
        self._folder.finish(command.url, command.recipe, fetched, file)
        for path in paths:
            path.unlink(missing_ok=True)
        return fetched

    def _draw(self, info: Facts) -> None:
        """The picture that is here from last time, else the site's; a side job, which fails without a word."""
        urls = picture.candidates(info)
        folder = self._folder
        with contextlib.suppress(OSError):
            drawn = folder.picture() or picture.of_site(self._ffmpeg, folder.path, urls, self._site.picture)
            self._pictured(drawn)

    @contextlib.contextmanager
    def _frame_taken(self, file: Path, duration_s: float | None) -> Iterator[None]:
        """Meanwhile a frame of a file becomes the picture, if there is none yet."""
        if self._picture is not None:
            yield
            return
        taking = threading.Thread(target=self._take_frame, args=(file, duration_s), name="frame", daemon=True)
        taking.start()
        try:
            yield
        finally:
            taking.join()

    def _take_frame(self, file: Path, duration_s: float | None) -> None:
        with contextlib.suppress(OSError):
            self._pictured(picture.of_file(self._ffmpeg, self._folder.path, file, duration_s))

    def _pictured(self, picture: Pictured | None) -> None:
        if picture:
            self._picture = picture
            self._folder.keep_picture(picture)
            self._events.say(picture)
