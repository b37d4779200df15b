"""Static files and where they are found."""

import gzip
from pathlib import Path

import pytest

from medianest.web.assets import Assets

BUDGET = 60_000
PAGE = ("css/tokens.css", "css/base.css", "css/components.css", "css/pages.css", "js/app.js",
        "vendor/htmx/htmx.min.js", "vendor/htmx/hx-sse.min.js")  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "css").mkdir()
    (tmp_path / "css/a.css").write_text("a { color: red }" * 20)
    (tmp_path / "notes.md").write_text("not for browsers")
    return tmp_path


def test_the_address_of_a_file_changes_with_its_content(folder: Path) -> None:
    before, build = Assets(folder=folder).address("css/a.css"), Assets(folder=folder).build
    (folder / "css/a.css").write_text("a { color: blue }")
    assert Assets(folder=folder).address("css/a.css") != before
    assert Assets(folder=folder).build != build


def test_an_address_stands_under_the_base_path(folder: Path) -> None:
    assert Assets(folder=folder, base_path="/nest").address("css/a.css").startswith("/nest/static/css/a.css?v=")


def test_only_what_browsers_need_is_served(folder: Path) -> None:
    assets = Assets(folder=folder)
    assert assets.find("notes.md") is None
    assert assets.find("../pyproject.toml") is None
    found = assets.find("css/a.css")
    assert found is not None
    assert gzip.decompress(found.gzipped) == found.plain


def test_an_address_of_nothing_is_an_error_where_it_is_written(folder: Path) -> None:
    with pytest.raises(KeyError):
        Assets(folder=folder).address("css/b.css")


def test_script_and_style_of_a_page_keep_their_budget() -> None:
    assets = Assets()
    sent = {path: len(found.gzipped) for path in PAGE if (found := assets.find(path))}
    assert sent.keys() == set(PAGE)
    assert sum(sent.values()) < BUDGET, sent
