"""The index is true to the server: read as a whole, caught up with, resumed, never emptied by an accident."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from medianest.core.db import Database
from medianest.plex.titles import index, queries
from medianest.plex.titles.client import Asking
from medianest.plex.titles.errors import ServerAway, ServerRefuses
from medianest.plex.titles.index import Written
from medianest.plex.titles.models import ItemRow
from medianest.plex.titles.sync import Sync
from medianest.plex.titles.types import Guids, Item, Kind, Listed
from medianest.plex.titles.viewing import ALL
from tests.fakes.plex import Plex

FIRST = 5 + 2 + 3 + 9
"""Films, shows, seasons and episodes of the first day."""
NEWER = 1_900_000_000


def keys(session: Session) -> set[str]:
    return set(session.scalars(select(ItemRow.key)))


def item(session: Session, title: str) -> Item:
    row = session.execute(select(ItemRow.key).where(ItemRow.title == title)).one()
    found = queries.by_key(session, ALL, row.key)
    assert found
    return found


async def test_a_first_reading_has_films_shows_seasons_and_episodes(db: Database, plex: Plex, sync: Sync) -> None:
    assert await sync.refresh() == Written(new=FIRST)
    assert await db.read(keys) == set(plex.server.shelves.items)
    film = await db.read(item, "Über den Dächern")
    assert (film.kind, film.year, film.duration_s) == (Kind.MOVIE, 2021, 5400)
    assert film.guids == Guids(imdb="tt0000002", tmdb=602)
    assert film.poster == f"/library/metadata/{film.key}/thumb/1590245989"
    assert film.summary == "All about Über den Dächern."


async def test_episodes_know_their_season_and_their_show(db: Database, sync: Sync) -> None:
    await sync.refresh()
    show = await db.read(item, "Small Hours")
    (season,) = await db.read(queries.seasons, show.key)
    assert [episode.number for episode in season.episodes] == [1, 2, 3, 4]
    first = season.episodes[0]
    assert (first.show_key, first.show_title, first.parent_key) == (show.key, "Small Hours", season.item.key)
    assert (first.season_number, first.poster) == (1, show.poster)


async def test_a_second_look_at_the_same_things_writes_nothing(db: Database, sync: Sync) -> None:
    await sync.refresh()
    before = db.versions.of("plex_items")
    assert await sync.refresh() == Written()
    assert db.versions.of("plex_items") == before


async def test_reading_the_same_things_as_a_whole_once_more_changes_nothing(db: Database, sync: Sync) -> None:
    await sync.refresh()
    assert await sync.refresh(wholly=True) == Written()
    assert len(await db.read(keys)) == FIRST


async def test_a_clock_that_is_ahead_hides_no_change(db: Database, plex: Plex, sync: Sync) -> None:
    """The server says that something changed in some years; what changes today is after that."""
    films = list(plex.server.shelves.items.values())
    films[0].updated_at = NEWER
    await sync.refresh()
    with plex.server.lock:
        films[1].title, films[1].updated_at = "Another Name", int(time.time())
    assert await sync.refresh() == Written(changed=1)


async def test_what_is_new_changed_or_gone_is_caught_up_with(db: Database, plex: Plex, sync: Sync) -> None:
    await sync.refresh()
    shelves = plex.server.shelves
    with plex.server.lock:
        added = shelves.add("1", "movie", "Glass Harbour", year=2026, added_at=NEWER, updated_at=NEWER)
        changed = next(iter(shelves.items.values()))
        changed.title, changed.updated_at = "Another Name", NEWER
    assert await sync.refresh() == Written(new=1, changed=1)
    assert (await db.read(item, "Another Name")).key == changed.key
    with plex.server.lock:
        shelves.take_away(added)
        shelves.take_away(changed)
    assert await sync.refresh() == Written(gone=2)
    assert await db.read(keys) == set(shelves.items)
    assert await db.read(queries.search, ALL, "glass harbour") == []


async def test_catching_up_does_not_read_everything_again(plex: Plex, sync: Sync) -> None:
    plex.grow(500)
    await sync.refresh()
    asked = len(plex.server.asked("/library/sections/1/all"))
    with plex.server.lock:
        plex.server.shelves.add("1", "movie", "Glass Harbour", year=2026, added_at=NEWER, updated_at=NEWER)
    assert await sync.refresh() == Written(new=1)
    told = plex.server.asked("/library/sections/1/all")[asked:]
    assert ["updatedAt>>" in request.query for request in told] == [True, False]
    assert told[1].query["X-Plex-Container-Size"] == "0"


async def test_a_reading_that_broke_off_goes_on_where_it_was(db: Database, plex: Plex, sync: Sync) -> None:
    plex.grow(1000)
    plex.server.trouble("/library/sections/1/all", fail=500, after=2)
    with pytest.raises(ServerAway):
        await sync.refresh()
    assert len(await db.read(keys)) == 400
    plex.server.calm()
    asked = len(plex.server.asked("/library/sections/1/all"))
    await sync.refresh()
    starts = [r.query["X-Plex-Container-Start"] for r in plex.server.asked("/library/sections/1/all")[asked:]]
    assert starts == ["400", "600", "800"]
    assert await db.read(keys) == set(plex.server.shelves.items)


class Shrinking:
    """The server, which loses an item between two pages of a list."""

    def __init__(self, asking: Asking, plex: Plex) -> None:
        self._asking, self._plex, self.left = asking, plex, 1
        self.sections, self.changed = asking.sections, asking.changed
        self.number, self.metadata = asking.number, asking.metadata

    async def items(self, section: str, kind: Kind, start: int) -> Listed:
        page = await self._asking.items(section, kind, start, 100)
        if self.left and kind is Kind.MOVIE:
            self.left -= 1
            with self._plex.server.lock:
                self._plex.server.shelves.take_away(next(iter(self._plex.server.shelves.items.values())))
        return page


class Odd:
    """The server, as it tells its films: by `tells`."""

    def __init__(self, asking: Asking, tells: Callable[[Listed], Listed]) -> None:
        self._asking, self._tells = asking, tells
        self.sections, self.metadata, self.number = asking.sections, asking.metadata, asking.number

    async def items(self, section: str, kind: Kind, start: int) -> Listed:
        page = await self._asking.items(section, kind, start)
        return self._tells(page) if kind is Kind.MOVIE else page

    async def changed(self, section: str, kind: Kind, since: datetime, start: int) -> Listed:
        page = await self._asking.changed(section, kind, since, start)
        return self._tells(page) if kind is Kind.MOVIE else page


async def test_a_list_that_ends_before_its_end_is_no_evidence(
    db: Database, plex: Plex, asking: Asking, sync: Sync
) -> None:
    await sync.refresh()
    with plex.server.lock:
        plex.server.shelves.take_away(plex.server.shelves.items["1"])
    short = Sync(db, Odd(asking, lambda page: replace(page, total=page.total + 3)), plex.server.machine)
    for wholly in (True, False):
        assert await short.refresh(wholly=wholly) == Written()
    assert len(await db.read(keys)) == FIRST


async def test_what_cannot_be_used_is_counted_and_not_looked_for_again_and_again(
    db: Database, plex: Plex, asking: Asking
) -> None:
    useless = Sync(db, Odd(asking, lambda page: replace(page, items=page.items[1:])), plex.server.machine)
    assert await useless.refresh() == Written(new=FIRST - 1)
    assert await useless.refresh(wholly=True) == Written()
    asked = len(plex.server.asked("/library/sections/1/all"))
    assert await useless.refresh() == Written()
    sizes = [one.query["X-Plex-Container-Size"] for one in plex.server.asked("/library/sections/1/all")[asked:]]
    assert sizes == ["200", "0"], "what changed, and how many there are"


async def test_nothing_is_removed_when_the_list_changed_while_it_was_read(
    db: Database, plex: Plex, asking: Asking, sync: Sync
) -> None:
    """A page slipped by: the item at its edge was not seen, and is there."""
    plex.grow(300)
    await sync.refresh()
    slipping = Sync(db, Shrinking(asking, plex), plex.server.machine)
    assert (await slipping.refresh(wholly=True)).gone == 0
    assert await db.read(keys) >= set(plex.server.shelves.items)
    assert await sync.refresh() == Written(gone=1)
    assert await db.read(keys) == set(plex.server.shelves.items)


@pytest.fixture
def two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much there is to be removed, so many go in one transaction."""
    monkeypatch.setattr(index, "_AT_ONCE", 2)


@pytest.mark.usefixtures("two_at_once")
async def test_a_show_that_is_gone_goes_with_its_seasons_and_episodes(db: Database, plex: Plex, sync: Sync) -> None:
    await sync.refresh()
    show = await db.read(item, "Harbour Lights")
    with plex.server.lock:
        plex.server.shelves.take_away(plex.server.shelves.items[show.key])
    assert await sync.refresh_these([show.key]) == Written(gone=1 + 2 + 5)
    assert await db.read(keys) == set(plex.server.shelves.items)


@pytest.mark.usefixtures("two_at_once")
async def test_a_section_that_is_gone_goes_with_all_that_was_in_it(db: Database, plex: Plex, sync: Sync) -> None:
    await sync.refresh()
    with plex.server.lock:
        del plex.server.shelves.sections["1"]
    assert await sync.refresh() == Written(gone=5)
    assert [holding.section.key for holding in await db.read(queries.sections, ALL)] == ["2"]


async def test_the_index_of_another_server_is_dropped(db: Database, plex: Plex, sync: Sync) -> None:
    await sync.refresh()
    other = Sync(db, EMPTY, "another machine")
    assert await other.refresh() == Written(gone=FIRST)
    assert await db.read(keys) == set()
    assert await sync.refresh() == Written(new=FIRST)


class _Empty:
    """A server that has nothing."""

    async def sections(self) -> list[object]:
        return []


EMPTY = _Empty()  # type: ignore[assignment]


async def test_items_of_which_the_server_spoke_come_with_what_they_belong_to(
    db: Database, plex: Plex, sync: Sync
) -> None:
    await sync.refresh()
    shelves = plex.server.shelves
    with plex.server.lock:
        show = shelves.add("2", "show", "Tide Tables", year=2026)
        season = shelves.add("2", "season", "Season 1", parent=show, index=1)
        episode = shelves.add("2", "episode", "Ebb", parent=season, index=1)
    assert await sync.refresh_these([episode.key]) == Written(new=3)
    assert (await db.read(queries.seasons, show.key))[0].episodes[0].title == "Ebb"
    assert await sync.refresh_these([episode.key]) == Written()
    with plex.server.lock:
        shelves.take_away(season)
    assert await sync.refresh_these([season.key]) == Written(gone=2), "an episode goes with its season"
    with plex.server.lock:
        shelves.take_away(show)
    assert await sync.refresh_these([show.key]) == Written(gone=1)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"fail": 500}, ServerAway),
        ({"fail": 401}, ServerRefuses),
        ({"fail": 404}, ServerAway),
        ({"malformed": True}, ServerAway),
        ({"cut": True}, ServerAway),
        ({"body": b"<MediaContainer/>"}, ServerAway),
        ({"body": b"[]"}, ServerAway),
    ],
    ids=["5xx", "401", "404", "malformed", "cut off", "XML", "another shape"],
)
async def test_whatever_the_server_says_instead_the_index_stays(
    db: Database, plex: Plex, sync: Sync, said: dict[str, object], error: type[Exception]
) -> None:
    await sync.refresh()
    for place in ("/library/sections/1/all", "/library/sections"):
        plex.server.calm()
        plex.server.trouble(place, **said)
        with pytest.raises(error):
            await sync.refresh(wholly=True)
    assert len(await db.read(keys)) == FIRST


@pytest.mark.usefixtures("two_at_once")
async def test_an_empty_section_is_an_empty_section(db: Database, plex: Plex, sync: Sync) -> None:
    await sync.refresh()
    with plex.server.lock:
        for film in plex.server.shelves.of(plex.server.shelves.sections["1"], "movie"):
            plex.server.shelves.take_away(film)
    assert await sync.refresh() == Written(gone=5)
    (films, _) = await db.read(queries.sections, ALL)
    assert films.items == 0
    assert films.read_at


async def test_others_read_and_write_while_a_large_library_is_read(db: Database, plex: Plex, sync: Sync) -> None:
    plex.grow(2000)
    reading = asyncio.create_task(sync.refresh())
    while not reading.done():
        async with db.transaction():
            pass
        assert len(await db.read(keys)) <= 2000
    assert await reading == Written(new=2000)
