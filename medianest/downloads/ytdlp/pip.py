"""pip as the portal sees it: asked what there is, and told to install it, under the system's own settings.

It runs in a child that dies with the portal, as its own user, without a shell. Which index is asked, over which proxy
and with which certificates is pip's affair: its files of settings, its variables and the usual ones are let through.
"""

import asyncio
import logging
import os
import signal
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

import medianest
from medianest.core.i18n import msg
from medianest.core.log import one_line
from medianest.core.programs import Program
from medianest.core.redaction import redact
from medianest.core.waiting import undisturbed
from medianest.downloads.ytdlp import trees, versions
from medianest.downloads.ytdlp.errors import NoPip, NotInstalled
from medianest.downloads.ytdlp.versions import Release

log = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=5)
_PACKAGES = str(Path(medianest.__file__).parent.parent)
_START = "import sys; sys.path.append(sys.argv.pop(1)); from medianest.downloads.child.module import main; main()"
_LET_THROUGH = frozenset(
    {"PATH", "HOME", "LANG", "NETRC", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}
    | {"XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}
)
_OURS_TO_SAY = frozenset({"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_DRY_RUN", "PIP_REPORT", "PIP_PRE"})
_ALWAYS = ("--no-input", "--disable-pip-version-check", "--no-cache-dir", "--no-color")
_WHOLE = ("--progress-bar", "off", "--no-deps", "--only-binary", ":all:")
_DEBIAN = "/usr/share/python-wheels"
_SAID_MOST = 64 * 1024
_LOGGED_LINES = 20
_LOOK_EVERY_S = 1.0


class _Hashes(msgspec.Struct):
    hashes: dict[str, str] = {}


class _Origin(msgspec.Struct):
    archive_info: _Hashes = msgspec.field(default_factory=_Hashes)


class _Metadata(msgspec.Struct):
    version: str
    requires_dist: list[str] = []


class _Found(msgspec.Struct):
    metadata: _Metadata
    download_info: _Origin


class _Report(msgspec.Struct):
    """What pip would install (pip.pypa.io, Installation report)."""

    install: list[_Found]


class Pip:
    """The installer of this Python: its own pip, or the one that its `ensurepip` carries."""

    def __init__(self, environ: Mapping[str, str], *, patience: timedelta = PATIENCE) -> None:
        self._environ = environ
        self._patience = patience

    async def newest(self, folder: Path, *, nightly: bool) -> Release:
        """What the index offers for this Python, with the hash that it gives. Raises NoPip, NotInstalled."""
        found = await self._ask(folder, "yt-dlp", *(["--pre"] if nightly else []))
        version, ejs = found.metadata.version, versions.ejs_of(found.metadata.requires_dist)
        if ejs is None or not versions.is_version(version):
            raise NotInstalled(msg("downloads.ytdlp_strange_release", version=one_line(version, most=40)))
        return Release(version=version, ejs=ejs, sha256=_sha256(found))

    async def install(self, release: Release, folder: Path, final: Path) -> Path:
        """Install a release below `folder`, so compiled as if it lay in `final`; returns where it lies.

        pip takes only files of the hashes that the index gave. Raises NoPip, NotInstalled.
        """
        tree, wanted = folder / "tree", folder / "wanted.txt"
        script = _sha256(await self._ask(folder, f"yt-dlp-ejs=={release.ejs}"))
        pins = {f"yt-dlp=={release.version}": release.sha256, f"yt-dlp-ejs=={release.ejs}": script}
        lines = (f"{pin} --hash=sha256:{sha256}\n" for pin, sha256 in pins.items())
        await asyncio.to_thread(wanted.write_text, "".join(lines))
        where = ("--target", str(tree), "--no-compile", "--no-user", "--no-warn-script-location")
        await self._pip(folder, "install", *where, *_WHOLE, "--require-hashes", "--requirement", str(wanted))
        try:
            await asyncio.to_thread(trees.check_installed, tree)
        except (trees.Damaged, OSError, ValueError) as error:
            raise NotInstalled(msg("downloads.ytdlp_damaged", reason=one_line(str(error), most=200))) from error
        names = ("--invalidation-mode", "unchecked-hash", "-q", "-s", str(tree), "-p", str(final))
        await self._run(folder, "", "compileall", *names, str(tree))
        return tree

    async def _ask(self, folder: Path, wanted: str, *more: str) -> _Found:
        report = folder / "report.json"
        asked = ("--dry-run", "--ignore-installed", "--no-user", "--report", str(report), *_WHOLE, *more)
        await self._pip(folder, "install", *asked, wanted)
        try:
            raw = await asyncio.to_thread(report.read_bytes)
            (found,) = msgspec.json.decode(raw, type=_Report).install
        except (OSError, ValueError) as error:
            raise NotInstalled(msg("downloads.ytdlp_no_report")) from error
        return found

    async def _pip(self, folder: Path, *words: str) -> None:
        await self._run(folder, _source_of_pip(), "pip", *_ALWAYS, *words)

    async def _run(self, folder: Path, source: str, module: str, *words: str) -> None:
        """Run a module to its end. Raises NotInstalled where it fails, takes too long or fills the disk."""
        theirs, ours = os.pipe()
        try:
            program = await Program.start(
                [sys.executable, "-I", "-c", _START, _PACKAGES, str(theirs), source, module, *words],
                cwd=folder,
                env=self._environment(folder),
                pass_fds=(theirs,),
                line_most=_SAID_MOST,
            )
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        try:
            await self._see_through(program, folder, module)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.close()
            os.close(ours)
            await undisturbed(asyncio.ensure_future(program.wait()))

    async def _see_through(self, program: Program, folder: Path, module: str) -> None:
        hearing = asyncio.create_task(_until_end(program))
        watching = asyncio.create_task(_until_too_large(folder))
        tasks: list[asyncio.Task[Any]] = [hearing, watching]
        patience = self._patience.total_seconds()
        try:
            await asyncio.wait(tasks, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            if watching.done() or await _is_too_large(folder):
                raise NotInstalled(msg("downloads.ytdlp_too_large", module=module))
            if not hearing.done():
                raise NotInstalled(msg("downloads.ytdlp_too_slow", module=module))
            lines, code = hearing.result()
        finally:
            for task in tasks:
                task.cancel()
        if code:
            raise NotInstalled(msg("downloads.ytdlp_pip_failed", module=module, reason=_told(module, lines)))

    def _environment(self, folder: Path) -> dict[str, str]:
        """What pip needs to find its settings and its way out, and nothing else of the portal's own environment."""
        kept = {
            name: value
            for name, value in self._environ.items()
            if name.upper() in _LET_THROUGH or (name.startswith("PIP_") and name not in _OURS_TO_SAY)
        }
        return {"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8", **kept, "TMPDIR": str(folder)}


def _source_of_pip() -> str:
    """Where pip is to be imported from; empty for the environment's own. Raises NoPip.

    Debian has `ensurepip` in a package of its own, and its wheels in another.
    """
    if find_spec("pip"):
        return ""
    carrier = find_spec("ensurepip")
    places = [carrier and carrier.origin and Path(carrier.origin).parent / "_bundled"]
    places += [Path(folder) for folder in (sysconfig.get_config_var("WHEEL_PKG_DIR"), _DEBIAN) if folder]
    wheels = chain.from_iterable(place.glob("pip-*.whl") for place in places if place)
    found = next(wheels, None)
    if found is None:
        raise NoPip
    return str(found)


def _sha256(found: _Found) -> str:
    digest = found.download_info.archive_info.hashes.get("sha256")
    if digest is None:
        raise NotInstalled(msg("downloads.ytdlp_no_hash"))
    return digest


def _told(module: str, lines: Sequence[str]) -> str:
    """Have the log say what it said; returns the line that says why."""
    for line in lines[-_LOGGED_LINES:]:
        log.warning("%s: %s", module, line)
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return one_line((errors or list(lines) or ["?"])[-1], most=200)


async def _until_end(program: Program) -> tuple[list[str], int]:
    """What it said, and its exit code."""
    said, complained = await asyncio.gather(_heard(program.output), _heard(program.errors))
    return [*said, *complained], await program.wait()


async def _heard(stream: asyncio.StreamReader) -> list[str]:
    """The lines of the last part of what it says, without secrets."""
    heard = b""
    while piece := await stream.read(_SAID_MOST):
        heard = (heard + piece)[-_SAID_MOST:]
    lines = heard.decode(errors="replace").splitlines()
    return [one_line(redact(line)) for line in lines if line.strip()]


async def _until_too_large(folder: Path) -> None:
    while True:
        if await _is_too_large(folder):
            return
        await asyncio.sleep(_LOOK_EVERY_S)


async def _is_too_large(folder: Path) -> bool:
    """Whether there is more in it than may be."""
    return await asyncio.to_thread(trees.size_bytes, folder) > trees.BYTES_MOST
