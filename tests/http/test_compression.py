"""Texts leave compressed for whom no other site can make ask, and for nobody else."""

import httpx
import pytest

from tests.http.portal import Portal
from tests.http.test_cors import bearer

LONG = 40_000
OF_OURS = {"sec-fetch-site": "same-origin"}
VARIES = "Accept-Encoding, Sec-Fetch-Site"


async def answer(http: httpx.AsyncClient, fields: dict[str, str], **wish: object) -> httpx.Response:
    path = wish.pop("path", "/long")
    return await http.get(str(path), params={"length": LONG, **wish}, headers=fields)  # type: ignore[dict-item]


@pytest.fixture
async def fields(portal: Portal) -> dict[str, str]:
    """What somebody's browser sends with an address that they typed."""
    return (await portal.enter(portal.cast.bob))[1] | {"sec-fetch-site": "none"}


@pytest.mark.parametrize("site", ["same-origin", "none"])
async def test_a_page_is_small_on_the_way_and_whole_in_the_end(
    http: httpx.AsyncClient, fields: dict[str, str], site: str
) -> None:
    came = await answer(http, fields | {"sec-fetch-site": site})
    assert came.headers["content-encoding"] == "gzip"
    assert came.num_bytes_downloaded == int(came.headers["content-length"]) < LONG / 10
    assert len(came.content) == LONG
    assert VARIES in came.headers.get_list("vary")


@pytest.mark.parametrize("site", ["cross-site", "same-site", None])
async def test_nobody_learns_from_the_length_of_what_another_site_made_ask(
    http: httpx.AsyncClient, fields: dict[str, str], site: str | None
) -> None:
    others = {name: value for name, value in fields.items() if name != "sec-fetch-site"}
    came = await answer(http, others | ({"sec-fetch-site": site} if site else {}))
    assert "content-encoding" not in came.headers
    assert came.num_bytes_downloaded == LONG
    assert VARIES in came.headers.get_list("vary")


async def test_nobody_learns_from_the_length_of_what_shows_a_secret(
    http: httpx.AsyncClient, fields: dict[str, str]
) -> None:
    assert "content-encoding" not in (await answer(http, fields, secret=True)).headers


async def test_a_program_with_a_token_gets_compressed_answers(portal: Portal, http: httpx.AsyncClient) -> None:
    came = await answer(http, await bearer(portal), path="/api/v1/long", kind="application/json")
    assert came.headers["content-encoding"] == "gzip"
    assert len(came.content) == LONG


@pytest.mark.parametrize("takes", ["", "identity", "br", "gzip;q=0", "gzip; q=0.0", "deflate, gzip ; q = 0"])
async def test_who_does_not_take_it_does_not_get_it(
    http: httpx.AsyncClient, fields: dict[str, str], takes: str
) -> None:
    came = await answer(http, fields | {"accept-encoding": takes})
    assert "content-encoding" not in came.headers
    assert len(came.content) == LONG


@pytest.mark.parametrize("takes", ["gzip", "br, GZIP;q=0.5", "deflate,gzip , br"])
async def test_who_takes_it_gets_it(http: httpx.AsyncClient, fields: dict[str, str], takes: str) -> None:
    assert (await answer(http, fields | {"accept-encoding": takes})).headers["content-encoding"] == "gzip"


@pytest.mark.parametrize(("length", "compressed"), [(0, False), (999, False), (1000, True)])
async def test_what_fits_one_packet_goes_as_it_is(
    http: httpx.AsyncClient, fields: dict[str, str], length: int, *, compressed: bool
) -> None:
    came = await answer(http, fields, length=length)
    assert ("content-encoding" in came.headers) is compressed
    assert len(came.content) == length


@pytest.mark.parametrize("kind", ["image/jpeg", "video/mp4", "application/octet-stream"])
async def test_what_is_compressed_already_is_not_again(
    http: httpx.AsyncClient, fields: dict[str, str], kind: str
) -> None:
    assert "content-encoding" not in (await answer(http, fields, kind=kind)).headers


@pytest.mark.parametrize("says", ["content-encoding", "content-range"])
async def test_what_is_a_part_or_encoded_of_its_own_goes_as_it_is(
    portal: Portal, fields: dict[str, str], says: str
) -> None:
    wish = f"GET /long?length={LONG}&says={says} HTTP/1.1\r\nhost: 127.0.0.1:{portal.port}\r\nconnection: close\r\n"
    asked = "".join(f"{name}: {value}\r\n" for name, value in (fields | {"accept-encoding": "gzip"}).items())
    head, _, body = (await portal.say(f"{wish}{asked}\r\n".encode())).partition(b"\r\n\r\n")
    assert f"{says}: own".encode() in head
    assert body.startswith(b"a page")


async def test_what_is_made_piece_by_piece_goes_as_it_is_made(http: httpx.AsyncClient, fields: dict[str, str]) -> None:
    came = await http.get("/pieces", headers=fields)
    assert "content-encoding" not in came.headers
    assert came.content == b"a piece;" * 3000


async def test_a_file_keeps_its_length_and_its_ranges(
    portal: Portal, http: httpx.AsyncClient, fields: dict[str, str]
) -> None:
    (portal.folder / "clip.mp4").write_bytes(b"0" * LONG)
    came = await http.get("/files/clip.mp4", headers=fields | {"range": "bytes=10-19"})
    assert (came.status_code, came.headers["content-range"]) == (206, f"bytes 10-19/{LONG}")
    assert "content-encoding" not in came.headers


async def test_head_tells_the_same_as_get(http: httpx.AsyncClient, fields: dict[str, str]) -> None:
    got = await answer(http, fields)
    head = await http.head("/long", params={"length": LONG}, headers=fields)
    same = ("content-encoding", "content-length", "content-type", "vary")
    assert [head.headers.get(name) for name in same] == [got.headers.get(name) for name in same]
    assert not head.content


async def test_what_is_told_as_it_happens_is_not_held(portal: Portal, fields: dict[str, str]) -> None:
    async with (
        httpx.AsyncClient(base_url=portal.url, trust_env=False, headers=fields | OF_OURS) as client,
        client.stream("GET", "/events") as told,
    ):
        assert "content-encoding" not in told.headers
        assert told.headers["content-type"].startswith("text/event-stream")
