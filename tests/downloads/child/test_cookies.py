"""Cookies in a real child: when they go along, what comes back of them, and that nothing of them stays on the disk."""

from collections.abc import AsyncIterator

import pytest

from medianest.core.outbound import AddressPolicy
from medianest.downloads.egress.proxy import Egress
from medianest.downloads.protocol import ChildEvent, Cookies, Failed, Fetch, Fetched, Probe, Probed, SignedIn
from medianest.downloads.sites import cookies
from medianest.downloads.types import ErrorCode
from tests.downloads.conftest import Desk
from tests.fakes.media_site import MediaSite

MEMBERS = "/watch/@cookie=s3cret/files/clip.mp4"
FILE = "# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t0\tmember\ts3cret\n"
ASKED = b"cookie=s3cret"
"""A link says in its own words which cookie it wants."""

KNOWN = {Probe: Probed, Fetch: Fetched}


def given_back(desk: Desk) -> dict[str, str] | None:
    said = [event for event in desk.events if isinstance(event, SignedIn)]
    return {one.name: one.value for one in cookies.parse(said[0].cookies)} if said else None


async def ask(desk: Desk, kind: type[Probe | Fetch], url: str, lent: Cookies | None) -> ChildEvent:
    return await desk.ask(await desk.child(), kind(url=url, proxy=desk.allowance.proxy_url, cookies=lent))


@pytest.fixture
def members(media_site: MediaSite) -> str:
    return media_site.url("/files/clip.mp4", cookie="s3cret")


@pytest.mark.parametrize("kind", [Probe, Fetch])
@pytest.mark.parametrize("always", [True, False])
async def test_they_open_what_is_for_members(desk: Desk, members: str, kind: type[Probe | Fetch], always: bool) -> None:
    found = await ask(desk, kind, members, Cookies(text=FILE, always=always))
    assert isinstance(found, KNOWN[kind])
    assert given_back(desk) == {"member": "s3cret", "seen": "today"}


async def test_without_them_the_site_wants_to_know_us(desk: Desk, members: str) -> None:
    found = await ask(desk, Fetch, members, None)
    assert isinstance(found, Failed)
    assert found.code is ErrorCode.LOGIN_REQUIRED
    assert given_back(desk) is None


async def test_those_that_help_no_more_are_told_with_the_failure(desk: Desk, members: str) -> None:
    found = await ask(desk, Fetch, members, Cookies(text=FILE.replace("s3cret", "old")))
    assert isinstance(found, Failed)
    assert found.code is ErrorCode.LOGIN_REQUIRED
    assert given_back(desk) is not None


async def test_they_stay_at_home_where_nobody_asks(desk: Desk, media_site: MediaSite) -> None:
    found = await ask(desk, Fetch, media_site.url("/files/clip.mp4"), Cookies(text=FILE))
    assert isinstance(found, Fetched)
    assert given_back(desk) is None
    assert not any("cookie" in hit.headers for hit in media_site.hits())


async def test_no_file_and_no_line_of_the_log_holds_them(desk: Desk, members: str) -> None:
    await ask(desk, Fetch, members, Cookies(text=FILE, always=True))
    files = {path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()}
    written = [path for path, content in files.items() if b"s3cret" in content.replace(ASKED, b"")]
    assert written == []
    assert "s3cret" not in "".join(desk.log).replace(ASKED.decode(), "")


@pytest.fixture
async def two_hosts(media_site: MediaSite) -> AsyncIterator[Egress]:
    egress = Egress(AddressPolicy.typed([("127.0.0.1", media_site.port), ("localhost", media_site.port)]))
    await egress.start()
    yield egress
    await egress.stop()


async def test_another_host_to_which_the_site_leads_sees_none(
    desk: Desk, media_site: MediaSite, two_hosts: Egress
) -> None:
    desk.allowance = two_hosts.open_pass("job")
    other = f"http://localhost:{media_site.port}/files/clip.mp4"
    found = await ask(desk, Fetch, media_site.base + f"/redirect?to={other}", Cookies(text=FILE, always=True))
    assert isinstance(found, Fetched)
    seen = {hit.headers["host"].partition(":")[0]: "cookie" in hit.headers for hit in media_site.hits()}
    assert seen == {"127.0.0.1": True, "localhost": False}
