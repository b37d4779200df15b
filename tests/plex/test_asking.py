"""Calls to the server: tried again where that helps, over the connection that is the right one now, to their end."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from medianest.core.circuit import State
from medianest.plex.titles import links
from medianest.plex.titles.client import Asking
from medianest.plex.titles.connection import Connection
from medianest.plex.titles.errors import NoServer, ServerAway, ServerRefuses
from medianest.plex.titles.types import Kind
from tests.fakes.plex import OWNER, Plex
from tests.plex.conftest import guards
from tests.plex.linked import Linked

HEADERS = {"X-Plex-Client-Identifier": "tests"}


@pytest.fixture
async def connection(linked: Linked) -> AsyncIterator[Connection]:
    made = Connection(linked.current_server, linked.client_id)
    yield made
    await made.close()


async def test_what_failed_once_is_asked_again_and_what_is_refused_is_not(asking: Asking, plex: Plex) -> None:
    plex.server.trouble("/identity", fail=502, times=1)
    assert await asking.machine() == plex.server.machine
    plex.server.calm()
    plex.server.trouble("/library/sections", fail=401)
    with pytest.raises(ServerRefuses):
        await asking.sections()
    assert len(plex.server.asked("/library/sections")) == 1


@pytest.mark.parametrize("status", [302, 404])
async def test_whatever_is_no_answer_is_none(asking: Asking, plex: Plex, status: int) -> None:
    plex.server.trouble("/library/sections", fail=status)
    with pytest.raises(ServerAway):
        await asking.sections()


async def test_what_cannot_be_read_counts_as_a_failure_of_the_server(asking: Asking, plex: Plex) -> None:
    plex.server.trouble("/identity", malformed=True)
    for _ in range(2):
        with pytest.raises(ServerAway):
            await asking.machine()
    assert asking._guards.breaker.health.state is State.OPEN


async def test_more_than_a_list_can_be_is_not_read(asking: Asking, plex: Plex) -> None:
    body = b'{"MediaContainer": {"title1": "%s"}}' % (b"x" * 17_000_000)
    plex.server.trouble("/library/sections/1/all", body=body)
    with pytest.raises(ServerAway):
        await asking.items("1", Kind.MOVIE, 0)


async def test_an_address_that_nobody_may_be_asked_at_is_one_where_nobody_is() -> None:
    asking = Asking("http://169.254.169.254:80", "token", guards(), HEADERS)
    with pytest.raises(ServerAway):
        await asking.machine()
    await asking.close()


async def test_a_stream_that_is_refused_says_so(plex: Plex) -> None:
    asking = Asking(plex.server.base, "no token of anybody", guards(), HEADERS)
    with pytest.raises(ServerRefuses):
        async with asking.listening():
            pass
    await asking.close()


async def test_who_closes_begins_no_calls_and_those_under_way_come_to_their_end(asking: Asking, plex: Plex) -> None:
    plex.server.trouble("/identity", slow=500)
    under_way = asyncio.create_task(asking.machine())
    await asyncio.to_thread(plex.server.wait_for, "/identity")
    await asking.close()
    assert await under_way == plex.server.machine
    with pytest.raises(ServerAway):
        await asking.sections()
    assert plex.server.asked("/library/sections") == []


async def test_without_a_server_nobody_is_asked(connection: Connection, linked: Linked) -> None:
    linked.server = None
    with pytest.raises(NoServer):
        await connection.asking()
    assert not connection.is_made


async def test_another_token_is_another_client_and_another_address_is_another_server(
    connection: Connection, linked: Linked, plex: Plex
) -> None:
    _, first = await connection.asking()
    assert (await connection.asking())[1] is first
    plex.server.trouble("/identity", malformed=True)
    with pytest.raises(ServerAway):
        await first.machine()
    plex.server.forget_token(OWNER)
    _, second = await connection.asking()
    assert second is not first
    assert connection.is_away, "the same server, of which the same is known"
    with pytest.raises(ServerAway):
        await first.sections()
    linked.server = plex.neighbours
    await connection.asking()
    assert not connection.is_away, "of another one nothing is known yet"


async def test_it_is_told_once_that_the_server_is_away_and_once_that_it_is_back(linked: Linked, plex: Plex) -> None:
    told: list[bool] = []
    connection = Connection(linked.current_server, linked.client_id, lambda: told.append(connection.is_away))
    _, asking = await connection.asking()
    connection._breaker.hold(State.CLOSED)
    await asking.machine()
    plex.server.trouble("/identity", fail=500)
    for _ in range(2):
        with pytest.raises(ServerAway):
            await asking.machine()
    assert told == [True]
    plex.server.calm()
    for _ in range(2):
        await asking.machine()
    assert told == [True, False]
    await connection.close()


def test_a_way_into_plex_holds_whatever_stands_in_it() -> None:
    way = links.watch("https://app.plex.tv", "a b/c#d", "12")
    assert way.web == ("https://app.plex.tv/desktop/#!/server/a%20b%2Fc%23d/details?key=%2Flibrary%2Fmetadata%2F12")
    assert way.app == "plex://preplay/?metadataKey=%2Flibrary%2Fmetadata%2F12&server=a%20b%2Fc%23d"
