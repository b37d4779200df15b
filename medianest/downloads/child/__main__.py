"""The program of the child process: asks a site what a link is and fetches it, with yt-dlp, behind walls.

Run as `python -I -m medianest.downloads.child LIFELINE`, where LIFELINE is the descriptor of a pipe's reading end whose
other end the portal holds; commands come on standard input (`protocol`). This is the only module that imports yt_dlp,
and it does so after the walls are up.
"""

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from medianest.core import clock
from medianest.downloads import failures
from medianest.downloads.child import guard, joining
from medianest.downloads.child.cookies import SIGNED_IN, Jar
from medianest.downloads.child.entries import Lists
from medianest.downloads.child.info import LISTS, UPCOMING, offered_formats
from medianest.downloads.child.job import Facts
from medianest.downloads.child.output import Events, Log
from medianest.downloads.child.picture import BYTES_MOST
from medianest.downloads.child.program import Commands, Program
from medianest.downloads.child.resume import Resumption
from medianest.downloads.failure_sentences import BLOCKED_REASON
from medianest.downloads.failures import CannotFetch
from medianest.downloads.protocol import Entry, Introduced
from medianest.downloads.types import ErrorCode

_SCHEMES = frozenset({"http", "https", "data"})
_WHOLE = frozenset({"http", "https"})
_SMUGGLED = "__youtubedl_smuggle"
_PICTURE_TIMEOUT_S = 8
_NOWHERE = "https://nowhere.invalid/"
_BLOCK_LEAST = 1024
_BLOCK_MOST = 512 * 1024
_NOTHING_BEHIND = 416


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
        try:
            return self._looked(url)
        except CannotFetch as stopped:
            if stopped.verdict.code is not ErrorCode.NOT_YET:
                raise
            return self._announced(url, stopped)

    def _announced(self, url: str, stopped: CannotFetch) -> Facts:
        """What the site says of that which has no formats yet; yt-dlp keeps it to itself unless it is told to."""
        with self._without_formats(), contextlib.suppress(CannotFetch):
            facts = self._looked(url)
            if facts.get("live_status") == UPCOMING:
                return facts
        raise stopped

    @contextmanager
    def _without_formats(self) -> Iterator[None]:
        self._ytdl.params["ignore_no_formats_error"] = True
        try:
            yield
        finally:
            self._ytdl.params["ignore_no_formats_error"] = False

    def _looked(self, url: str) -> Facts:
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
        with contextlib.suppress(CannotFetch):
            return self.read(url, {}, BYTES_MOST + 1, timeout_s=_PICTURE_TIMEOUT_S)
        return None

    def read(self, url: str, headers: Mapping[str, str], most: int, *, timeout_s: float | None = None) -> bytes:
        from yt_dlp.networking import Request

        extensions = {"timeout": timeout_s} if timeout_s else {}
        with self._translated():
            answer = self._ytdl.urlopen(Request(url, headers=dict(headers), extensions=extensions))
            data: bytes = answer.read(most)
        return data

    def decrypted(self, data: bytes, key: bytes, iv: bytes) -> bytes:
        from yt_dlp import aes

        with self._translated():
            plain: bytes = aes.unpad_pkcs7(aes.aes_cbc_decrypt_bytes(data, key, iv))
        return plain

    def subtitle(self, entry: Mapping[str, Any], path: Path) -> None:
        if str(entry.get("protocol")).startswith("m3u8"):
            with self._translated():
                self._ytdl.dl(path.name, {**entry, "id": path.stem, "title": path.stem}, subtitle=True)
            return
        if (text := entry.get("data")) is None:
            text = self.read(entry["url"], entry.get("http_headers") or {}, BYTES_MOST)
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
    joining.secure(FragmentFD)

    class Confined(YoutubeDL):  # type: ignore[misc]  # yt_dlp has no types
        @staticmethod
        def normal(url: str) -> str:
            return str(Request(url).url)

        def urlopen(self, request: Any) -> Any:
            request = Request(request) if isinstance(request, str) else request
            if request.url.partition(":")[0].lower() not in _SCHEMES:
                raise guard.RefusedConnection(request.url[:100])
            if condition := resumption.condition(request.url, request.headers):
                request.headers["If-Range"] = condition
            try:
                answer = super().urlopen(request)
            except Exception as error:
                if getattr(error, "status", None) == _NOTHING_BEHIND:
                    request.headers.pop("Range", None)  # yt-dlp asks for all of it then, in these very headers
                if BLOCKED_REASON in str(error):
                    raise guard.RefusedConnection(urlsplit(request.url).hostname) from error
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


def _loading() -> Iterator[object]:
    """What takes time before the first answer: modules, and the patterns by which the extractors know their links."""
    import yt_dlp

    yield yt_dlp
    for extractor in yt_dlp.extractor.gen_extractor_classes():
        yield extractor.suitable(_NOWHERE)
    with yt_dlp.YoutubeDL({"cachedir": False, "logger": Log()}) as ytdl:
        yield ytdl.get_info_extractor("Generic")


def main() -> None:
    guard.tie_to_parent(int(sys.argv[1]))
    events = Events.on_standard_output()
    commands = Commands(sys.stdin.fileno())
    program = Program(commands, events, site=YtdlpSite, introduced=_introduced)
    program.close_walls()
    if commands.setup.ytdlp:
        sys.path.insert(0, commands.setup.ytdlp)
    program.warm_up(_loading())
    program.run()


if __name__ == "__main__":
    main()
