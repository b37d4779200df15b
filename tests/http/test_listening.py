"""A portal that cannot have its address says so before it starts anything."""

import asyncio
import socket

import pytest

from medianest.http.listening import CannotListen, bound


def test_a_name_is_bound_at_each_of_its_addresses_and_not_served_yet() -> None:
    sockets = bound("127.0.0.1", 0)
    try:
        assert len(sockets) == 1
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(sockets[0].getsockname(), timeout=5)
    finally:
        for opened in sockets:
            opened.close()


async def test_a_short_answer_does_not_wait_for_the_one_before_it_to_be_acknowledged() -> None:
    [listening] = bound("127.0.0.1", 0)
    accepted: asyncio.Future[asyncio.BaseTransport] = asyncio.get_running_loop().create_future()

    class Accepts(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            accepted.set_result(transport)

    async with await asyncio.get_running_loop().create_server(Accepts, sock=listening) as server:
        _, writer = await asyncio.open_connection(*listening.getsockname())
        taken: socket.socket = (await accepted).get_extra_info("socket")
        assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        writer.close()
        server.close()


def test_a_port_that_is_taken_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(CannotListen) as refused:
        bound("127.0.0.1", other.getsockname()[1])
    assert refused.value.message.values["reason"] == "Address already in use"


@pytest.mark.parametrize("host", ["203.0.113.7", "nobody.invalid"])
def test_an_address_of_others_and_an_unknown_name_are_refused(host: str) -> None:
    with pytest.raises(CannotListen):
        bound(host, 0)
