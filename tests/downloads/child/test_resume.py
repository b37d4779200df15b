"""A download that was interrupted goes on where it was, and never joins what does not belong together."""

import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import pytest
from yt_dlp import YoutubeDL
from yt_dlp.downloader.fragment import FragmentFD

from medianest.downloads.child import joining
from medianest.downloads.child.folder import WorkFolder
from medianest.downloads.protocol import Failed, Fetch, Fetched, Info, Pictured, Progressed, Staged
from medianest.downloads.spawn import Tools
from medianest.downloads.types import ErrorCode, Preset, Stage
from tests.downloads import looking
from tests.downloads.conftest import Desk, open_desk, open_egress
from tests.downloads.processes import until
from tests.downloads.recipes import BUILT_IN
from tests.fakes.media_site import MediaSite

SIZE = 3_000_000
HALF = 1_500_000
NAME = f"padded-{SIZE}.mp4"


async def interrupted(desk: Desk, url: str) -> int:
    """Fetch until the site holds half way and some of it is on the disk, then kill the child; how much there is."""
    child = await desk.child()
    command = Fetch(url=url, proxy=desk.allowance.proxy_url)
    await desk.ask(child, command, until=lambda event: isinstance(event, Staged) and event.stage is Stage.FETCHING)
    await until(lambda: [part for part in desk.folder.glob("*.part") if part.stat().st_size > HALF // 2])
    await child.kill()
    (part,) = desk.folder.glob("*.part")
    return part.stat().st_size


def media_hits(media_site: MediaSite) -> list[tuple[str | None, int]]:
    """Range and bytes of each request for the medium, without the probe's."""
    return [(hit.range, hit.bytes_sent) for hit in media_site.hits(f"/files/{NAME}")]


async def test_a_killed_download_goes_on_at_its_byte_and_asks_no_page_again(desk: Desk, media_site: MediaSite) -> None:
    url = media_site.page(f"/files/{NAME}", hold=HALF, times=1)
    here = await interrupted(desk, url)
    fetched = await desk.fetch(url)
    assert isinstance(fetched, Fetched)
    assert looking.packets(desk.file(fetched)) == looking.packets(media_site.library.path(NAME))
    assert media_hits(media_site)[-1][0] == f"bytes={here}-"
    assert len([hit for hit in media_site.hits() if hit.path.startswith("/described/")]) == 1
    assert next(event.stage for event in desk.events if isinstance(event, Staged)) is Stage.FETCHING


async def test_progress_begins_where_it_was(desk: Desk, media_site: MediaSite) -> None:
    url = media_site.page(f"/files/{NAME}", hold=HALF, times=1)
    here = await interrupted(desk, url)
    await desk.fetch(url)
    first = next(event for event in desk.events if isinstance(event, Progressed))
    assert first.downloaded_bytes >= here
    assert first.total_bytes == SIZE


async def test_a_site_without_ranges_begins_again(desk: Desk, media_site: MediaSite) -> None:
    url = media_site.page(f"/files/{NAME}", hold=HALF, times=1, noranges=True)
    await interrupted(desk, url)
    fetched = await desk.fetch(url)
    assert isinstance(fetched, Fetched)
    assert looking.packets(desk.file(fetched)) == looking.packets(media_site.library.path(NAME))
    assert media_hits(media_site)[-1][1] == SIZE


async def test_another_file_at_the_same_address_is_not_joined_to_the_first(desk: Desk, media_site: MediaSite) -> None:
    url = media_site.page(f"/files/{NAME}", hold=HALF, times=1)
    await interrupted(desk, url)
    other = "padded-4000000.mp4"
    kept = desk.folder / "info.json"
    site_s_answer = json.loads(kept.read_text())
    site_s_answer["info"]["url"] = media_site.url(f"/files/{other}")
    kept.write_text(json.dumps(site_s_answer))
    fetched = await desk.fetch(url)
    assert isinstance(fetched, Fetched)
    assert looking.packets(desk.file(fetched)) == looking.packets(media_site.library.path(other))
    (hit,) = [hit for hit in media_site.hits(f"/files/{other}") if hit.range]
    assert hit.headers["if-range"]
    assert (hit.status, hit.bytes_sent) == (200, 4_000_000)


async def test_a_changed_file_of_a_site_without_marks_is_noticed_by_its_length(
    desk: Desk, media_site: MediaSite
) -> None:
    url = media_site.page(f"/files/{NAME}", hold=HALF, times=1)
    await interrupted(desk, url)
    (kept,) = desk.folder.glob("origins.json")
    (part,) = json.loads(kept.read_text())
    kept.write_text(json.dumps({part: {"mark": None, "total": SIZE + 1}}))
    failed = await desk.fetch(url)
    assert isinstance(failed, Failed)
    assert failed.code is ErrorCode.NETWORK
    assert not list(desk.folder.glob("part*"))


async def test_a_partial_file_that_is_too_long_is_thrown_away(desk: Desk, media_site: MediaSite) -> None:
    url = media_site.page(f"/files/{NAME}", hold=HALF, times=1)
    await interrupted(desk, url)
    (part,) = desk.folder.glob("*.part")
    part.write_bytes(bytes(SIZE + 50))
    fetched = await desk.fetch(url)
    assert isinstance(fetched, Fetched)
    assert looking.packets(desk.file(fetched)) == looking.packets(media_site.library.path(NAME))


async def test_a_partial_file_that_is_complete_needs_no_request(desk: Desk, media_site: MediaSite) -> None:
    url = media_site.page(f"/files/{NAME}", hold=HALF, times=1)
    await interrupted(desk, url)
    (part,) = desk.folder.glob("*.part")
    part.write_bytes(media_site.library.path(NAME).read_bytes())
    media_site.forget()
    assert isinstance(await desk.fetch(url), Fetched)
    assert media_hits(media_site) == []


async def test_a_broken_connection_is_taken_up_again(desk: Desk, media_site: MediaSite) -> None:
    fetched = await desk.fetch(media_site.page(f"/files/{NAME}", cut=True, times=1))
    assert isinstance(fetched, Fetched)
    assert looking.packets(desk.file(fetched)) == looking.packets(media_site.library.path(NAME))
    (_, first), (again, second) = media_hits(media_site)
    assert again
    assert first == HALF
    assert second < SIZE


async def test_what_came_before_the_last_try_is_kept_for_the_next_run(desk: Desk, media_site: MediaSite) -> None:
    child = await desk.child()
    failed = await desk.fetch(media_site.page(f"/files/{NAME}", cut=True), child=child)
    assert isinstance(failed, Failed)
    assert failed.code is ErrorCode.NETWORK
    (part,) = desk.folder.glob("*.part")
    here = part.stat().st_size
    assert here > 0
    media_site.forget()
    await desk.fetch(media_site.page(f"/files/{NAME}", cut=True), child=child)
    assert media_hits(media_site)[0][0] == f"bytes={here}-"


def pieces_here(desk: Desk) -> int:
    """How many pieces of a stream yt-dlp has noted as whole."""
    with suppress(ValueError):  # it writes its note in place
        for note in desk.folder.glob("*.ytdl"):
            return int(json.loads(note.read_text())["downloader"]["current_fragment"]["index"])
    return 0


async def test_pieces_of_a_stream_are_not_fetched_twice(desk: Desk, media_site: MediaSite) -> None:
    url = media_site.base + "/hls/180/index.m3u8"
    media_site.override("/hls/180/3.ts", hold=1_000)
    child = await desk.child()
    command = Fetch(url=url, proxy=desk.allowance.proxy_url)
    await desk.ask(child, command, until=lambda event: isinstance(event, Staged) and event.stage is Stage.FETCHING)
    await until(lambda: pieces_here(desk) == 3)
    await until(lambda: list(desk.folder.glob("*-Frag8")))
    assert pieces_here(desk) == 3
    await child.kill()
    media_site.override("/hls/180/3.ts")
    media_site.forget()
    fetched = await desk.fetch(url)
    assert isinstance(fetched, Fetched)
    assert looking.duration_s(desk.file(fetched)) > 7.5
    assert {hit.resource for hit in media_site.hits() if hit.resource.endswith(".ts")} == {"/hls/180/3.ts"}


def test_the_note_of_a_stream_counts_what_is_joined_and_not_what_came(tmp_path: Path) -> None:
    downloader = FragmentFD(YoutubeDL({"quiet": True}), {})
    came = {"filename": str(tmp_path / "a.mp4"), "fragment_index": 5, "fragment_filename_sanitized": "a.mp4.part-Frag3"}
    for context, told in ((came, 3), (came | {"fragment_filename_sanitized": None}, 5)):
        joining._write_note(downloader, context)
        assert json.loads((tmp_path / "a.mp4.ytdl").read_text())["downloader"]["current_fragment"]["index"] == told


def test_a_piece_for_which_there_was_no_room_is_not_noted(tmp_path: Path) -> None:
    downloader = FragmentFD(YoutubeDL({"quiet": True}), {})
    with Path("/dev/full").open("ab", buffering=0) as full:
        context = {"filename": str(tmp_path / "a.mp4"), "fragment_filename_sanitized": "a.mp4.part-Frag3"}
        with pytest.raises(OSError, match="No space left"):
            joining._append(downloader, context | {"dest_stream": full}, b"media")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
async def calm(tmp_path: Path, tools: Tools, media_site: MediaSite) -> AsyncIterator[Desk]:
    """Where nothing is interrupted."""
    place = tmp_path / "calm"
    place.mkdir()
    async with open_egress(media_site) as egress, open_desk(place, tools, egress, waited=False) as desk:
        yield desk


def as_before_the_last(part: Path, note: Path, last: int) -> None:
    """It died after it had joined a piece, and before it had noted that."""
    told = json.loads(note.read_text())
    told["downloader"]["current_fragment"]["index"] -= 1
    told["downloader"]["medianest_bytes"] -= last
    note.write_text(json.dumps(told))


def with_half_a_piece(part: Path, _note: Path, last: int) -> None:
    part.write_bytes(part.read_bytes() + part.read_bytes()[-last // 2 :])


def with_half_a_note(_part: Path, note: Path, _last: int) -> None:
    note.write_text(note.read_text()[:20])


def with_an_empty_note(_part: Path, note: Path, _last: int) -> None:
    note.write_text("")


def without_a_note(_part: Path, note: Path, _last: int) -> None:
    note.unlink()


def without_the_end(part: Path, _note: Path, last: int) -> None:
    """The power went, and the end of the file was not on the disk yet."""
    os.truncate(part, part.stat().st_size - last // 2)


def without_the_file(part: Path, _note: Path, _last: int) -> None:
    part.unlink()


def with_a_piece_that_has_no_name_yet(part: Path, _note: Path, _last: int) -> None:
    came = part.with_name(f"{part.name}-Frag8")
    came.rename(f"{came}.part")


@pytest.mark.parametrize(
    ("died", "goes_on"),
    [
        (as_before_the_last, True), (with_half_a_piece, True), (with_half_a_note, False), (with_an_empty_note, False),
        (without_a_note, False), (without_the_end, False), (without_the_file, False),
        (with_a_piece_that_has_no_name_yet, True),
    ],
)  # fmt: skip
async def test_a_stream_is_whole_wherever_it_died(
    desk: Desk, media_site: MediaSite, calm: Desk, died: Callable[[Path, Path, int], None], *, goes_on: bool
) -> None:
    url = media_site.base + "/hls/180/index.m3u8"
    media_site.override("/hls/180/3.ts", hold=1_000)
    child = await desk.child()
    command = Fetch(url=url, proxy=desk.allowance.proxy_url)
    await desk.ask(child, command, until=lambda event: isinstance(event, Staged) and event.stage is Stage.FETCHING)
    await until(lambda: pieces_here(desk) == 3 and list(desk.folder.glob("*-Frag8")))
    await child.kill()
    media_site.override("/hls/180/3.ts")
    sizes = [media_site.library.size(f"hls/180/{number}.ts") for number in range(3)]
    (note,) = desk.folder.glob("*.ytdl")
    part = note.with_suffix(".part")
    assert part.stat().st_size == sum(sizes)

    died(part, note, sizes[-1])
    media_site.forget()

    fetched = await desk.fetch(url)
    assert any(hit.resource == "/hls/180/0.ts" for hit in media_site.hits()) is not goes_on
    assert isinstance(fetched, Fetched)
    undisturbed = await calm.fetch(url)
    assert isinstance(undisturbed, Fetched)
    assert looking.packets(desk.file(fetched)) == looking.packets(calm.file(undisturbed))


async def test_an_address_that_has_gone_stale_is_asked_for_anew_once(desk: Desk, media_site: MediaSite) -> None:
    url = media_site.base + "/expiring/600/1000/clip.mp4"
    child = await desk.child()
    await desk.probe(url, child=child)
    media_site.expire_tokens()
    fetched = await desk.fetch(url, child=child)
    assert isinstance(fetched, Fetched)
    assert len(media_site.hits("/expiring/600/1000/clip.mp4")) == 2


async def test_an_address_that_is_stale_at_once_is_not_asked_for_for_ever(desk: Desk, media_site: MediaSite) -> None:
    failed = await desk.fetch(media_site.base + "/expiring/0/0/clip.mp4")
    assert isinstance(failed, Failed)
    assert failed.code is ErrorCode.FORBIDDEN
    assert len(media_site.hits("/expiring/0/0/clip.mp4")) == 1


def folder_of(path: Path) -> WorkFolder:
    path.mkdir(exist_ok=True)
    return WorkFolder(path)


FETCHED = Fetched(
    file="media.mp4",
    size_bytes=3,
    info=Info(title="A", site="s", extractor="e", source_id="1", webpage_url="u"),
)


def test_a_result_counts_only_with_its_file(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "work")
    draft = folder.path / "draft.mp4"
    draft.write_bytes(b"abc")
    folder.finish("u", BUILT_IN[Preset.BEST], FETCHED, draft)
    assert folder.finished("u", BUILT_IN[Preset.BEST]) == FETCHED
    assert folder.finished("u", BUILT_IN[Preset.PHONE]) is None
    assert folder.finished("v", BUILT_IN[Preset.BEST]) is None
    (folder.out / "media.mp4").write_bytes(b"ab")
    assert folder.finished("u", BUILT_IN[Preset.BEST]) is None


def test_after_the_machine_started_anew_media_are_fetched_again(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "work")
    held = folder.lock()
    assert held is not None
    assert WorkFolder(folder.path).lock() is None
    folder.keep_info("u", {"title": "A"})
    part = folder.part("u", 0, "137", "mp4")
    part.write_bytes(b"abc")
    folder.finish("u", BUILT_IN[Preset.BEST], FETCHED, part)
    part.with_suffix(".mp4.part").write_bytes(b"abc")
    os.close(held)
    (folder.path / "boot").write_bytes(b"another life")
    assert folder.lock() is not None
    assert {path.name for path in folder.path.iterdir()} == {"boot", "finished.json", "info.json", "lock", "out"}
    assert folder.finished("u", BUILT_IN[Preset.BEST]) is None
    assert folder.info("u") == {"title": "A", "subtitles": {}, "automatic_captions": {}}


def test_broken_notes_are_no_notes(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "work")
    for name in ("info.json", "finished.json", "origins.json", "picture.json"):
        (folder.path / name).write_text('{"url": "u", ')
    assert folder.info("u") is None
    assert folder.finished("u", BUILT_IN[Preset.BEST]) is None
    assert folder.origins() == {}
    assert folder.picture() is None


def test_a_picture_counts_only_with_its_file(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "work")
    folder.keep_picture(Pictured(file="picture.webp", tone=3))
    assert folder.picture() is None
    (folder.path / "picture.webp").write_bytes(b"x")
    assert folder.picture() == Pictured(file="picture.webp", tone=3)


def test_the_site_s_endless_texts_are_cut_before_they_are_kept(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "work")
    folder.keep_info("u", {"title": "x" * 1_000_000, "subtitles": {"de": "x" * 1_000_000}, "url": "y" * 5000})
    kept = folder.info("u")
    assert kept == {"title": "x" * 4000, "url": "y" * 5000, "subtitles": {}, "automatic_captions": {}}
    assert folder.info("another") is None
