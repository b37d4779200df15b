"""The stand-in of Overseerr answers every recorded call as the servers did, in both dialects."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.fakes.overseerr import API, FAULTS, OVERSEERR, SEERR, May, Overseerr, recording

DIALECTS = (OVERSEERR, SEERR)
ENTERING = {
    "auth_plex_first_user_becomes_admin": "owner",
    "auth_plex_bad_token": "bad",
    "auth_plex_stranger": "stranger",
    "auth_plex_alice": "alice",
    "auth_plex_bob": "bob",
}
BY_COOKIE = ("auth_me_cookie", "logout", "auth_me_after_logout")
RACING = "race_"


@pytest.fixture(params=DIALECTS)
def server(request: pytest.FixtureRequest) -> Iterator[Overseerr]:
    with Overseerr(request.param) as running:
        yield running


@pytest.fixture
def client(server: Overseerr) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.base + API, trust_env=False, timeout=5) as opened:
        yield opened


def shape(value: object) -> Any:
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    kinds = {bool: "boolean", int: "number", float: "number", str: "string", type(None): "null"}
    return kinds[type(value)]


def differences(recorded: Any, answered: Any, shapes: dict[str, Any], at: str = "") -> Iterator[str]:
    """Where an answer is of another shape; what is null may be anything, and so may what an empty list would hold."""
    if isinstance(recorded, str) and recorded.startswith("#"):
        recorded = shapes[recorded]
    if isinstance(recorded, dict) and isinstance(answered, dict):
        for key in sorted(recorded.keys() ^ answered.keys()):
            yield f"{at}.{key} {'is too much' if key in answered else 'is missing'}"
        for key in recorded.keys() & answered.keys():
            yield from differences(recorded[key], answered[key], shapes, f"{at}.{key}")
    elif isinstance(recorded, list) and isinstance(answered, list):
        if recorded and answered:
            yield from differences(recorded[0], answered[0], shapes, f"{at}[]")
    elif "null" not in (recorded, answered) and recorded != answered:
        yield f"{at} is {answered}, not {recorded}"


def asked(client: httpx.Client, server: Overseerr, call: dict[str, Any]) -> httpx.Response | None:
    """The answer to a recorded call; None where none comes."""
    name, body = call["name"], call.get("body")
    headers = {"X-API-Key": "wrong" if "bad_key" in name else server.key} if call["key"] else {}
    headers |= {"X-API-User": call["user"]} if "user" in call else {}
    headers |= {} if name in BY_COOKIE else {"Cookie": ""}
    if name in ENTERING:
        body = {"authToken": ENTERING[name]}
    content = {"content": b'{"mediaType":'} if name == "request_malformed_json" else {"json": body}
    if body is None and name != "request_malformed_json":
        content = {}
    target = call["path"] + ("?" + "&".join(f"{k}={_written(v)}" for k, v in call.get("params", {}).items()))
    patience = 0.2 if call["status"] is None else 5.0
    if not call.get("params"):
        target = call["path"]
    try:
        return client.request(call["method"], target, headers=headers, timeout=patience, **content)
    except httpx.ReadTimeout:
        return None


def _written(value: object) -> str:
    return str(value).replace(" ", "+")


def test_every_recorded_call_is_answered_with_the_recorded_status_and_shape(
    server: Overseerr, client: httpx.Client
) -> None:
    recorded = recording(server.dialect)
    wrong = []
    for call in recorded["calls"]:
        if call["name"].startswith(RACING):
            continue
        answer = asked(client, server, call)
        if answer is None or call["status"] is None:
            wrong += [call["name"]] if (answer is None) != (call["status"] is None) else []
            continue
        if answer.status_code != call["status"]:
            wrong.append(f"{call['name']}: {answer.status_code}, not {call['status']}: {answer.text[:200]}")
        elif call.get("shape") not in (None, "string"):
            found = differences(call["shape"], shape(answer.json()), recorded["shapes"])
            wrong += [f"{call['name']}: {difference}" for difference in found]
        if "message" in call and answer.status_code == call["status"]:
            wrong += [f"{call['name']}: {answer.text}"] if answer.json()["message"] != call["message"] else []
    assert not wrong, "\n".join(wrong)


def test_the_webhook_tells_what_the_servers_told_in_the_same_words(server: Overseerr, client: httpx.Client) -> None:
    recorded = recording(server.dialect)
    for call in recorded["calls"]:
        if call["status"] is not None and not call["name"].startswith(RACING):
            asked(client, server, call)
    hooks = recorded["webhooks"]
    told = server.webhook.sent[: len(hooks)]

    assert [_gist(hook) for hook in told] == [_gist(hook) for hook in hooks]
    for answered, hook in zip(told, hooks, strict=True):
        assert not list(differences(shape(hook), shape(answered), {}))


def _gist(hook: dict[str, Any]) -> tuple[str, str | None, str | None, str]:
    request, media = hook["request"] or {}, hook["media"] or {}
    return hook["notification_type"], request.get("request_id"), media.get("status"), hook["subject"]


@pytest.fixture
def house(server: Overseerr) -> Overseerr:
    """An administrator and Alice."""
    server.add("owner", plex_id=1001)
    server.add("alice", plex_id=1002)
    return server


def wanting(house: Overseerr, client: httpx.Client, **body: object) -> httpx.Response:
    return client.post("/request", json=body, headers={"X-API-Key": house.key, "X-API-User": "2"})


def test_identical_requests_at_one_moment_are_all_taken_where_the_check_races(
    house: Overseerr, client: httpx.Client
) -> None:
    house.race_s = 60
    statuses = [wanting(house, client, mediaType="movie", mediaId=680, is4k=False).status_code for _ in range(3)]
    house.race_s = 0

    late = wanting(house, client, mediaType="movie", mediaId=680, is4k=False)

    assert statuses == [201, 201, 201]
    assert late.status_code == 409


def test_what_is_kept_outlives_an_absence(house: Overseerr, client: httpx.Client) -> None:
    assert wanting(house, client, mediaType="movie", mediaId=603, is4k=False).status_code == 201

    house.away()
    with pytest.raises(httpx.TransportError):
        client.get("/status")
    house.back()

    known = client.get("/request", headers={"X-API-Key": house.key}).json()["results"]
    assert [request["media"]["tmdbId"] for request in known] == [603]


def test_a_quota_counts_the_seasons_of_series(house: Overseerr, client: httpx.Client) -> None:
    house.users[1].tv_quota = (2, 7)
    headers = {"X-API-Key": house.key, "X-API-User": "2"}
    assert client.get("/user/2/quota", headers=headers).json()["tv"]["remaining"] == 2

    wanting(house, client, mediaType="tv", mediaId=1396, seasons=[1, 2], is4k=False)

    quota = client.get("/user/2/quota", headers=headers).json()["tv"]
    assert (quota["used"], quota["remaining"], quota["restricted"]) == (2, 0, True)


def test_an_administrator_may_ask_in_4k_and_alice_may_not(house: Overseerr, client: httpx.Client) -> None:
    refused = wanting(house, client, mediaType="movie", mediaId=603, is4k=True)
    house.users[1].permissions |= May.REQUEST_4K
    taken = wanting(house, client, mediaType="movie", mediaId=603, is4k=True)

    assert (refused.status_code, taken.status_code) == (403, 201)
    assert (house.media[0].status, house.media[0].status4k) == (1, 2)


def test_a_webhook_is_posted_with_its_secret_and_never_again(house: Overseerr, client: httpx.Client) -> None:
    with Overseerr() as listening:
        house.webhook.lead_to(listening.base + "/hook", "the secret")
        wanting(house, client, mediaType="movie", mediaId=603, is4k=False)
        (heard,) = listening.wait_for("/hook")
        house.webhook.lost = True
        client.post("/request/1/approve", headers={"X-API-Key": house.key})

    assert heard.headers["authorization"] == "the secret"
    assert heard.told == house.webhook.sent[0]
    assert len(listening.asked("/hook")) == 1 < len(house.webhook.sent)


def test_thirty_faults_spoil_whatever_is_asked_until_it_is_calm(house: Overseerr) -> None:
    assert len(FAULTS) == 30
    with httpx.Client(base_url=house.base + API, trust_env=False, timeout=0.3) as client:
        for name, fault in FAULTS.items():
            house.fault(fault)
            try:
                with client.stream("GET", "/status") as answer:
                    spoilt = answer.status_code != 200 or not _reads_well(answer)
            except httpx.HTTPError:
                spoilt = True
            assert spoilt, name
            house.calm()
        assert client.get("/status").status_code == 200


def _reads_well(answer: httpx.Response) -> bool:
    """Whether what comes first is the version that belongs there."""
    first = next(answer.iter_raw(), b"")
    return b'"version": "' in first and b"\xff" not in first
