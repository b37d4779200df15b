"""What a file of ours is, by its name."""

from pathlib import Path

import pytest

from medianest.downloads.formats import AUDIO_EXTENSIONS, VIDEO_EXTENSIONS
from medianest.http.media_types import UNKNOWN, media_type_of


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.mp4", "video/mp4"), ("b.MKV", "video/x-matroska"), ("c.opus", "audio/ogg"), ("d.webp", "image/webp")],
)
def test_media_is_known_by_the_end_of_its_name(name: str, kind: str) -> None:
    assert media_type_of(Path(name)) == kind


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "script.js", "mp4", "a.mp4.exe", ""])
def test_anything_else_is_bytes_that_no_browser_runs(name: str) -> None:
    assert media_type_of(Path(name)) == UNKNOWN


def test_every_kind_of_file_that_a_download_may_end_as_is_known() -> None:
    for extension in VIDEO_EXTENSIONS | AUDIO_EXTENSIONS:
        assert media_type_of(Path(f"a.{extension}")).startswith(("video/", "audio/")), extension
