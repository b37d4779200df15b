"""How the services are, for programs: what each is shown, and never a stale green."""

from datetime import timedelta
from typing import Any

import pytest

from medianest.accounts.types import Scope
from medianest.core import clock
from medianest.core.actor import Role
from medianest.core.config import MonitorSettings
from medianest.status import queries
from medianest.status.types import (
    Beat,
    Beaten,
    Certificate,
    Described,
    Function,
    Listed,
    Notice,
    Notices,
    Share,
    State,
    Window,
    Windows,
)
from tests.api.portal import Portal
from tests.api.test_events import listening
from tests.status.by_hand import lose, tell

STATUS = "/api/v1/status"
SETTINGS = (
    MonitorSettings(monitor="plex", name="Films", meaning="Nothing can be watched.", carries=frozenset({"plex"})),
    MonitorSettings(monitor="Router", roles=frozenset({Role.ADMIN})),
)


def beat(state: State, *, minutes_ago: float = 0.0, latency_ms: float | None = 12.5) -> Beat:
    return Beat(clock.now() - timedelta(minutes=minutes_ago), state, latency_ms if state is State.UP else None)


@pytest.fixture
async def watched(portal: Portal) -> Portal:
    """Plex is up, the NAS is down, and only administrators are shown the router."""
    portal.named.monitors = SETTINGS
    media = Described(name="Media", kind="group")
    listed = {1: media, 2: Described(name="Plex", parent=1), 3: Described(name="NAS"), 4: Described(name="Router")}
    await tell(
        portal.services.status,
        Listed(monitors=listed, whole=True),
        Beaten(monitor=2, beats=(beat(State.UP, minutes_ago=60), beat(State.UP)), words="200 - OK"),
        Beaten(
            monitor=3,
            beats=(beat(State.UP, minutes_ago=30), beat(State.DOWN, minutes_ago=20)),
            words="connect EHOSTUNREACH 192.168.1.9:445",
        ),
        Share(monitor=2, hours=24, up=0.99),
        Certificate(monitor=2, until=clock.now() + timedelta(days=12, hours=1)),
        Windows(windows=(Window(title="Moving", under_way=False, begins_at=None, ends_at=None),)),
        Notices(notices=(Notice(title="Sorry", text="Soon", style="info", at=None),)),
    )
    return portal


async def told(portal: Portal, path: str = "", who: str = "bob", *, status: int = 200) -> Any:
    client = await portal.program(getattr(portal.cast, who), Scope.READ if who != "alice" else Scope.ADMIN)
    answer = await client.get(f"{STATUS}{path}")
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_without_uptime_kuma_there_is_nothing_and_that_is_said(portal: Portal) -> None:
    assert await told(portal) == {
        "link": {"state": "off", "last_heard_at": None, "via": None, "trouble": None},
        "monitors": [],
        "maintenance": [],
        "notices": [],
    }
    assert await told(portal, "/incidents") == {"items": [], "next_cursor": None}
    assert (await told(portal, "/1/history", status=404))["code"] == "not_found"


async def test_the_board_is_in_the_words_of_the_house(watched: Portal) -> None:
    board = await told(watched)
    assert (board["link"]["state"], board["link"]["via"]) == ("up", "live")
    films, nas = board["monitors"]
    assert films.pop("since") is not None
    assert films == {
        "id": "2",
        "name": "Films",
        "group": "Media",
        "state": "up",
        "latency_ms": 12.5,
        "uptime_24h": 0.99,
        "uptime_30d": None,
        "uptime_1y": None,
        "certificate_days": 12,
        "message": "",
        "meaning": "Nothing can be watched.",
        "carries": ["plex"],
    }
    assert (nas["name"], nas["group"], nas["state"], nas["latency_ms"]) == ("NAS", "", "down", None)
    assert [one["title"] for one in board["maintenance"]] == ["Moving"]
    assert [one["title"] for one in board["notices"]] == ["Sorry"]


async def test_addresses_of_the_house_are_told_to_administrators_only(watched: Portal) -> None:
    assert "192.168.1.9" not in str(await told(watched)) + str(await told(watched, "/incidents"))
    assert [one["name"] for one in (await told(watched, who="alice"))["monitors"]] == ["Films", "NAS", "Router"]
    (incident,) = (await told(watched, "/incidents", "alice"))["items"]
    assert (incident["name"], incident["cause"]) == ("NAS", "connect EHOSTUNREACH 192.168.1.9:445")
    assert incident["closed_at"] is None
    assert incident["duration_s"] >= 20 * 60
    await told(watched, "/4/history", status=404)
    await told(watched, "/4/badge", status=404)
    await told(watched, "/4/history", "alice")


async def test_while_nothing_is_heard_nothing_is_green(watched: Portal) -> None:
    await lose(watched.services.status)
    board = await told(watched)
    assert (board["link"]["state"], board["link"]["trouble"]) == ("down", "away")
    assert board["link"]["last_heard_at"] is not None
    assert {one["state"] for one in board["monitors"]} == {"unknown"}
    assert {one["latency_ms"] for one in board["monitors"]} == {None}


async def test_history_and_badge_of_a_service(watched: Portal) -> None:
    history = (await told(watched, "/3/history?hours=1"))["items"]
    assert [one["state"] for one in history] == ["up", "down"]
    assert history[-1]["ended_at"] is None
    for bad in ("0", "745", "x"):
        assert (await told(watched, f"/3/history?hours={bad}", status=422))["errors"][0]["field"] == "hours"
    for unknown in ("99", "x", "9" * 30, "-1"):
        await told(watched, f"/{unknown}/history", status=404)
    client = await watched.program(watched.cast.bob, Scope.READ)
    badge = await client.get(f"{STATUS}/3/badge")
    assert badge.headers["content-type"] == "image/svg+xml"
    assert 'aria-label="NAS: down"' in badge.text


async def test_a_beat_is_told_at_once_to_who_is_shown_the_service(watched: Portal) -> None:
    bob = await watched.program(watched.cast.bob, Scope.READ)
    async with listening(bob) as stream:
        await tell(
            watched.services.status,
            Beaten(monitor=4, beats=(beat(State.DOWN),)),
            Beaten(monitor=2, beats=(beat(State.DOWN),)),
        )
        event = await stream.data()
        assert (event["kind"], event["subject"]) == ("monitor.beat", {"type": "monitor", "id": "2"})
        assert event["data"] == {"name": "Films", "state": "down", "latency_ms": None}
        await lose(watched.services.status)
        assert (await stream.data())["data"] == {"state": "down"}


async def test_a_program_that_asks_for_what_does_not_work_waits_for_it_as_a_person_would(portal: Portal) -> None:
    portal.named.monitors = (
        MonitorSettings(monitor="Line", carries=frozenset({"downloads"})),
        MonitorSettings(monitor="Seerr", carries=frozenset({"overseerr"})),
    )
    status, bob = portal.services.status, portal.cast.bob
    down = [Beaten(monitor=id, beats=(beat(State.DOWN),)) for id in (1, 2)]
    await tell(status, Listed(monitors={1: Described(name="Line"), 2: Described(name="Seerr")}, whole=True), *down)
    client = await portal.program(bob, Scope.DOWNLOADS, Scope.REQUESTS)
    await client.post("/api/v1/downloads", json={"url": "http://127.0.0.1:9/clip.mp4"})
    await client.post("/api/v1/requests", json={"media_type": "movie", "tmdb_id": 603})
    await status.record.write_down()
    met = await portal.services.db.read(queries.encounters, clock.now())
    assert {(one.name, one.user_id, one.function) for one in met} == {
        ("Line", bob.id, Function.DOWNLOADS),
        ("Seerr", bob.id, Function.OVERSEERR),
    }
