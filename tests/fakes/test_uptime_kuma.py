"""The stand-in speaks as the recorded servers do."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.fakes.uptime_kuma import NEW, OLD, UptimeKuma, recording

PATH = "/socket.io/?EIO=4&transport=websocket"
SECRET = "JBSWY3DPEHPK3PXP"


class Caller:
    """A client that knows nothing of ours."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._calls = 0
        assert connection.recv().startswith("0{")  # type: ignore[arg-type]  # a text
        connection.send("40")
        assert connection.recv().startswith("40{")  # type: ignore[arg-type]  # a text

    def call(self, name: str, *said: Any) -> tuple[Any, list[list[Any]]]:
        """The answer, and the events before it."""
        self._calls += 1
        self._connection.send(f"42{self._calls}{json.dumps([name, *said])}")
        events = []
        while (frame := str(self._connection.recv(timeout=5))).startswith("42"):
            events.append(json.loads(frame[2:]))
        assert frame.startswith(f"43{self._calls}")
        return json.loads(frame[3:]), events

    def events(self, until: str) -> list[list[Any]]:
        found: list[list[Any]] = []
        while not found or found[-1][0] != until:
            frame = str(self._connection.recv(timeout=5))
            assert frame.startswith("42"), frame
            found.append(json.loads(frame[2:]))
        return found

    def frame(self) -> str:
        return str(self._connection.recv(timeout=5))


@contextmanager
def calling(kuma: UptimeKuma, **headers: str) -> Iterator[Caller]:
    address = f"{kuma.base.replace('http', 'ws')}{PATH}"
    with connect(address, additional_headers=headers or None, close_timeout=0.2) as connection:
        yield Caller(connection)


def login(kuma: UptimeKuma, token: str = "") -> dict[str, str]:
    return {"username": kuma.username, "password": kuma.password, "token": token}


def test_what_follows_a_login_has_the_order_and_the_fields_of_the_recording(either_kuma: UptimeKuma) -> None:
    recorded = recording(either_kuma.dialect)["events"]
    with calling(either_kuma) as caller:
        _, before = caller.call("login", login(either_kuma))
        events = [*before, *([] if ["initServerTimezone"] in before else caller.events("initServerTimezone"))]
    begun = ["info", "loginRequired"] if either_kuma.dialect.is_new else ["info"]
    assert [event[0] for event in events[: len(begun)]] == begun
    order = list(dict.fromkeys(event[0] for event in events))
    recorded_order = list(dict.fromkeys(event[0] for event in recorded if event[0] != "heartbeat"))
    assert sorted(order) == sorted(recorded_order)
    for name in ("monitorList", "heartbeatList", "certInfo"):
        mine, theirs = (next(event for event in told if event[0] == name) for told in (events, recorded))
        assert fields(mine) == fields(theirs)


def fields(told: Any) -> Any:
    """Names and kinds, without what is in them."""
    if isinstance(told, dict):
        return {key: type(value).__name__ for key, value in told.items() if not key.isdigit()} | {
            "…": [fields(value) for key, value in told.items() if key.isdigit()][:1]
        }
    return [fields(one) for one in told[:2]] if isinstance(told, list) else type(told).__name__


def test_a_live_beat_has_other_fields_than_a_row_and_no_ping_when_down(either_kuma: UptimeKuma) -> None:
    recorded = [event[1] for event in recording(either_kuma.dialect)["events"] if event[0] == "heartbeat"]
    with calling(either_kuma) as caller:
        _, before = caller.call("login", login(either_kuma))
        if ["initServerTimezone"] not in before:
            caller.events("initServerTimezone")
        for status in (0, 1):
            either_kuma.beat(2, status, "words", ping=7)
            beat = caller.events("heartbeat")[-1]
            assert set(beat[1]) == set(next(one for one in recorded if one["status"] == status))
            assert beat[1]["monitorID"] == 2


def test_who_is_let_in_and_what_the_others_are_told(either_kuma: UptimeKuma) -> None:
    kuma = either_kuma
    with calling(kuma) as caller:
        refused, _ = caller.call("login", {**login(kuma), "password": "wrong"})
        assert refused[0]["msg"] == ("authIncorrectCreds" if kuma.dialect.is_new else "Incorrect username or password.")
        refused, _ = caller.call("loginByToken", "wrong")
        assert refused[0]["msg"] == ("authInvalidToken" if kuma.dialect.is_new else "Invalid token.")
        refused, _ = caller.call("getMonitorList")
        assert refused[0] == {"ok": False, "msg": "You are not logged in."}
        kuma.two_steps(SECRET)
        refused, _ = caller.call("login", login(kuma))
        assert refused == [{"tokenRequired": True}]
        kuma.empty_bucket()
        refused, _ = caller.call("login", login(kuma))
        assert refused == [{"ok": False, "msg": "Too frequently, try again later."}]
        good, _ = caller.call("loginByToken", kuma.accounts.token)
        assert good == [{"ok": True}]


def test_a_new_password_throws_everybody_out(either_kuma: UptimeKuma) -> None:
    with calling(either_kuma) as caller:
        caller.call("login", login(either_kuma))
        token = either_kuma.accounts.token
        either_kuma.change_password("another")
        frames = []
        while not frames or frames[-1] != "41":
            frames.append(caller.frame())
        assert frames[-2] == '42["refresh"]'
    with calling(either_kuma) as caller:
        assert caller.call("loginByToken", token)[0][0]["ok"] is False


def test_a_page_of_elsewhere_opens_no_socket(kuma: UptimeKuma) -> None:
    with pytest.raises(InvalidStatus), calling(kuma, Origin="http://elsewhere.example"):
        pass
    with calling(kuma, Origin=kuma.base):
        pass


def test_killed_it_breaks_off_and_restarted_it_says_nothing_by_itself(kuma: UptimeKuma) -> None:
    with calling(kuma) as caller:
        caller.call("login", login(kuma))
        kuma.kill()
        with pytest.raises(ConnectionClosed):
            while True:
                caller.frame()
    kuma.restart()
    with calling(kuma) as caller:
        assert [event[0] for event in caller.events("loginRequired")] == ["info", "loginRequired"]


def test_over_http_it_answers_as_recorded(either_kuma: UptimeKuma) -> None:
    recorded = recording(either_kuma.dialect)
    with httpx.Client(base_url=either_kuma.base, trust_env=False, timeout=5) as client:
        page = client.get("/api/status-page/home")
        assert page.headers["content-type"] == "application/json; charset=utf-8"
        assert set(page.json()) == set(recorded["status_page"])
        shown = page.json()["publicGroupList"][0]["monitorList"][0]
        assert set(shown) == set(recorded["status_page"]["publicGroupList"][0]["monitorList"][0])
        beats = client.get("/api/status-page/heartbeat/home").json()
        assert fields(beats["heartbeatList"]["2"]) == fields(recorded["heartbeats"]["heartbeatList"]["2"][:1])
        assert client.get("/api/status-page/heartbeat/nope").json() == {"heartbeatList": {}, "uptimeList": {}}
        assert client.get("/api/nothing").headers["content-type"].startswith("text/html")
        assert client.get("/metrics").status_code == 401
        figures = client.get("/metrics", auth=("", either_kuma.key))
        assert figures.headers["content-type"].startswith("text/plain")
        labels = {line.partition("{")[0] for line in recorded["metrics"] if line.startswith("monitor_status")}
        assert labels == {"monitor_status"}
        assert ("monitor_id=" in figures.text) is either_kuma.dialect.is_new
        if either_kuma.dialect is NEW:
            assert client.get("/api/status-page/nope").status_code == 404
        else:
            with pytest.raises(httpx.ReadTimeout):
                client.get("/api/status-page/nope", timeout=0.3)


def test_a_burst_is_as_large_as_it_really_is() -> None:
    """Some 2.8 kB a monitor and 230 bytes a beat: 120 kB of beats for ten monitors with 58 beats each."""
    kuma = UptimeKuma(NEW, furnished=False)
    kuma.grow(10)
    beats = sum(len(json.dumps(told)) for told in kuma.state.burst() if told[0] == "heartbeatList")
    assert 120_000 < beats < 300_000
    assert OLD.version < NEW.version
