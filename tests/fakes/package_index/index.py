"""The index itself: what it offers, in which words, and how it can be in trouble."""

import hashlib
import json
import os
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from tests.fakes.package_index import wheels
from tests.fakes.package_index.wheels import Kind

_JSON = "application/vnd.pypi.simple.v1+json"


class PackageIndex:
    """Serves from its making until `close`, in threads of its own; `asked` are the paths that were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._files: dict[str, bytes] = {}
        self._wrong: set[str] = set()
        self._going = threading.Event()
        self._going.set()
        self._fetched = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._answering())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        self._add("yt_dlp_ejs", wheels.EJS, wheels.ejs())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._going.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/simple/"

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables by which pip asks this index, and reads no file of settings."""
        return {"PIP_INDEX_URL": self.url, "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0"}

    def offer(self, number: str, kind: Kind = Kind.SOUND) -> None:
        """Have a further yt-dlp."""
        self._add("yt_dlp", number, wheels.ytdlp(number, kind))

    def withdraw(self, number: str) -> None:
        """Have it no more."""
        del self._files[_name("yt_dlp", number)]

    def lie_about(self, number: str) -> None:
        """Name another hash for it than its file has."""
        self._wrong.add(_name("yt_dlp", number))

    def hang(self) -> None:
        """Send half of each wheel from now on, and then nothing, until `go_on`."""
        self._fetched.clear()
        self._going.clear()

    def go_on(self) -> None:
        self._going.set()

    def wait_until_fetched(self, *, seconds: float = 60) -> None:
        """Return once a wheel has been begun since `hang`."""
        assert self._fetched.wait(seconds), "nobody fetched a wheel"

    def _add(self, project: str, number: str, wheel: bytes) -> None:
        name = _name(project, number)
        self._files |= {name: wheel, f"{name}.metadata": wheels.metadata(wheel)}

    def _hash(self, name: str) -> str:
        content = b"something else" if name in self._wrong else self._files[name]
        return hashlib.sha256(content).hexdigest()

    def _page(self, project: str, *, as_json: bool) -> bytes:
        start = f"{project.replace('-', '_')}-"
        names = sorted(name for name in self._files if name.startswith(start) and name.endswith(".whl"))
        if as_json:
            files = [self._entry(name) for name in names]
            return json.dumps({"meta": {"api-version": "1.0"}, "name": project, "files": files}).encode()
        links = (f'<a href="/files/{name}#sha256={self._hash(name)}">{name}</a>' for name in names)
        return f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode()

    def _entry(self, name: str) -> Mapping[str, object]:
        """One file, whose metadata can be had without it (PEP 714)."""
        metadata = hashlib.sha256(self._files[f"{name}.metadata"]).hexdigest()
        hashes = {"sha256": self._hash(name)}
        return {"filename": name, "url": f"/files/{name}", "hashes": hashes, "core-metadata": {"sha256": metadata}}

    def _answering(self) -> type[BaseHTTPRequestHandler]:
        index = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                index.asked.append(self.path)
                _, kind, name = self.path.rstrip("/").split("/", 2)
                if kind == "simple":
                    as_json = _JSON in self.headers.get("Accept", "")
                    self._send(index._page(name, as_json=as_json), _JSON if as_json else "text/html")
                elif name in index._files:
                    self._send(index._files[name], "application/zip", slowly=name.endswith(".whl"))
                else:
                    self.send_error(404)

            def _send(self, content: bytes, kind: str, *, slowly: bool = False) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                half = len(content) // 2
                try:
                    self.wfile.write(content[:half])
                    self.wfile.flush()
                    if slowly:
                        index._fetched.set()
                        index._going.wait()
                    self.wfile.write(content[half:])
                except ConnectionError:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Tests ask `asked`."""

        return Answering


def _name(project: str, number: str) -> str:
    return f"{project}-{number}-py3-none-any.whl"
