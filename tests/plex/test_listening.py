"""The index follows the server by itself: over its event stream, by its webhook, after it was away."""

import asyncio
import json
import ssl
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from medianest.core import circuit
from medianest.core.db import Database
from medianest.core.errors import NotFound, Unavailable
from medianest.core.i18n import msg
from medianest.core.outbound import sockets
from medianest.core.outbound.sockets import SocketClosed
from medianest.plex.models import InstallationRow
from medianest.plex.titles import notices, queries, watcher
from medianest.plex.titles.errors import ServerAway
from medianest.plex.titles.intake import Intake
from medianest.plex.titles.notices import Notice
from medianest.plex.titles.service import Titles
from medianest.plex.titles.viewing import ALL
from tests.fakes.plex import OWNER, Plex, webhook
from tests.plex.conftest import Until
from tests.plex.linked import Linked

TLS = ssl.create_default_context()


def titled(db: Database, text: str) -> Any:
    """Whether something is called so."""

    async def found() -> bool:
        return bool(await db.read(queries.search, ALL, text))

    return found


async def listening(plex: Plex, number: int = 1) -> None:
    await asyncio.to_thread(plex.server.events.wait_for_listeners, number)


async def test_connecting_reads_the_library_and_what_the_server_tells_comes_at_once(
    running: Titles, plex: Plex, db: Database, until: Until
) -> None:
    await until(titled(db, "paper boats"))
    with plex.server.lock:
        film = plex.server.shelves.add("1", "movie", "Glass Tide", year=2026)
        gone = plex.server.shelves.items["1"]
        plex.server.shelves.take_away(gone)
    plex.server.events.timeline(film)
    plex.server.events.timeline(gone, state=9)
    await until(titled(db, "glass tide"))
    assert await db.read(queries.by_key, ALL, gone.key) is None


async def test_whoever_watches_is_told_when_the_index_is_another_and_only_then(
    linked: Linked, plex: Plex, db: Database, tmp_path: Path
) -> None:
    told: list[str] = []
    titles = linked.titles(db, tmp_path / "secret.key", on_change=lambda: told.append("again"))
    for _ in range(2):
        await titles.refresh()
    assert told == ["again"]
    with plex.server.lock:
        film = plex.server.shelves.add("1", "movie", "Glass Tide", year=2026)
    for _ in range(2):
        await titles._take(Notice(keys=frozenset({film.key})))
    assert told == ["again"] * 2
    await titles.stop()


async def test_what_a_scan_found_is_there_soon(running: Titles, plex: Plex, db: Database, until: Until) -> None:
    await until(titled(db, "paper boats"))
    with plex.server.lock:
        plex.server.shelves.lay("1", "movie", "Glass Tide", file="/storage/movies/Glass Tide/film.mkv")
    _, asking = await running._connection.asking()
    await asking.scan("1", "/storage/movies/Glass Tide")
    await until(titled(db, "glass tide"))


async def test_a_stream_that_ends_is_taken_up_again_and_what_was_missed_is_caught_up_with(
    running: Titles, plex: Plex, db: Database, until: Until
) -> None:
    await until(titled(db, "paper boats"))
    await listening(plex)
    plex.server.away()
    with plex.server.lock:
        plex.server.shelves.add("1", "movie", "Glass Tide", year=2026, updated_at=1_900_000_000)
    plex.server.back()
    running.watcher.nudge()
    await listening(plex)
    await until(titled(db, "glass tide"))


async def test_a_server_that_tells_its_events_again_is_asked_again_whatever_the_circuit_had_in_mind(
    running: Titles, plex: Plex, db: Database, until: Until
) -> None:
    await until(titled(db, "paper boats"))
    await listening(plex)
    plex.server.trouble("/library", fail=500)
    while running.health.state is not circuit.State.OPEN:
        with pytest.raises(Unavailable):
            await running.refresh()
    plex.server.away()
    with plex.server.lock:
        plex.server.shelves.add("1", "movie", "Glass Tide", year=2026, updated_at=1_900_000_000)
    plex.server.calm()
    plex.server.back()
    running.watcher.nudge()
    await listening(plex)
    await until(titled(db, "glass tide"))
    assert not (await running.standing()).is_away


async def test_another_server_is_followed_as_soon_as_it_is_connected(
    running: Titles, linked: Linked, plex: Plex, db: Database, until: Until
) -> None:
    await until(titled(db, "paper boats"))
    await listening(plex)
    plex.neighbours.shelves.add("1", "movie", "Neighbourly", year=2020)
    linked.server = plex.neighbours
    await running.start()
    async with db.transaction() as session:
        await session.execute(insert(InstallationRow).values(id=1, client_id="tests"))
    await until(titled(db, "neighbourly"))
    await listening(plex, 0)
    assert not await titled(db, "paper boats")()


async def test_a_stream_that_breaks_off_is_taken_up_again_by_itself(
    running: Titles, plex: Plex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "_FIRST_PAUSE", timedelta(milliseconds=20))
    for _ in range(2):
        await listening(plex)
        plex.server.events.end()
        await listening(plex, 0)
    await listening(plex)


async def test_a_server_that_does_not_answer_is_known_to_be_away_though_nobody_asked(
    linked: Linked, plex: Plex, db: Database, tmp_path: Path
) -> None:
    changed = asyncio.Event()
    titles = linked.titles(db, tmp_path / "secret.key", on_change=changed.set)
    plex.server.away()
    watching = asyncio.create_task(titles.watcher.run())
    await asyncio.wait_for(changed.wait(), 10)
    assert (await titles.standing()).is_away
    watching.cancel()
    await asyncio.wait([watching])
    await titles.stop()


async def test_news_that_cannot_be_heeded_now_do_not_keep_the_next_ones_away() -> None:
    taken: list[Notice] = []
    done = asyncio.Event()

    async def take(notice: Notice) -> None:
        taken.append(notice)
        if len(taken) == 1:
            intake.tell(Notice(keys=frozenset({"3"})))
            raise ServerAway(msg("titles.away"))
        done.set()

    intake = Intake(take, gather_s=0.0)
    intake.tell(Notice(keys=frozenset({"1"})))
    intake.tell(Notice(keys=frozenset({"2"}), watched=True))
    working = asyncio.create_task(intake.run())
    await asyncio.wait_for(done.wait(), 10)
    working.cancel()
    assert taken == [Notice(keys=frozenset({"1", "2"}), watched=True), Notice(keys=frozenset({"3"}))]


async def test_of_a_flood_of_news_everything_is_looked_at_instead_of_each(titles: Titles, plex: Plex) -> None:
    many = frozenset(str(number) for number in range(501))
    await titles._take(Notice(keys=many))
    assert not [hit for hit in plex.server.hits if hit.request.path.startswith("/library/metadata/")]
    assert plex.server.asked("/library/sections")


async def test_two_looks_at_once_are_taken_one_after_the_other(titles: Titles) -> None:
    first, second = await asyncio.gather(titles.refresh(), titles.refresh())
    assert first
    assert second is None, "nothing was left to be done"


async def test_without_a_server_there_is_nothing_to_look_at(titles: Titles, linked: Linked) -> None:
    linked.server = None
    assert await titles.refresh() is None
    await titles.take_webhook("{}")


async def test_who_watches_something_finds_it_in_what_goes_on(titles: Titles) -> None:
    class Forgetful:
        forgot = False

        def forget(self) -> None:
            self.forgot = True

    titles._continuing = Forgetful()  # type: ignore[assignment]
    await titles._take(Notice(watched=True))
    assert titles._continuing.forgot


async def test_the_webhook_counts_with_its_secret_and_of_our_server_only(
    running: Titles, plex: Plex, db: Database, until: Until
) -> None:
    await until(titled(db, "paper boats"))
    with plex.server.lock:
        film = plex.server.shelves.add("1", "movie", "Glass Tide", year=2026)
    with pytest.raises(NotFound):
        running.check_webhook("another")
    running.check_webhook(running.webhook_secret())
    for machine, comes in (("another machine", False), (plex.server.machine, True)):
        body, _ = webhook("library.new", film, machine=machine, account=OWNER)
        payload = body.split(b"\r\n\r\n")[1].split(b"\r\n--")[0]
        assert bool(notices.of_webhook(payload, plex.server.machine)) is comes
        await running.take_webhook(payload.decode())
    await until(titled(db, "glass tide"))


@pytest.mark.parametrize("told", [b"", b"<html>", b"[]", b"null", b'{"NotificationContainer": []}', b"\xff"])
def test_nonsense_means_nothing(told: bytes) -> None:
    assert not notices.of_stream(told)
    assert not notices.of_webhook(told, "machine")


@pytest.mark.parametrize(
    ("entry", "keys"),
    [
        ({"itemID": "7", "state": 5, "type": 1}, {"7"}),
        ({"itemID": 7, "state": "9", "type": "4"}, {"7"}),
        ({"itemID": "7", "state": 1, "type": 1}, set()),
        ({"itemID": "7", "state": 5, "type": 10}, set()),
        ({"itemID": "7", "state": 5, "type": 1, "identifier": "com.plexapp.plugins.itunes"}, set()),
        ({"itemID": "../7", "state": 5, "type": 1}, set()),
        ({"itemID": "7" * 20, "state": 5, "type": 1}, set()),
    ],
)
def test_only_items_that_are_complete_or_gone_count(entry: dict[str, object], keys: set[str]) -> None:
    told = {"type": "timeline", "TimelineEntry": [{"identifier": "com.plexapp.plugins.library", **entry}]}
    assert notices.of_stream(json.dumps({"NotificationContainer": told})).keys == keys


@pytest.mark.parametrize(
    ("event", "key", "notice"),
    [
        ("library.new", "7", Notice(keys=frozenset({"7"}), scanned=True)),
        ("library.new", "../7", Notice(scanned=True)),
        ("media.scrobble", "7", Notice(watched=True)),
        ("media.rate", "7", Notice()),
    ],
)
def test_of_what_is_posted_only_some_means_something(event: str, key: str, notice: Notice) -> None:
    told = {"event": event, "Server": {"uuid": "machine"}, "Metadata": {"ratingKey": key}}
    assert notices.of_webhook(json.dumps(told), "machine") == notice
    assert notices.of_webhook(json.dumps(told), "another") == Notice()


def test_who_plays_something_watches() -> None:
    assert notices.of_stream(b'{"NotificationContainer": {"type": "playing"}}') == Notice(watched=True)


async def test_a_socket_goes_only_where_the_policy_leads(plex: Plex) -> None:
    async def elsewhere(_host: str, _port: int) -> list[str]:
        return ["169.254.169.254"]

    with pytest.raises(SocketClosed):
        async with sockets.listening(
            "http://plex.lan:32400/", headers={}, tls=ssl.create_default_context(), ask=elsewhere
        ):
            pass


async def test_a_socket_that_is_not_wanted_says_so(plex: Plex) -> None:
    address = f"{plex.server.base}/:/websockets/notifications"
    with pytest.raises(SocketClosed) as refused:
        async with sockets.listening(address, headers={"X-Plex-Token": "wrong"}, tls=TLS):
            pass
    assert refused.value.status == 401
