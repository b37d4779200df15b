"""Files over a real socket: ranges, conditions, names, and that a transfer ends with the right to it."""

import asyncio
import os
from pathlib import Path

import httpx
import pytest

from medianest.accounts.types import UserChange
from medianest.core.actor import SYSTEM
from medianest.http.ranges import PIECE_BYTES, content_disposition
from tests.http.portal import Portal

CONTENT = bytes(range(256)) * 4000


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(CONTENT)
    return path


async def test_the_whole_file_with_what_a_player_needs_to_seek(
    portal: Portal, http: httpx.AsyncClient, film: Path
) -> None:
    _, fields = await portal.enter(portal.cast.bob)
    answer = await http.get("/files/film.mp4", headers=fields)
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert answer.headers["content-disposition"] == "inline"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_every_way_to_ask_for_a_part(portal: Portal, http: httpx.AsyncClient, film: Path) -> None:
    _, fields = await portal.enter(portal.cast.bob)
    last = len(CONTENT) - 1
    table = [
        ("bytes=0-99", 206, 0, 99),
        ("bytes=100-", 206, 100, last),
        ("bytes=-100", 206, last - 99, last),
        ("bytes=0-0", 206, 0, 0),
        (f"bytes={last}-{last}", 206, last, last),
        (f"bytes={last}-{last + 1000}", 206, last, last),
        (f"bytes=-{len(CONTENT) * 2}", 206, 0, last),
        (f"bytes=0-{2**63}", 206, 0, last),
        (f"bytes={PIECE_BYTES - 1}-{PIECE_BYTES}", 206, PIECE_BYTES - 1, PIECE_BYTES),
        (f"bytes={last + 1}-", 416, None, None),
        (f"bytes={2**64}-", 200, None, None),
        ("bytes=-0", 416, None, None),
        ("bytes=5-2", 200, None, None),
        ("bytes=a-b", 200, None, None),
        ("bytes=0-0,-1", 200, None, None),
        ("bytes=" + ",".join(f"{n}-{n}" for n in range(1000)), 200, None, None),
        ("bytes=" + "0-," * 1300, 200, None, None),
        ("lines=0-5", 200, None, None),
        ("bytes 0-5", 200, None, None),
        ("", 200, None, None),
    ]
    for field, status, start, end in table:
        answer = await http.get("/files/film.mp4", headers=fields | {"range": field})
        assert answer.status_code == status, field
        if status == 206:
            assert start is not None
            assert end is not None
            assert answer.headers["content-range"] == f"bytes {start}-{end}/{len(CONTENT)}"
            assert answer.content == CONTENT[start : end + 1], field
        if status == 416:
            assert answer.headers["content-range"] == f"bytes */{len(CONTENT)}"
            assert answer.content == b""
        if status == 200:
            assert answer.content == CONTENT, field


async def test_an_empty_file_has_no_part(portal: Portal, http: httpx.AsyncClient, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    _, fields = await portal.enter(portal.cast.bob)
    assert (await http.get("/files/empty", headers=fields)).content == b""
    for field in ("bytes=0-", "bytes=0-0", "bytes=-1"):
        assert (await http.get("/files/empty", headers=fields | {"range": field})).status_code == 416


async def test_a_head_tells_the_length_and_sends_nothing(portal: Portal, http: httpx.AsyncClient, film: Path) -> None:
    _, fields = await portal.enter(portal.cast.bob)
    answer = await http.head("/files/film.mp4", headers=fields)
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", str(len(CONTENT)))
    part = await http.head("/files/film.mp4", headers=fields | {"range": "bytes=5-9"})
    assert (part.status_code, part.headers["content-length"]) == (206, "5")


async def test_a_download_goes_on_only_with_the_same_file(portal: Portal, http: httpx.AsyncClient, film: Path) -> None:
    _, fields = await portal.enter(portal.cast.bob)
    first = await http.get("/files/film.mp4", headers=fields)
    etag, modified = first.headers["etag"], first.headers["last-modified"]
    assert not etag.startswith("W/")

    async def resume(condition: str) -> int:
        ask = fields | {"range": "bytes=10-", "if-range": condition}
        return (await http.get("/files/film.mp4", headers=ask)).status_code

    assert await resume(etag) == 206
    assert await resume(modified) == 206
    for lie in ('"other"', f"W/{etag}", "Thu, 01 Jan 1970 00:00:00 GMT", "nonsense", "*", ""):
        assert await resume(lie) == 200, lie
    os.utime(film, ns=(1, 1))
    assert await resume(etag) == 200


async def test_a_browser_that_has_the_file_is_not_sent_it_again(
    portal: Portal, http: httpx.AsyncClient, film: Path
) -> None:
    _, fields = await portal.enter(portal.cast.bob)
    first = await http.get("/files/film.mp4", headers=fields)
    for known, status in (
        ({"if-none-match": first.headers["etag"]}, 304),
        ({"if-none-match": f'"x", W/{first.headers["etag"]}'}, 304),
        ({"if-none-match": "*"}, 304),
        ({"if-none-match": '"x"'}, 200),
        ({"if-modified-since": first.headers["last-modified"]}, 304),
        ({"if-modified-since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 200),
        ({"if-modified-since": "nonsense"}, 200),
        ({"if-none-match": '"x"', "if-modified-since": first.headers["last-modified"]}, 200),
    ):
        answer = await http.get("/files/film.mp4", headers=fields | known)
        assert answer.status_code == status, known
        assert (answer.content == b"") is (status == 304)
        assert answer.headers["etag"] == first.headers["etag"]


async def test_only_a_regular_file_is_one(portal: Portal, http: httpx.AsyncClient, film: Path, tmp_path: Path) -> None:
    _, fields = await portal.enter(portal.cast.bob)
    (tmp_path / "link").symlink_to(film)
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "folder", "pipe", "nothing", "x" * 300):
        assert (await http.get(f"/files/{name}", headers=fields)).status_code == 404, name


async def test_a_stranger_gets_no_byte(http: httpx.AsyncClient, film: Path) -> None:
    for headers in ({}, {"range": "bytes=0-5"}, {"if-none-match": "*"}):
        answer = await http.get("/files/film.mp4", headers=headers)
        assert answer.status_code == 401
        assert "etag" not in answer.headers


@pytest.mark.parametrize(
    ("filename", "field"),
    [
        (None, "inline"),
        ("film.mp4", "attachment; filename=\"film.mp4\"; filename*=UTF-8''film.mp4"),
        ("Grüße 🦉.mp4", "attachment; filename=\"Gr__e _.mp4\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%F0%9F%A6%89.mp4"),
        ('a"b\\c.mp4', "attachment; filename=\"a_b_c.mp4\"; filename*=UTF-8''a_b_c.mp4"),
        ("../../etc/passwd", "attachment; filename=\"_.._etc_passwd\"; filename*=UTF-8''_.._etc_passwd"),
        (
            "a\r\nSet-Cookie: x=1",
            "attachment; filename=\"a__Set-Cookie_ x=1\"; filename*=UTF-8''a__Set-Cookie_%20x%3D1",
        ),
        ("\u202egpj.exe", "attachment; filename=\"_gpj.exe\"; filename*=UTF-8''_gpj.exe"),
        ("100%41.mp4", "attachment; filename=\"100_41.mp4\"; filename*=UTF-8''100%2541.mp4"),
        ("...", "attachment; filename=\"file\"; filename*=UTF-8''file"),
        ("", "attachment; filename=\"file\"; filename*=UTF-8''file"),
        ("\ud800.mp4", "attachment; filename=\"_.mp4\"; filename*=UTF-8''_.mp4"),
    ],
)
def test_a_file_is_saved_under_a_name_that_is_only_a_name(filename: str | None, field: str) -> None:
    assert content_disposition(filename) == field
    assert content_disposition(filename).isascii()


async def test_a_transfer_ends_when_its_person_may_no_more(
    portal: Portal, http: httpx.AsyncClient, tmp_path: Path
) -> None:
    with (tmp_path / "long.mp4").open("wb") as file:
        file.truncate(400_000_000)
    _, fields = await portal.enter(portal.cast.bob)
    received = 0
    with pytest.raises(httpx.RemoteProtocolError):
        async with http.stream("GET", "/files/long.mp4", headers=fields) as answer:
            assert answer.status_code == 200
            async for piece in answer.aiter_raw():
                if received == 0:
                    await portal.accounts.people.change(SYSTEM, portal.cast.bob.id, UserChange(suspended=True))
                received += len(piece)
    assert 0 < received < 400_000_000


async def test_a_reader_who_does_not_read_is_cut_off_within_a_second(portal: Portal, tmp_path: Path) -> None:
    with (tmp_path / "long.mp4").open("wb") as file:
        file.truncate(400_000_000)
    _, fields = await portal.enter(portal.cast.bob)
    reader, writer = await asyncio.open_connection("127.0.0.1", portal.port, limit=1024)
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    writer.write(f"GET /files/long.mp4 HTTP/1.1\r\nhost: 127.0.0.1\r\n{head}\r\n".encode())
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    await portal.accounts.people.change(SYSTEM, portal.cast.bob.id, UserChange(suspended=True))
    async with asyncio.timeout(1):
        while portal.ground.leases._open:
            await portal.db.read(lambda session: session.connection())
    assert len(await reader.read()) < 100_000_000
    writer.close()
    await writer.wait_closed()


async def test_a_file_that_shrinks_on_the_way_does_not_look_complete(
    portal: Portal, http: httpx.AsyncClient, tmp_path: Path
) -> None:
    path = tmp_path / "shrinking.mp4"
    with path.open("wb") as file:
        file.truncate(400_000_000)
    _, fields = await portal.enter(portal.cast.bob)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        async with http.stream("GET", "/files/shrinking.mp4", headers=fields) as answer:
            async for _ in answer.aiter_raw():
                os.truncate(path, 1000)


async def test_a_listener_that_leaves_holds_nothing_open(
    portal: Portal, http: httpx.AsyncClient, tmp_path: Path
) -> None:
    with (tmp_path / "long.mp4").open("wb") as file:
        file.truncate(400_000_000)
    _, fields = await portal.enter(portal.cast.bob)
    async with http.stream("GET", "/files/long.mp4", headers=fields) as answer:
        await anext(answer.aiter_raw())
        assert portal.ground.leases._open
    async with asyncio.timeout(5):
        while portal.ground.leases._open:
            await http.get("/")
