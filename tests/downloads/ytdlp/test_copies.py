"""Copies of yt-dlp are whole or not there, work goes on with its own, and nobody's copy is taken away."""

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest

from medianest.downloads.ytdlp import trees
from medianest.downloads.ytdlp.copies import MARK, Copies, Occupied
from medianest.downloads.ytdlp.trees import Damaged
from medianest.downloads.ytdlp.versions import Copy
from tests.downloads.ytdlp.stock import BUNDLED, stock

OLD, NEW, NEWEST = "2026.11.1", "2026.11.2", "2026.11.3"


class Data:
    """A data folder with copies in it, and folders where work is done."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.work = folder / "work"
        self.work.mkdir()

    def copies(self, bundled: Copy = BUNDLED) -> Copies:
        return Copies(self.folder / "ytdlp", bundled, workplaces=lambda: list(self.work.iterdir()))

    def have(self, version: str) -> None:
        stock(self.folder / "ytdlp", version)

    def place(self, name: str) -> Path:
        place = self.work / name
        place.mkdir()
        return place

    def file(self, version: str) -> Path:
        return self.folder / "ytdlp" / version / "yt_dlp" / "extractor" / "generic.py"

    def versions(self) -> set[str]:
        return {path.name for path in (self.folder / "ytdlp").iterdir() if path.is_dir()}


@pytest.fixture
def data(tmp_path: Path) -> Data:
    return Data(tmp_path)


def test_without_any_the_bundled_one_is_in_use_and_nothing_is_made(data: Data) -> None:
    assert data.copies().in_use() == BUNDLED
    assert data.copies().way_back() is None
    data.copies().tidy()
    assert not (data.folder / "ytdlp").exists()


def test_the_one_switched_to_is_in_use_and_the_one_before_is_the_way_back(data: Data) -> None:
    data.have(OLD)
    assert (data.copies().in_use().version, data.copies().way_back()) == (OLD, BUNDLED)
    data.have(NEW)
    used, back = data.copies().in_use(), data.copies().way_back()
    assert (used.version, used.ejs, used.folder) == (NEW, "0.8.0", data.folder / "ytdlp" / NEW)
    assert back
    assert back.version == OLD


def test_going_back_refuses_what_was_in_use(data: Data) -> None:
    data.have(OLD)
    data.have(NEW)
    data.copies().go_back()
    assert data.copies().in_use().version == OLD
    assert data.copies().book().refused == (NEW,)
    data.copies().go_back()
    assert data.copies().in_use() == BUNDLED
    assert data.copies().book().refused == (NEW, OLD)
    data.copies().switch(NEW)
    assert data.copies().book().refused == (OLD,)


def test_a_later_bundled_one_is_in_use_again_and_the_book_says_so(data: Data) -> None:
    data.have(OLD)
    later = data.copies(Copy(version="2026.12.1", ejs="0.9.0", folder=None))
    assert later.in_use() == later.bundled
    later.settle()
    assert later.book().current is None
    later.tidy()
    assert data.versions() == set()


def _change(data: Data) -> None:
    data.file(NEW).write_text("something else")


def _lose(data: Data) -> None:
    data.file(NEW).unlink()


def _add(data: Data) -> None:
    data.file(NEW).with_name("youtube.py").write_text("import os")


def _link(data: Data) -> None:
    data.file(NEW).with_name("youtube.py").symlink_to("/dev/null")


def _unseal(data: Data) -> None:
    (data.folder / "ytdlp" / NEW / "seal.json").unlink()


def _tear_seal(data: Data) -> None:
    seal = data.folder / "ytdlp" / NEW / "seal.json"
    seal.write_bytes(seal.read_bytes()[:50])


@pytest.mark.parametrize("harm", [_change, _lose, _add, _link, _unseal, _tear_seal])
def test_a_damaged_copy_is_never_taken_and_the_one_before_is(data: Data, harm: Callable[[Data], None]) -> None:
    data.have(OLD)
    data.have(NEW)
    harm(data)
    assert data.copies().find(NEW) is None
    assert data.copies().in_use().version == OLD
    assert data.copies().take(data.place("a")).version == OLD


def test_a_copy_is_read_whole_once_and_again_when_it_is_in_doubt(data: Data) -> None:
    data.have(OLD)
    copies = data.copies()
    assert copies.in_use().version == OLD
    data.file(OLD).write_text("something else")
    assert copies.in_use().version == OLD
    copies.doubt(OLD)
    assert copies.in_use() == BUNDLED


def test_compiled_modules_of_another_python_do_no_harm(data: Data) -> None:
    data.have(NEW)
    cache = data.file(NEW).parent / "__pycache__"
    cache.mkdir()
    (cache / "generic.cpython-399.pyc").write_bytes(b"compiled")
    assert data.copies().find(NEW)


def test_a_book_that_cannot_be_read_leads_to_the_bundled_one(data: Data) -> None:
    data.have(OLD)
    (data.folder / "ytdlp" / "book.json").write_text("{")
    assert data.copies().in_use() == BUNDLED


def test_work_that_was_interrupted_goes_on_with_its_own(data: Data) -> None:
    data.have(OLD)
    place = data.place("a")
    assert data.copies().take(place).version == OLD
    (place / "part0").write_text("half")
    data.have(NEW)
    assert data.copies().take(place).version == OLD
    assert (place / "part0").read_text() == "half"
    assert data.copies().take(data.place("b")).version == NEW


def test_work_that_failed_begins_anew_with_the_one_in_use_then(data: Data) -> None:
    data.have(OLD)
    place = data.place("a")
    copies = data.copies()
    copies.note_failure(place, copies.take(place))
    (place / "part0").write_text("half")
    (place / "out").mkdir()
    assert copies.take(place).version == OLD, "there is no other yet"
    assert (place / "part0").exists()
    copies.note_failure(place, copies.take(place))
    data.have(NEW)
    assert copies.take(place).version == NEW
    assert {path.name for path in place.iterdir()} == {MARK, "lock"}


def test_work_whose_copy_is_gone_begins_anew(data: Data) -> None:
    data.have(OLD)
    place = data.place("a")
    data.copies().take(place)
    (place / "info.json").write_text("{}")
    data.have(NEW)
    data.file(OLD).unlink()
    assert data.copies().take(place).version == NEW
    assert not (place / "info.json").exists()


def test_work_of_which_nobody_knows_the_copy_begins_anew(data: Data) -> None:
    place = data.place("a")
    (place / "info.json").write_text("{}")
    data.copies().take(place)
    assert not (place / "info.json").exists()


def test_nothing_begins_anew_where_somebody_still_writes(data: Data) -> None:
    data.have(OLD)
    place = data.place("a")
    data.copies().take(place)
    (place / "info.json").write_text("{}")
    data.file(OLD).unlink()
    with (place / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Occupied):
            data.copies().take(place)
    assert (place / "info.json").exists()


def test_tidying_keeps_what_is_in_use_the_way_back_and_the_copies_of_work(data: Data) -> None:
    data.have(OLD)
    data.copies().take(data.place("a"))
    for version in (NEW, NEWEST, "2026.11.4"):
        data.have(version)
    (data.folder / "ytdlp" / ".new-left").mkdir()
    data.copies().tidy()
    assert data.versions() == {OLD, NEWEST, "2026.11.4"}
    (data.work / "a" / MARK).unlink()
    data.copies().tidy()
    assert data.versions() == {NEWEST, "2026.11.4"}


def test_what_pip_put_there_is_what_the_wheels_list(tmp_path: Path) -> None:
    tree = _installed(tmp_path)
    trees.check_installed(tree)
    assert not (tree / "bin").exists()


@pytest.mark.parametrize(
    "name", ["yt_dlp/more.py", "yt_dlp/version.py", "sitecustomize.py", "yt_dlp_ejs-0.8.0.dist-info/extra"]
)
def test_what_pip_did_not_list_is_refused(tmp_path: Path, name: str) -> None:
    tree = _installed(tmp_path)
    (tree / name).write_text("changed")
    with pytest.raises(Damaged):
        trees.check_installed(tree)


def test_a_tree_without_records_is_refused(tmp_path: Path) -> None:
    tree = _installed(tmp_path)
    (tree / "yt_dlp_ejs-0.8.0.dist-info" / "RECORD").unlink()
    with pytest.raises(Damaged):
        trees.check_installed(tree)


def _installed(folder: Path) -> Path:
    """What pip leaves of two tiny wheels."""
    tree = folder / "tree"
    record = "yt_dlp/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\nyt_dlp/version.py,"
    record += (
        "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\nyt_dlp-2026.11.1.dist-info/RECORD,,\n../../bin/x,,\n"
    )
    script = "yt_dlp_ejs/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n"
    script += "yt_dlp_ejs-0.8.0.dist-info/RECORD,,\n"
    contents = {
        "yt_dlp/__init__.py": "",
        "yt_dlp/version.py": "",
        "yt_dlp-2026.11.1.dist-info/RECORD": record,
        "yt_dlp_ejs/__init__.py": "",
        "yt_dlp_ejs-0.8.0.dist-info/RECORD": script,
        "bin/yt-dlp": "#!python",
    }
    for name, text in contents.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    return tree
