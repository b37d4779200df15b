"""The program of the child process: asks a site what a link is and fetches it, with yt-dlp, behind walls.

Run as `python -I -m medianest.downloads.child LIFELINE`, where LIFELINE is the descriptor of a pipe's reading end whose
other end the portal holds; commands come on standard input (`protocol`). This is the only module that imports yt_dlp,
and it does so after the walls are up.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from medianest.core import clock
from medianest.downloads import child_guard, failures, protocol
from medianest.downloads.child_cookies import SIGNED_IN, Jar
from medianest.downloads.child_ffmpeg import Ffmpeg
from medianest.downloads.child_folder import WorkFolder
from medianest.downloads.child_info import LISTS, offered_formats
from medianest.downloads.child_job import Facts, Job, Work
from medianest.downloads.child_list import Lists
from medianest.downloads.child_options import ABSENT, options
from medianest.downloads.child_output import Events, Log
from medianest.downloads.child_picture import BYTES_MOST
from medianest.downloads.child_resume import Resumption, of_what_is_joined
from medianest.downloads.failure_sentences import BLOCKED_REASON
from medianest.downloads.failures import CannotFetch
from medianest.downloads.protocol import (
    Entry,
    Failed,
    Fetch,
    Fetched,
    Introduce,
    Introduced,
    ListRead,
    Probed,
    ReadList,
    Setup,
)
from medianest.downloads.recipes import Recipe
from medianest.downloads.types import ErrorCode

_SCHEMES = frozenset({"http", "https", "data"})
_WHOLE = frozenset({"http", "https"})
_SMUGGLED = "__youtubedl_smuggle"
_PICTURE_TIMEOUT_S = 8
_BLOCK_LEAST = 1024
_BLOCK_MOST = 512 * 1024


class YtdlpSite:
    """A site by way of yt-dlp, for one command."""

    def __init__(self, parameters: dict[str, Any], resumption: Resumption, jar: Jar, log: Log) -> None:
        self._resumption = resumption
        self._jar = jar
        self._log = log
        self._report: Callable[[Mapping[str, object]], None] = log.ignore
        self._ytdl = _confined(resumption)(parameters)
        self._lists = Lists(self._ytdl, self._translated)
        self._ytdl.add_progress_hook(lambda status: self._report(status))
        if jar.is_for_all:
            jar.put_into(self._ytdl.cookiejar)

    @property
    def hides_formats(self) -> bool:
        return "formats may be missing" in self._log.warnings

    def ask(self, url: str) -> Facts:
        _refuse_other_than_pages(url)
        return self._jar.opening(self._ytdl.cookiejar, lambda: self._asked(url))

    def _asked(self, url: str) -> Facts:
        with self._translated():
            found = self._ytdl.extract_info(url, download=False)
            facts: Facts = self._ytdl.sanitize_info(found, remove_private_keys=True)
            if facts.get("_type") in LISTS:
                facts["entries"] = [self._ytdl.sanitize_info(entry) for entry in found.get("entries") or ()]
        return facts | {SIGNED_IN: self._jar.is_open}

    def open_list(self, url: str) -> tuple[Facts, Iterator[Entry]]:
        """A list, and its entries as the site gives them, asking for more only when they are asked for."""
        _refuse_other_than_pages(url)
        return self._jar.opening(self._ytdl.cookiejar, lambda: self._lists.open(url))

    def entries_of(self, info: Facts) -> Iterator[Entry]:
        """The entries that a look at a list brought along."""
        return self._lists.entries(info)

    def choose(self, info: Facts) -> list[Facts]:
        if info.get(SIGNED_IN):
            self._jar.put_into(self._ytdl.cookiejar)
        offered = {**info, "formats": offered_formats(info)} if info.get("formats") else dict(info)
        with self._translated():
            chosen = self._ytdl.process_ie_result(offered, download=False)
        whole = {key: value for key, value in chosen.items() if key != "requested_formats"}
        return [{**whole, **one} for one in chosen.get("requested_formats") or [{}]]

    def bring(self, format: Facts, path: Path, report: Callable[[Mapping[str, object]], None]) -> None:
        self._report = report
        with self._translated():
            if format.get("protocol") not in _WHOLE:
                self._download(format, path)
            else:
                with self._resumption.of(path, self._ytdl.normal(format["url"])):
                    self._download(format, path)

    def _download(self, format: Facts, path: Path) -> None:
        done, _ = self._ytdl.dl(path.name, format)  # the working folder is the current one
        if not done:
            raise CannotFetch.because(ErrorCode.TOO_LARGE, "It is larger than what may be fetched.")

    def picture(self, url: str) -> bytes | None:
        from yt_dlp.networking import Request

        try:
            with self._translated():
                answer = self._ytdl.urlopen(Request(url, extensions={"timeout": _PICTURE_TIMEOUT_S}))
                data: bytes = answer.read(BYTES_MOST + 1)
        except CannotFetch:
            return None
        return data

    def subtitle(self, entry: Mapping[str, Any], path: Path) -> None:
        from yt_dlp.networking import Request

        with self._translated():
            if str(entry.get("protocol")).startswith("m3u8"):
                self._ytdl.dl(path.name, {**entry, "id": path.stem, "title": path.stem}, subtitle=True)
                return
            if (text := entry.get("data")) is None:
                answer = self._ytdl.urlopen(Request(entry["url"], headers=entry.get("http_headers") or {}))
                text = answer.read(BYTES_MOST)
            path.write_bytes(text.encode() if isinstance(text, str) else text)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except CannotFetch:
            raise
        except Exception as error:  # yt-dlp lets nearly everything through
            self._log.error(f"{type(error).__name__}: {error}")
            trouble = failures.trouble(error, warnings=self._log.warnings)
            raise CannotFetch(failures.verdict(trouble, now=clock.now())) from error


def _refuse_other_than_pages(url: str) -> None:
    if urlsplit(url).scheme not in _WHOLE or _SMUGGLED in url:
        raise CannotFetch.because(ErrorCode.UNSUPPORTED_URL, "This is not the address of a page.")


def _confined(resumption: Resumption) -> Any:
    """YoutubeDL that asks over HTTP only, believes the proxy's refusal at once, and continues only what is the same."""
    from yt_dlp import YoutubeDL
    from yt_dlp.downloader.fragment import FragmentFD
    from yt_dlp.downloader.http import HttpFD
    from yt_dlp.networking import Request

    HttpFD.best_block_size = staticmethod(_block_size)
    FragmentFD._write_ytdl_file = of_what_is_joined(FragmentFD._write_ytdl_file)  # noqa: SLF001  # no other way in

    class Confined(YoutubeDL):  # type: ignore[misc]  # yt_dlp has no types
        @staticmethod
        def normal(url: str) -> str:
            return str(Request(url).url)

        def urlopen(self, request: Any) -> Any:
            request = Request(request) if isinstance(request, str) else request
            if request.url.partition(":")[0].lower() not in _SCHEMES:
                raise child_guard.RefusedConnection(request.url[:100])
            if condition := resumption.condition(request.url, request.headers):
                request.headers["If-Range"] = condition
            try:
                answer = super().urlopen(request)
            except Exception as error:
                if BLOCKED_REASON in str(error):
                    raise child_guard.RefusedConnection(urlsplit(request.url).hostname) from error
                raise
            resumption.note(request.url, answer.headers)
            return answer

    return Confined


def _introduced() -> Introduced:
    import yt_dlp
    import yt_dlp_ejs

    return Introduced(
        version=yt_dlp.version.__version__,
        ejs=yt_dlp_ejs.version,
        places=[str(yt_dlp.__file__), str(yt_dlp_ejs.__file__)],
        extractors=len(yt_dlp.extractor.gen_extractor_classes()),
    )


def _block_size(elapsed_s: float, size: int) -> int:
    """How much to read at once: a quarter of a second's bytes, at most twice the last time's.

    A block that breaks off is lost; yt-dlp's own are as large as 4 MB.
    """
    return int(min(max(size / max(elapsed_s, 0.001) / 4, _BLOCK_LEAST), size * 2, _BLOCK_MOST))


class Program:
    """The loop that answers commands."""

    def __init__(self, setup: Setup, folder: WorkFolder, lock: int, events: Events) -> None:
        self._setup = setup
        self._folder = folder
        self._events = events
        self._ffmpeg = Ffmpeg(setup.ffmpeg, lock=lock)
        programs = frozenset({setup.ffmpeg, setup.deno or setup.ffmpeg})
        self._gate = child_guard.Gate(folder.path, programs, sealed=setup.ytdlp)

    def close_walls(self) -> None:
        child_guard.limit(self._setup.limits)
        child_guard.watch_memory(self._setup.limits.memory_bytes, self._die_of_hunger)
        sys.modules.update(dict.fromkeys(ABSENT))  # type: ignore[arg-type]  # None is how an import is forbidden
        self._gate.close()

    def answer(self, command: Work | Introduce) -> Probed | ListRead | Fetched | Introduced | Failed:
        """Do what the command says; whatever goes wrong becomes a Failed."""
        jar = Jar(None if isinstance(command, Introduce) else command.cookies)
        final = self._done(command, jar)
        if back := jar.given_back():
            self._events.say(back)
        return final

    def _done(self, command: Work | Introduce, jar: Jar) -> Probed | ListRead | Fetched | Introduced | Failed:
        log = Log()
        try:
            if isinstance(command, Introduce):
                return _introduced()
            return self._job(command, jar, log).do(command)
        except CannotFetch as stopped:
            found = stopped.verdict
        except Exception as error:  # noqa: BLE001  # the last line of this process: the portal is owed an answer
            log.error("".join(traceback.format_exception(error)))
            found = failures.verdict(failures.trouble(error), now=clock.now())
        return Failed(code=found.code, detail=found.detail, retry_after_s=found.retry_after_s)

    def _job(self, command: Work, jar: Jar, log: Log) -> Job:
        proxy = urlsplit(command.proxy)
        self._gate.proxy = (proxy.hostname or "", proxy.port or 0)
        fetch = command if isinstance(command, Fetch) else None
        parameters = options(
            fetch.recipe if fetch else Recipe(),
            proxy=command.proxy,
            deno=self._setup.deno,
            file_bytes=self._setup.limits.file_bytes,
            logger=log,
            as_list=isinstance(command, ReadList),
        )
        self._events.begin()
        site = YtdlpSite(parameters, Resumption(self._folder), jar, log)
        return Job(self._events, self._folder, self._ffmpeg, site)

    def _die_of_hunger(self) -> None:
        self._events.say(Failed(code=ErrorCode.INTERNAL, detail="It needed more memory than it may have."))
        os.killpg(0, signal.SIGKILL)


def main() -> None:
    child_guard.tie_to_parent(int(sys.argv[1]))
    events = Events.on_standard_output()
    commands = map(protocol.command, sys.stdin.buffer)
    setup = next(commands)
    assert isinstance(setup, Setup)
    folder = WorkFolder(Path.cwd())
    lock = folder.lock()
    if lock is None:
        events.say(Failed(code=ErrorCode.INTERRUPTED, detail="Another process still writes into the working folder."))
        return
    program = Program(setup, folder, lock, events)
    program.close_walls()
    if setup.ytdlp:
        sys.path.insert(0, setup.ytdlp)
    import yt_dlp  # noqa: F401  # while the portal decides what to ask

    for command in commands:
        assert not isinstance(command, Setup)
        events.say(program.answer(command))


if __name__ == "__main__":
    main()
