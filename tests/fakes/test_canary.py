"""The canary misses nobody and answers everybody."""

import socket

import httpx
import pytest

from tests.fakes.canary import Canary


def test_counts_who_connected_even_when_they_said_nothing(canary: Canary) -> None:
    for _ in range(5):
        socket.create_connection((canary.host, canary.port)).close()

    assert canary.connections == 5


def test_nobody_came_means_zero(canary: Canary) -> None:
    assert canary.visits == []


def test_answers_and_remembers_what_was_asked(canary: Canary) -> None:
    answer = httpx.get(canary.url("/secret"), trust_env=False)

    assert answer.text == "canary\n"
    assert canary.visits[0].first_bytes.startswith(b"GET /secret HTTP/1.1\r\n")


def test_sits_on_the_other_protocol_too() -> None:
    with Canary("::1") as listener:
        assert listener.url().startswith("http://[::1]:")
        assert httpx.get(listener.url(), trust_env=False).status_code == 200
        assert listener.connections == 1


def test_a_closed_one_listens_no_more() -> None:
    with Canary() as listener:
        port = listener.port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
