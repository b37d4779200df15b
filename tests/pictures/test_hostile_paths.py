"""A table of paths that lead elsewhere: none is given an address, none is answered, and nobody is asked for any."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from medianest.accounts import models as accounts_models  # noqa: F401 - its tables
from medianest.core.db import Database
from medianest.downloads import models  # noqa: F401 - its tables
from medianest.pictures.addresses import Addresses
from medianest.pictures.types import Size, Source
from tests.fakes.canary import Canary
from tests.fakes.image_host import ImageHost
from tests.fakes.plex import Plex
from tests.pictures.studio import at
from tests.web.house import House, enter, open_house

THUMB = "/library/metadata/1/thumb/1600000000"
HOSTILE = [
    # other places: CANARY stands for an address at which nobody may come
    "//CANARY/x.jpg",
    "///CANARY/x.jpg",
    "/\\CANARY/x.jpg",
    "\\\\CANARY\\x.jpg",
    "http://CANARY/x.jpg",
    "/http://CANARY/x.jpg",
    "http:/CANARY/x.jpg",
    "http:CANARY/x.jpg",
    "https://CANARY/x.jpg",
    "//user:word@CANARY/x.jpg",
    "@CANARY/x.jpg",
    "/@CANARY/x.jpg",
    ":80@CANARY/x.jpg",
    ".CANARY/x.jpg",
    "#@CANARY/x.jpg",
    "?@CANARY/x.jpg",
    "%2f%2fCANARY/x.jpg",
    "/%2fCANARY/x.jpg",
    "/%5cCANARY/x.jpg",
    "%09//CANARY/x.jpg",
    "ftp://CANARY/x.jpg",
    "file:///etc/passwd",
    "data:image/png;base64,iVBORw0KGgo=",
    "jar:http://CANARY!/x.jpg",
    # out of the folder of pictures
    "/library/metadata/1/thumb/../../../../CANARY",
    "/library/metadata/1/thumb/1/../../../../identity",
    "/library/metadata/1/thumb/..%2f..%2f..%2fidentity",
    "/library/metadata/1/thumb/%2e%2e/%2e%2e/identity",
    "/library/metadata/1/thumb/%252e%252e%252fidentity",
    "/library/metadata/../../accounts",
    "/library/metadata/1/thumb/1/..",
    "/library/metadata/1/thumb/.",
    "/./library/metadata/1/thumb/1",
    "/library/metadata/1/thumb/1;/../../accounts",
    "/../config/config.ini",
    "/..%c0%af..%c0%afetc/passwd",
    "/․․/x.jpg",  # noqa: RUF100 - one-dot leaders
    "/．．/x.jpg",
    "/\uff0e\uff0e\uff0fx.jpg",
    # what a server would do instead of showing a picture
    "/library/sections/1/refresh",
    "/library/sections/all/refresh?force=1",
    "/:/scrobble?key=1&identifier=com.plexapp.plugins.library",
    "/:/prefs",
    "/:/rate?key=1&rating=1",
    "/library/parts/1/1600000000/file.mkv",
    "/library/metadata/1/file?url=http://CANARY/x.jpg",
    "/library/metadata/1",
    "/library/metadata/1/children",
    "/library/metadata/1/thumb",
    "/library/metadata/1/thumb/",
    "/photo/:/transcode?url=http://CANARY/x.jpg&width=1&height=1",
    "/photo/:/transcode",
    "/security/token?type=delegation&scope=all",
    "/status/sessions",
    "/accounts",
    "/",
    # more than a path
    f"{THUMB}?X-Plex-Token=x",
    f"{THUMB}?url=http://CANARY/",
    f"{THUMB}#x",
    f"{THUMB} HTTP/1.1",
    f"{THUMB}%20HTTP/1.1%0d%0aHost:%20CANARY",
    f"{THUMB}\r\nHost: CANARY",
    f"{THUMB}\n",
    f"{THUMB}\x00",
    f"{THUMB}%00.jpg",
    f"{THUMB}\t",
    f"{THUMB}/",
    f"{THUMB}/x",
    f"{THUMB};x=1",
    f"/{THUMB}",
    f" {THUMB}",
    THUMB.removeprefix("/"),
    THUMB.upper(),
    THUMB.replace("1600000000", "-1"),
    THUMB.replace("1600000000", "١٦٠"),
    THUMB.replace("1600000000", "9" * 21),
    THUMB.replace("library", "lib\u200brary"),
    THUMB.replace("thumb", "theme"),
    # near a name of TMDB's
    "/x.svg",
    "/x.jpg.html",
    "/x.html",
    "/x",
    "/.jpg",
    "/x.jpg/y",
    "/a/b.jpg",
    "/x.jpg?y",
    "/x..jpg",
    "/x%2ejpg",
    "/x .jpg",
    "/ñ.jpg",
    "/x.JPG",
    f"/{'x' * 65}.jpg",
    "/x.jpg\n",
    "x.jpg",
    "",
]

THE_SAME = {f"{THUMB}{more}" for more in ("?X-Plex-Token=x", "?url=http://CANARY/", "#x", "/")} | {
    f"/{THUMB}",
    THUMB[1:],
}
"""What the framework takes for the very path that is signed: a query and slashes change nothing, and go nowhere."""


@pytest.fixture
async def house(db: Database, tmp_path: Path, host: ImageHost, plex: Plex) -> AsyncIterator[House]:
    async with open_house(db, tmp_path, tmdb_url=host.base, plex=at(plex.server)) as running:
        yield running


def ids(path: str) -> str:
    return ascii(path)[1:-1][:60] or "nothing"


@pytest.mark.parametrize("source", Source)
@pytest.mark.parametrize("path", HOSTILE, ids=ids)
def test_no_hostile_path_is_given_an_address_nor_read_with_a_mark_that_fits(path: str, source: Source) -> None:
    addresses = Addresses(bytes(32))
    assert addresses.write(source, path, Size.POSTER_342) is None
    mark = addresses._fingerprint(source, path, Size.POSTER_342)
    for written in (f"/pictures/{source}/poster-342/{mark}{path}", f"/pictures/{source}/poster-342/{mark}/{path}"):
        assert addresses.read(written) is None


@pytest.mark.parametrize("path", [THUMB, "/:/resources/movie.png", "/playlists/7/composite/1"])
def test_a_path_of_a_picture_is_given_one(path: str) -> None:
    addresses = Addresses(bytes(32))
    written = addresses.write(Source.PLEX, path, Size.STILL_300)
    assert written
    read = addresses.read(written)
    assert read
    assert (read.source, read.path, read.size) == (Source.PLEX, path, Size.STILL_300)
    assert Addresses(bytes(31) + b"x").read(written) is None, "another installation's key"
    assert addresses.write(Source.TMDB, path, Size.STILL_300) is None


async def test_nobody_is_asked_for_a_hostile_path_under_the_mark_of_a_picture(
    house: House, canary: Canary, host: ImageHost, plex: Plex
) -> None:
    stolen = {
        source: house.services.pictures.address_of(source, path, Size.POSTER_342)
        for source, path in ((Source.PLEX, THUMB), (Source.TMDB, "/poster.jpg"))
    }
    async with house.browser() as bob:
        await enter(bob, house.cast.bob)
        cookie = "; ".join(f"{name}={value}" for name, value in bob.cookies.items())
    answered = set()
    for source, address in stolen.items():
        assert address
        before = "/".join(address.split("/")[:5])
        for path in HOSTILE:
            for between in ("", "/"):
                status = await _status(house, f"{before}{between}{path.replace('CANARY', canary.address)}", cookie)
                answered |= {(source, path)} if status not in {400, 404} else set()
    assert answered == {(Source.PLEX, path) for path in THE_SAME}
    assert {(hit.request.path, *hit.request.query) for hit in plex.server.hits} == {(THUMB,)}
    assert (canary.connections, host.hits, plex.server.lured_to) == (0, [], [])


async def _status(house: House, path: str, cookie: str) -> int:
    """The answer to a path that is sent as it is written."""
    url = httpx.URL(house.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    try:
        head = f"GET {path} HTTP/1.1\r\nHost: {url.netloc.decode()}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        line = await reader.readline()
    finally:
        writer.close()
    return int(line.split()[1])
