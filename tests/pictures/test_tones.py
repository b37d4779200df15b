"""The colour that stands in for a picture is its own, and is remembered as long as anybody could show the picture."""

from pathlib import Path

import pytest
from PIL import Image

from medianest.core.tones import TONES, dominant, tone
from medianest.pictures import tones as memory
from medianest.pictures.tones import Tones
from medianest.pictures.types import Shown, Size, Source
from tests.fakes.image_host import ImageHost
from tests.fakes.plex.messages import Reply
from tests.pictures.samples import encoded
from tests.pictures.studio import Studio, open_studio

RED, YELLOW, GREEN, BLUE, GREY, BLACK = (
    (200, 30, 30), (230, 200, 40), (40, 160, 60), (40, 80, 200), (120, 120, 122), (0, 0, 0),
)  # fmt: skip


def shown(studio: Studio, name: str) -> Shown:
    found = studio.pictures.shown(Source.TMDB, name, Size.POSTER_154)
    assert found
    return found


def painted(*parts: tuple[int, int, int]) -> Reply:
    """A poster of so many bands."""
    image = Image.new("RGB", (300, 450))
    for number, colour in enumerate(parts):
        image.paste(colour, (0, number * 450 // len(parts), 300, (number + 1) * 450 // len(parts)))
    return Reply(body=encoded(image, "PNG"))


@pytest.mark.parametrize(
    ("pixel", "expected"), [(RED, 1), (YELLOW, 3), (GREEN, 5), (BLUE, 9), (GREY, None), (BLACK, None)]
)
def test_a_colour_has_the_hue_in_which_pages_draw(pixel: tuple[int, int, int], expected: int | None) -> None:
    assert tone(pixel) == expected


def test_the_hue_that_most_of_a_picture_has_counts_and_what_has_hardly_any_has_none() -> None:
    assert dominant([BLUE] * 3 + [RED]) == tone(BLUE)
    assert dominant([BLACK] * 20 + [RED] * 12 + [GREEN] * 4) == tone(RED)
    assert dominant([GREY] * 100) is None
    assert dominant([GREY] * 999 + [RED]) is None
    assert dominant([]) is None


async def test_a_page_knows_the_tone_of_what_was_drawn_once_and_the_next_start_does_too(
    tmp_path: Path, host: ImageHost
) -> None:
    host.pictures |= {"/blue.png": painted(BLUE, BLACK, BLUE, RED), "/grey.png": painted(GREY)}
    async with open_studio(tmp_path, host) as studio:
        assert shown(studio, "/blue.png").tone is None
        for name in ("/blue.png", "/grey.png"):
            for size in (Size.POSTER_154, Size.POSTER_308):
                await studio.get(name, size)
        assert [shown(studio, name).tone for name in ("/blue.png", "/grey.png")] == [tone(BLUE), None]
    async with open_studio(tmp_path, host) as again:
        assert shown(again, "/blue.png").tone == tone(BLUE)
        assert await again.pictures.tidy() is None, "it is no picture that could go"


async def test_what_cannot_be_remembered_is_known_until_the_end(studio: Studio) -> None:
    (studio.folder / "cache" / "pictures" / "tones").mkdir()
    studio.host.pictures["/blue.png"] = painted(BLUE)
    await studio.get("/blue.png")
    assert shown(studio, "/blue.png").tone == tone(BLUE)


async def test_only_the_newest_are_remembered_and_half_a_record_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MOST", 3)
    file = tmp_path / "tones"
    first = Tones(file)
    for number in range(5):
        await first.remember(Source.TMDB, f"/{number}.jpg", number)
    assert [first.of(Source.TMDB, f"/{number}.jpg") for number in range(5)] == [None, None, 2, 3, 4]
    with file.open("ab") as torn:
        torn.write(b"\x00\x01\x02")
    again = Tones(file)
    again.load()
    assert [again.of(Source.TMDB, f"/{number}.jpg") for number in range(5)] == [None, None, 2, 3, 4]
    assert file.stat().st_size == 3 * 9
    assert again.of(Source.PLEX, "/4.jpg") is None


def test_a_tone_that_is_none_is_not_believed(tmp_path: Path) -> None:
    file = tmp_path / "tones"
    file.write_bytes(b"12345678" + bytes([TONES]))
    Tones(file).load()
    assert file.read_bytes() == b""
