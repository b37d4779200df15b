"""The real yt-dlp with one extractor more, for the media site's premieres.

yt-dlp's own extractors that know of upcoming videos ask fixed hosts over TLS; this one does as YouTube's does: it says
when it begins, and that there are no formats, which yt-dlp makes an error unless it is told not to.
"""

from datetime import UTC, datetime
from pathlib import Path

from medianest.downloads.ytdlp import trees
from medianest.downloads.ytdlp.copies import Copies

VERSION = "2099.1.1"
_EXTRACTOR = """
import importlib
import sys

sys.path.pop(0)
del sys.modules["yt_dlp"]
real = importlib.import_module("yt_dlp")
from yt_dlp.extractor import import_extractors
from yt_dlp.extractor.common import InfoExtractor
from yt_dlp.globals import extractors


class PremiereIE(InfoExtractor):
    _VALID_URL = r"http://127\\.0\\.0\\.1:[0-9]+/(?:@[^/]+/)*premiere/(?P<id>.+)"

    def _real_extract(self, url):
        known = self._download_json(url, self._match_id(url))
        about = {"id": "first-night", "title": known["title"]}
        if known["begins"] is None:
            return {**about, "url": known["media"], "ext": "mp4"}
        self.raise_no_formats("Premieres in a while", expected=True)
        return {**about, "formats": [], "live_status": "is_upcoming", "release_timestamp": known["begins"]}


import_extractors()
extractors.value = {"PremiereIE": PremiereIE, **extractors.value}
"""


def write(folder: Path) -> None:
    """Have it in `folder`, as yt-dlp lies in a folder of copies."""
    for name, text in (("yt_dlp", _EXTRACTOR), ("yt_dlp_ejs", "")):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text(text)


def put_in_use(copies: Copies) -> None:
    """Let new work begin with it."""
    with copies.draft() as draft:
        tree = draft / "tree"
        write(tree)
        trees.seal(tree, VERSION, "0.8.0", at=datetime(2026, 11, 20, tzinfo=UTC))
        copies.keep(tree, VERSION)
    copies.switch(VERSION)
