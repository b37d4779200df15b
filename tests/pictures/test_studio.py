"""A picture is fetched once, drawn into its box, kept, and given again."""

import asyncio
from pathlib import Path

import pytest
from PIL import Image

from medianest.core.errors import Unavailable
from medianest.pictures.errors import NoPicture
from medianest.pictures.types import Size, Source
from tests.fakes.image_host import ImageHost
from tests.fakes.plex import OWNER, Plex
from tests.fakes.plex.messages import Reply
from tests.pictures.samples import encoded, picture, seen
from tests.pictures.studio import Studio, open_studio


@pytest.mark.parametrize("size", Size)
async def test_a_picture_fits_its_box_and_is_never_larger_than_it_was(size: Size, studio: Studio) -> None:
    studio.host.pictures["/wide.png"] = Reply(body=picture("PNG", (1280, 720)))
    drawn = seen(await studio.get("/wide.png", size))
    assert drawn.width <= min(size.width, 1280)
    assert drawn.height <= size.height
    assert size.width > 1280 or size.width in (drawn.width, round(drawn.height * 16 / 9))
    assert abs(drawn.width / drawn.height - 16 / 9) < 0.05


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
async def test_every_kind_that_browsers_know_becomes_webp(kind: str, studio: Studio) -> None:
    studio.host.pictures["/x.jpg"] = Reply(body=picture(kind, (300, 450)))
    assert seen(await studio.get("/x.jpg")).size == (154, 231)


async def test_tmdb_is_asked_for_the_width_that_is_just_enough(studio: Studio) -> None:
    for size in Size:
        await studio.get("/poster.jpg", size)
    asked = {hit.request.path.split("/")[3] for hit in studio.host.hits}
    assert asked == {"w154", "w342", "w780", "w1280", "w300"}
    assert len(studio.host.asked("/t/p/w154/poster.jpg")) == 2, "a poster and an avatar"


async def test_a_poster_of_the_plex_server_is_asked_for_with_its_token_in_the_head(
    plex_studio: Studio, plex: Plex
) -> None:
    item = next(iter(plex.server.shelves.items.values()))
    path = f"/library/metadata/{item.key}/thumb/{item.updated_at}"
    assert seen(await plex_studio.get(path, source=Source.PLEX)).size == (154, 231)
    request = plex.server.asked(path)[0]
    assert request.headers["x-plex-token"] == plex.server.token_for(OWNER)
    assert request.query == {}


async def test_without_a_plex_server_its_pictures_are_away(studio: Studio) -> None:
    with pytest.raises(Unavailable):
        await studio.get("/library/metadata/1/thumb/1", source=Source.PLEX)


async def test_nothing_that_a_picture_carries_is_handed_on(studio: Studio) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    body = picture("JPEG", exif=exif.tobytes(), comment=b"a secret", icc_profile=b"profile" * 20)
    studio.host.pictures["/x.jpg"] = Reply(body=body)
    drawn = await studio.get("/x.jpg")
    assert not seen(drawn).info.keys() & {"exif", "icc_profile", "xmp", "comment"}
    assert not any(word in drawn for word in (b"taken at home", b"a secret", b"profile", b"EXIF", b"ICCP"))


async def test_a_picture_that_lies_on_its_side_stands_up(studio: Studio) -> None:
    image = Image.new("RGB", (600, 400), "red")
    image.paste("blue", (0, 0, 600, 100))
    exif = Image.Exif()
    exif[0x0112] = 6
    studio.host.pictures["/x.jpg"] = Reply(body=encoded(image, "JPEG", exif=exif.tobytes()))
    drawn = seen(await studio.get("/x.jpg")).convert("RGB")
    assert drawn.size == (154, 231)
    red, _, blue = drawn.getpixel((150, 100))  # type: ignore[misc]
    assert blue > red, "what was on top is on the right"


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "LA"), ("JPEG", "CMYK"), ("GIF", "P")]
)
async def test_unusual_colours_are_shown_too(kind: str, mode: str, studio: Studio) -> None:
    studio.host.pictures["/x.png"] = Reply(body=picture(kind, mode=mode))
    assert seen(await studio.get("/x.png")).size == (154, 231)


async def test_what_shines_through_goes_on_doing_so(studio: Studio) -> None:
    studio.host.pictures["/logo.png"] = Reply(body=encoded(Image.new("RGBA", (400, 400), (255, 0, 0, 128)), "PNG"))
    drawn = seen(await studio.get("/logo.png"))
    assert drawn.mode == "RGBA"
    assert drawn.getpixel((5, 5))[3] == 128  # type: ignore[index]


async def test_a_picture_is_fetched_once(studio: Studio) -> None:
    first = await studio.get("/poster.jpg")
    assert await studio.get("/poster.jpg") == first
    assert len(studio.host.hits) == 1
    assert (studio.counted("miss"), studio.counted("hit")) == (1, 1)
    assert len(studio.kept) == 1


async def test_a_hundred_who_ask_at_once_cause_one_fetch(studio: Studio) -> None:
    studio.host.trouble("/t/p/", wait=0.3)
    found = await asyncio.gather(*(studio.get("/poster.jpg") for _ in range(100)))
    assert len(set(found)) == 1
    assert len(studio.host.hits) == 1


async def test_who_leaves_does_not_take_the_picture_from_the_others(studio: Studio) -> None:
    first, second = (asyncio.create_task(studio.get("/poster.jpg")) for _ in range(2))
    await asyncio.to_thread(studio.host.wait_for, "/t/p/w154/poster.jpg")
    first.cancel()
    assert seen(await second).width == 154
    assert len(studio.host.hits) == 1


async def test_it_is_there_after_a_restart_with_the_same_address(tmp_path: Path, host: ImageHost) -> None:
    async with open_studio(tmp_path, host) as before:
        address = before.pictures.address_of(Source.TMDB, "/poster.jpg", Size.POSTER_154)
        first = await before.get("/poster.jpg")
    async with open_studio(tmp_path, host) as after:
        assert after.pictures.address_of(Source.TMDB, "/poster.jpg", Size.POSTER_154) == address
        assert await after.get("/poster.jpg") == first
    assert len(host.hits) == 1


async def test_what_went_missing_on_the_disk_is_fetched_again(studio: Studio) -> None:
    first = await studio.get("/poster.jpg")
    studio.kept[0].unlink()
    assert await studio.get("/poster.jpg") == first
    studio.kept[0].write_bytes(first[:-10])
    assert await studio.get("/poster.jpg") == first, "half a file is none"
    assert len(studio.host.hits) == 3


async def test_a_picture_that_is_none_is_not_asked_for_again_soon(studio: Studio) -> None:
    for _ in range(3):
        with pytest.raises(NoPicture):
            await studio.get("/missing.jpg")
    assert len(studio.host.hits) == 1


async def test_what_was_away_is_asked_for_again(studio: Studio) -> None:
    studio.host.away()
    with pytest.raises(Unavailable):
        await studio.get("/poster.jpg")
    studio.host.back()
    assert seen(await studio.get("/poster.jpg")).width == 154


async def test_a_source_that_is_down_is_left_alone(studio: Studio) -> None:
    studio.host.trouble("/t/p/", fail=500)
    for number in range(8):
        with pytest.raises(Unavailable):
            await studio.get(f"/{number}.jpg")
    assert len(studio.host.hits) == 5
