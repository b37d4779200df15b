"""The stand-in of Plex can be in trouble: away, refusing, late, slow, torn."""

import time
from collections.abc import Iterator

import httpx
import pytest

from tests.fakes.plex import OWNER, Plex

CLIENT = {"X-Plex-Client-Identifier": "one-client"}
JSON = {"Accept": "application/json"}


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=5, headers=CLIENT | JSON) as opened:
        yield opened


def test_a_wrong_token_is_refused_in_html_and_the_identity_needs_none(plex: Plex, client: httpx.Client) -> None:
    refused = client.get(plex.server.base + "/", headers={"X-Plex-Token": "wrong"})

    assert (refused.status_code, refused.headers["content-type"]) == (401, "text/html")
    assert "<h1>401 Unauthorized</h1>" in refused.text
    assert client.get(plex.server.base + "/identity").json()["MediaContainer"]["machineIdentifier"] == "unique_id_123"


def test_troubles_hold_for_a_window_of_requests(plex: Plex, client: httpx.Client) -> None:
    plex.tv.trouble("/api/v2/ping", fail=429, retry_after="3", after=1, times=1)
    client.headers["X-Plex-Token"] = plex.tv.token_of(OWNER)

    answers = [client.get(plex.tv.base + "/api/v2/ping") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 429, 200]
    assert answers[1].headers["retry-after"] == "3"
    assert len(plex.tv.asked("/api/v2/ping")) == 3


@pytest.mark.parametrize("accepted", ["application/json", "application/xml"])
def test_malformed_is_half_of_the_text_in_a_whole_message(plex: Plex, client: httpx.Client, accepted: str) -> None:
    headers = {"X-Plex-Token": plex.tv.token_of(OWNER), "Accept": accepted}
    whole = client.get(plex.tv.base + "/api/v2/resources", headers=headers)
    plex.tv.trouble("/api/v2/resources", malformed=True)

    half = client.get(plex.tv.base + "/api/v2/resources", headers=headers)

    assert half.status_code == 200
    assert half.content == whole.content[: len(whole.content) // 2]


def test_answers_can_break_off_be_late_drip_and_fail_to_come(plex: Plex, client: httpx.Client) -> None:
    client.headers["X-Plex-Token"] = plex.server.token_for(OWNER)
    address = plex.server.base + "/library/sections"

    plex.server.trouble(cut=True, times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(address)
    plex.server.trouble(wait=30, times=1)
    with pytest.raises(httpx.ReadTimeout):
        client.get(address, timeout=0.1)
    plex.server.calm()
    plex.server.trouble(slow=10_000, times=1)
    began = time.monotonic()
    length = len(client.get(address).content)
    assert time.monotonic() - began > length / 10_000 / 2
    plex.server.away()
    with pytest.raises(httpx.TransportError):
        client.get(address)
    plex.server.back()
    assert client.get(address).status_code == 200
