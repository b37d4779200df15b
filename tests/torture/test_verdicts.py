"""What the torture would complain about, shown with what a site, a journal and a disk could hold after a bad round."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.downloads.looking import packets
from tests.fakes.media_site import Hit, MediaSite
from tests.torture import remains, verdicts
from tests.torture.links import Link, Medium

WHOLE = Medium(name="clip", path="/files/clip.mp4", pieces=(("/files/clip.mp4", 1_000_000),))
PIECES = Medium(name="hls", path="/hls/m.m3u8", pieces=(("/hls/0.ts", 400_000), ("/hls/1.ts", 600_000)))


def hits(link: Link, *sent: tuple[str, int]) -> list[Hit]:
    """A log in which these paths were asked for, and so many bytes were sent."""
    rows = [
        Hit(number=number, method="GET", path=path, resource="", query={}, headers={}, bytes_sent=size)
        for number, (path, size) in enumerate(sent)
    ]
    return [Hit(number=-1, method="GET", path=link.page, resource="", query={}, headers={}), *rows]


def test_going_on_where_it_was_is_good() -> None:
    link = Link(key="a", medium=WHOLE)
    fetched = verdicts.fetched(link, hits(link, (link.piece(0), 600_000), (link.piece(0), 500_000)), blows=1)

    assert (fetched.resent_bytes, fetched.troubles) == (100_000, [])


def test_a_second_time_to_the_end_is_not() -> None:
    link = Link(key="a", medium=WHOLE)
    twice = (link.piece(0), 1_000_000)

    assert "twice to the end" in str(verdicts.fetched(link, hits(link, twice, twice), blows=1).troubles)


def test_unless_it_cannot_be_continued_and_was_struck_as_its_last_bytes_came() -> None:
    link = Link(key="a", medium=replace(WHOLE, conditions="/@noranges"))
    whole = (link.piece(0), 1_000_000)

    assert verdicts.fetched(link, hits(link, whole, whole), blows=1).troubles == []
    assert "twice to the end" in str(verdicts.fetched(link, hits(link, whole, whole, whole), blows=1).troubles)


def test_nor_is_beginning_anew_again_and_again() -> None:
    link = Link(key="a", medium=WHOLE)
    begun = [(link.piece(0), 900_000)] * 3

    assert "sent again" in str(verdicts.fetched(link, hits(link, *begun), blows=1).troubles)


def test_of_pieces_the_one_under_way_may_come_again_but_no_other() -> None:
    link = Link(key="a", medium=PIECES)
    first, second = (link.piece(0), 400_000), (link.piece(1), 600_000)

    assert verdicts.fetched(link, hits(link, first, first, second), blows=1).troubles == []
    assert verdicts.fetched(link, hits(link, first, second, first, second), blows=1).troubles != []


def test_a_page_is_not_asked_again_once_its_media_came() -> None:
    link = Link(key="a", medium=WHOLE)
    asked = hits(link, (link.piece(0), 500), (link.page, 100), (link.piece(0), 1_000_000))

    assert "the page was asked for again" in str(verdicts.fetched(link, asked, blows=1).troubles)


@pytest.mark.parametrize(
    "kinds",
    [
        ["queued", "started", "finished", "finished"],
        ["queued", "queued", "started", "finished"],
        ["queued", "started"],
        ["queued", "finished", "started"],
        ["queued", "failed", "retried", "started", "finished"],
    ],
)
def test_a_journal_that_tells_too_much_or_too_little(kinds: list[str]) -> None:
    link = Link(key="a", medium=WHOLE)

    assert verdicts.told_troubles(link, kinds) != []
    assert verdicts.told_troubles(link, ["queued", "started", "interrupted", "started", "finished"]) == []


def test_another_byte_in_the_file_is_seen(media_site: MediaSite, tmp_path: Path) -> None:
    link = Link(key="a", medium=WHOLE)
    whole = media_site.library.path("clip.mp4").read_bytes()
    model = packets(media_site.library.path("clip.mp4"))
    stored = {"file": {"size_bytes": len(whole)}}
    path = tmp_path / "file.mp4"

    path.write_bytes(whole)
    assert verdicts.file_troubles(link, stored, path, model) == []
    middle = len(whole) // 2
    path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    assert "other media" in str(verdicts.file_troubles(link, stored, path, model))
    path.write_bytes(whole + b"\0")
    assert "bytes, not" in str(verdicts.file_troubles(link, stored, path, model))
    path.unlink()
    assert "no file" in str(verdicts.file_troubles(link, stored, path, model))


def test_a_file_of_nobody_is_seen(tmp_path: Path) -> None:
    (tmp_path / "wanted.mp4").touch()
    (tmp_path / "media" / ".x").mkdir(parents=True)
    assert remains.strange_files(tmp_path, {tmp_path / "wanted.mp4"}) == []
    (tmp_path / "media" / ".x" / "part").touch()

    assert remains.strange_files(tmp_path, {tmp_path / "wanted.mp4"}) == ["left behind: media/.x/part"]


def test_a_lost_row_and_a_broken_page_are_seen(tmp_path: Path) -> None:
    database = tmp_path / remains.DATABASE
    with closing(sqlite3.connect(database)) as made, made:
        made.execute("CREATE TABLE downloads (id TEXT PRIMARY KEY, filler TEXT)")
        made.executemany("INSERT INTO downloads VALUES (?, ?)", [(f"d{n}", "x" * 500) for n in range(100)])
    before = database.read_bytes()

    assert remains.database_troubles(tmp_path, {"d1", "d99"}) == []
    assert remains.database_troubles(tmp_path, {"d1", "d100"}) == ["acknowledged and not in the database: d100"]
    assert database.read_bytes() == before
    database.write_bytes(before[:9000] + b"\xff" * 3000 + before[12000:])
    assert "cannot be read" in str(remains.database_troubles(tmp_path, set()))
