"""Serves the gallery under the policy that the portal has: pages by name, static files, sample pictures."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from medianest.core.i18n import direction
from medianest.web.frame import Theme
from medianest.web.templating import Templates
from tests.gallery.pages import Sample, samples_of_all_pages
from tests.gallery.pseudo import PseudoCatalogues

ART = Path(__file__).parent / "art"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "media-src 'self' blob:; worker-src 'self' blob:; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
STILL_ASKED = ("plex/new", "plex/continue", "ask/lists/trending", "ask/lists/popular")
"""What a page asks for by itself, and waits for forever."""
SAMPLES = {sample.name: sample for sample in samples_of_all_pages()}


class Gallery(BaseHTTPRequestHandler):
    """`/queue-empty?theme=dark&lang=ar` is the page of that sample in Arabic; `fa` is the language of `pseudo`."""

    protocol_version = "HTTP/1.1"
    templates = Templates(PseudoCatalogues())

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        name = url.path.strip("/")
        asset = self.templates.assets.find(name.removeprefix("static/"))
        if asset:
            self._answer(asset.plain, asset.media_type)
        elif name.endswith("/picture"):
            self._answer(_picture(name.split("/")[1]), "image/svg+xml")
        elif name.endswith("/file"):
            self._answer(b"", "video/mp4")
        elif name in STILL_ASKED:
            self.send_response(204)
            self.end_headers()
        elif name in SAMPLES:
            options = parse_qs(url.query)
            self._answer(self._page(SAMPLES[name], options).encode(), "text/html; charset=utf-8")
        elif not name:
            links = "".join(f'<li><a href="/{sample}">{sample}</a></li>' for sample in SAMPLES)
            self._answer(f"<title>Gallery</title><ul>{links}</ul>".encode(), "text/html; charset=utf-8")
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        """Takes what a form sends, and has nothing to say to it."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(b"", "text/html")

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: it is looked at, not read."""

    def _page(self, sample: Sample, options: dict[str, list[str]]) -> str:
        language = options.get("lang", ["en"])[0]
        theme = Theme(options.get("theme", ["auto"])[0])
        frame = replace(sample.frame, theme=theme, language=language, direction=direction(language))
        return self.templates.render(sample.template, language, {"page": frame, "view": sample.view})

    def _answer(self, body: bytes, media_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", CSP)
        self.end_headers()
        self.wfile.write(body)


def _picture(name: str) -> bytes:
    path = ART / f"still-{name}.svg"
    return (path if path.exists() else ART / "still-harbour.svg").read_bytes()


@contextmanager
def gallery(*, port: int = 0) -> Iterator[str]:
    """The address of a running gallery."""
    server = ThreadingHTTPServer(("127.0.0.1", port), Gallery)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
