"""Wheels of yt-dlp under numbers of our own, made of what is installed here (PyPA, Binary distribution format)."""

import base64
import hashlib
import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

EJS = version("yt-dlp-ejs")
_SITE = Path(str(find_spec("yt_dlp").origin)).parents[1]  # type: ignore[union-attr]  # it is installed
_USED = """
import sys, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
import yt_dlp
class Sound(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "audio/wav")
        self.end_headers()
        self.wfile.write(b"RIFF" + bytes(100))
    def log_message(self, *_):
        pass
server = HTTPServer(("127.0.0.1", 0), Sound)
threading.Thread(target=server.serve_forever, daemon=True).start()
with yt_dlp.YoutubeDL({"quiet": True, "noprogress": True, "simulate": True}) as ytdl:
    ytdl.extract_info(f"http://127.0.0.1:{server.server_port}/sound.wav")
yt_dlp.extractor.gen_extractor_classes()
print(*(module.__file__ for name, module in sys.modules.items() if name.partition(".")[0] == "yt_dlp"), sep="\\n")
"""
_WHEEL = "Wheel-Version: 1.0\nGenerator: MediaNest's tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


class Kind(StrEnum):
    """What is the matter with a wheel: nothing with the first two, of which `WHOLE` can fetch pages, too."""

    SOUND = "sound"
    WHOLE = "whole"
    BROKEN = "broken"
    LYING = "lying"
    INTRUSIVE = "intrusive"
    FAILING = "failing"


def ytdlp(number: str, kind: Kind = Kind.SOUND) -> bytes:
    """A yt-dlp that says it is `number`; what else it is, `kind` says."""
    files = dict(_whole() if kind is Kind.WHOLE else _small())
    spoken = ".".join(part.zfill(2) for part in number.removesuffix(".dev0").split("."))
    if kind is Kind.LYING:
        spoken = "2001.01.01"
    name = "yt_dlp/version.py"
    files[name] = files[name].replace(repr(version("yt-dlp")).encode(), repr(spoken).encode())
    if kind is Kind.BROKEN:
        files["yt_dlp/__init__.py"] = b"import no_such_module_anywhere\n"
    if kind is Kind.FAILING:
        files["yt_dlp/downloader/http.py"] += b"\n\ndef refuse(*_):\n    raise RuntimeError('no such luck')\n\n"
        files["yt_dlp/downloader/http.py"] += b"HttpFD.real_download = refuse\n"
    if kind is Kind.INTRUSIVE:
        files["sitecustomize.py"] = b"raise SystemExit('I should not be here')\n"
    return _wheel("yt_dlp", number, files, requires=f'yt-dlp-ejs=={EJS}; extra == "default"')


def metadata(wheel: bytes) -> bytes:
    """What a wheel says of itself."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        return archive.read(next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA")))


@cache
def ejs() -> bytes:
    """The installed yt-dlp-ejs, as it is."""
    return _wheel("yt_dlp_ejs", EJS, dict(_files(_SITE / "yt_dlp_ejs")))


@cache
def _whole() -> Mapping[str, bytes]:
    """All of the installed yt-dlp."""
    return dict(_files(_SITE / "yt_dlp"))


@cache
def _small() -> Mapping[str, bytes]:
    """What a download of a plain file loads of it, and the table of all its sites."""
    used = subprocess.run([sys.executable, "-I", "-c", _USED], capture_output=True, text=True, check=True).stdout
    paths = {Path(line) for line in used.splitlines()}
    paths |= {_SITE / "yt_dlp" / "extractor" / "lazy_extractors.py"}
    return {str(path.relative_to(_SITE)): path.read_bytes() for path in sorted(paths)}


def _files(package: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(package.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            yield str(path.relative_to(_SITE)), path.read_bytes()


def _wheel(name: str, number: str, files: Mapping[str, bytes], *, requires: str = "") -> bytes:
    about = f"{name}-{number}.dist-info"
    needs = f"Requires-Dist: {requires}\nProvides-Extra: default\n" if requires else ""
    metadata = f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: {number}\n{needs}"
    whole = {**files, f"{about}/METADATA": metadata.encode(), f"{about}/WHEEL": _WHEEL.encode()}
    record = "".join(f"{path},{_digest(content)},{len(content)}\n" for path, content in whole.items())
    whole[f"{about}/RECORD"] = f"{record}{about}/RECORD,,\n".encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path, content in whole.items():
            archive.writestr(path, content)
    return made.getvalue()


def _digest(content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
    return f"sha256={digest.decode().rstrip('=')}"
