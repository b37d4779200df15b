"""Who sees what of the server, and what each goes on with: by their own token, and nobody else's."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from medianest.accounts import permissions, users
from medianest.accounts.types import NewUser
from medianest.core import clock
from medianest.core.actor import SYSTEM, Actor, Role, Via
from medianest.core.db import Database
from medianest.core.errors import Unavailable
from medianest.plex.titles import continuing
from medianest.plex.titles.errors import NoTitle, ServerAway, ServerRefuses
from medianest.plex.titles.models import ViewerRow
from medianest.plex.titles.service import Titles
from medianest.plex.titles.types import Guids, Kind, Wanted
from tests.fakes.plex import CHILD, FRIEND, OWNER, Plex
from tests.household import cast
from tests.plex.linked import Linked

People = dict[str, Actor]


@pytest.fixture
async def people(db: Database, titles: Titles) -> People:
    """The cast, with Gus, a guest; and the index is read."""
    found = await cast(db)
    async with db.transaction() as session:
        guest = await users.create(session, SYSTEM, NewUser(name="Gus", role=Role.GUEST), password_hash=None)
    may = permissions.OF_ROLE[Role.GUEST]
    found["Gus"] = Actor(id=guest.id, name="Gus", role=Role.GUEST, permissions=may, via=Via.WEB)
    await titles.refresh()
    return found


async def seen(titles: Titles, who: Actor) -> set[str]:
    return {item.kind for item in (await titles.recent(who)).items}


@pytest.mark.parametrize(
    ("who", "kinds"),
    [("Ada", {Kind.MOVIE, Kind.EPISODE}), ("Alice", {Kind.MOVIE, Kind.EPISODE}), ("Kim", set()), ("Gus", set())],
)
async def test_without_a_linked_account_the_household_sees_all_and_children_and_guests_nothing(
    titles: Titles, people: People, who: str, kinds: set[Kind]
) -> None:
    assert await seen(titles, people[who]) == kinds
    assert bool(await titles.search(people[who], "paper boats")) == bool(kinds)
    assert bool(await titles.sections(people[who])) == bool(kinds)


async def test_with_a_linked_account_just_what_is_shared_with_it_is_seen(
    titles: Titles, people: People, linked: Linked
) -> None:
    linked.people |= {people["Alice"].id: CHILD, people["Kim"].id: CHILD}
    for who in (people["Alice"], people["Kim"]):
        assert await seen(titles, who) == {Kind.MOVIE}
        assert [holding.section.title for holding in await titles.sections(who)] == ["Movies"]
        assert await titles.search(who, "harbour lights") == []
        assert [item.title for item in await titles.search(who, "paper boats")] == ["Paper Boats"]
    (show,) = await titles.search(people["Ada"], "harbour lights")
    with pytest.raises(NoTitle):
        await titles.title(people["Alice"], show.key)


async def test_a_child_sees_a_title_only_if_the_server_shows_it_to_the_child(
    titles: Titles, people: People, linked: Linked, plex: Plex
) -> None:
    """The index knows of no ratings and labels; one that moved to another section stands for what is denied."""
    linked.people[people["Kim"].id] = CHILD
    (film,) = await titles.search(people["Kim"], "paper boats")
    with plex.server.lock:
        plex.server.shelves.items[film.key].section = plex.server.shelves.sections["3"]
    assert await titles.search(people["Kim"], "paper boats") == []
    assert film.key not in {item.key for item in (await titles.recent(people["Kim"])).items}
    with pytest.raises(NoTitle):
        await titles.title(people["Kim"], film.key)
    assert (await titles.title(people["Alice"], film.key)).item == film


async def test_a_child_is_told_that_plex_is_away_instead_of_nothing(
    titles: Titles, people: People, linked: Linked, plex: Plex
) -> None:
    linked.people[people["Kim"].id] = CHILD
    assert await titles.search(people["Kim"], "paper boats")
    plex.server.away()
    with pytest.raises(ServerAway):
        await titles.search(people["Kim"], "paper boats")
    assert await titles.search(people["Alice"], "paper boats")


async def test_what_is_shared_is_asked_once_an_hour_and_outlives_the_server_for_a_day(
    titles: Titles, people: People, linked: Linked, plex: Plex
) -> None:
    linked.people[people["Alice"].id] = FRIEND
    asked = len(plex.server.asked("/library/sections"))
    for _ in range(3):
        assert Kind.EPISODE in await seen(titles, people["Alice"])
    assert len(plex.server.asked("/library/sections")) == asked + 1
    plex.server.away()
    assert Kind.EPISODE in await seen(titles, people["Alice"])


async def test_who_is_not_shared_with_any_more_sees_nothing(
    titles: Titles, people: People, linked: Linked, plex: Plex
) -> None:
    linked.people[people["Alice"].id] = FRIEND
    plex.server.trouble("/library/sections", fail=401)
    assert await seen(titles, people["Alice"]) == set()


async def remembered(db: Database, *, hours: float) -> None:
    """All that is remembered of who sees what was asked so long ago."""
    async with db.transaction() as session:
        await session.execute(update(ViewerRow).values(asked_at=clock.now() - timedelta(hours=hours)))


async def test_after_an_hour_it_is_asked_again_and_after_a_day_nothing_is_known(
    titles: Titles, people: People, linked: Linked, plex: Plex, db: Database
) -> None:
    linked.people[people["Alice"].id] = FRIEND
    wanted = [Wanted(title="Paper Boats", year=2025)]
    assert await titles.present(people["Alice"], wanted) == [None], "it was never asked"
    assert Kind.EPISODE in await seen(titles, people["Alice"])
    await remembered(db, hours=2)
    assert await titles.recent_at_once(people["Alice"]) is None
    assert await titles.present(people["Alice"], wanted) != [None], "for a mark that is good enough"
    asked = len(plex.server.asked("/library/sections"))
    await seen(titles, people["Alice"])
    assert len(plex.server.asked("/library/sections")) == asked + 1
    plex.server.away()
    await remembered(db, hours=23)
    assert Kind.EPISODE in await seen(titles, people["Alice"])
    await remembered(db, hours=25)
    assert await seen(titles, people["Alice"]) == set()
    assert await titles.present(people["Alice"], wanted) == [None]


async def test_marks_are_for_who_sees_whole_sections(titles: Titles, people: People, linked: Linked) -> None:
    wanted = [Wanted(title="Paper Boats", year=2025), Wanted(guids=Guids(imdb="tt0000001")), Wanted(title="Nothing")]
    assert [bool(item) for item in await titles.present(people["Alice"], wanted)] == [True, True, False]
    linked.people[people["Kim"].id] = CHILD
    assert await titles.search(people["Kim"], "paper boats"), "of which the server was asked"
    assert await titles.present(people["Kim"], wanted) == [None, None, None]
    assert await titles.recent_at_once(people["Kim"]) is None


async def test_everybody_goes_on_with_their_own(titles: Titles, people: People, linked: Linked, plex: Plex) -> None:
    linked.people |= {people["Ada"].id: OWNER, people["Alice"].id: FRIEND}
    films = plex.server.shelves.of(plex.server.shelves.sections["1"], "movie")
    plex.server.watch(OWNER, films[0], until_ms=60_000)
    plex.server.watch(FRIEND, films[1], until_ms=90_500)
    (of_ada,), (of_max,) = (await titles.begun(people["Ada"])).begun, (await titles.begun(people["Alice"])).begun
    assert (of_ada.item.key, of_ada.seen_s) == (films[0].key, 60)
    assert (of_max.item.key, of_max.seen_s) == (films[1].key, 90)


async def test_who_has_no_account_linked_is_asked_for_by_nobody_elses_token(
    titles: Titles, people: People, plex: Plex
) -> None:
    plex.server.watch(OWNER, next(iter(plex.server.shelves.items.values())), until_ms=60_000)
    told = await titles.begun(people["Alice"])
    assert (told.begun, told.is_linked) == ((), False)
    assert plex.server.asked("/hubs/continueWatching/items") == []


async def test_what_somebody_goes_on_with_stays_while_the_server_is_away(
    titles: Titles, people: People, linked: Linked, plex: Plex
) -> None:
    linked.people[people["Alice"].id] = FRIEND
    plex.server.watch(FRIEND, next(iter(plex.server.shelves.items.values())), until_ms=60_000)
    before = await titles.begun(people["Alice"])
    assert await titles.begun(people["Alice"]) is before, "kept for a moment"
    titles._continuing.forget()
    plex.server.away()
    after = await titles.begun(people["Alice"])
    assert (after.begun, after.as_of, after.is_away) == (before.begun, before.as_of, True)
    assert (await titles.standing()).is_away


async def test_without_anything_known_the_outage_is_told(
    titles: Titles, people: People, linked: Linked, plex: Plex
) -> None:
    linked.people[people["Alice"].id] = FRIEND
    plex.server.away()
    with pytest.raises(Unavailable):
        await titles.begun(people["Alice"])
    plex.server.back()
    plex.server.trouble("/hubs", fail=401)
    with pytest.raises(ServerRefuses):
        await titles.begun(people["Alice"])


async def test_what_was_told_of_another_account_is_not_told_again(
    titles: Titles, people: People, linked: Linked, plex: Plex
) -> None:
    alice = people["Alice"]
    films = plex.server.shelves.of(plex.server.shelves.sections["1"], "movie")
    for person, film in ((FRIEND, films[0]), (CHILD, films[1])):
        plex.server.watch(person, film, until_ms=60_000)
    linked.people[alice.id] = FRIEND
    assert [one.item.key for one in (await titles.begun(alice)).begun] == [films[0].key]
    linked.people[alice.id] = CHILD
    assert [one.item.key for one in (await titles.begun(alice)).begun] == [films[1].key]
    linked.people[alice.id] = FRIEND
    plex.server.away()
    with pytest.raises(Unavailable):
        await titles.begun(alice)


async def test_what_was_told_is_good_for_a_moment_of_so_many_and_not_once_it_is_refused(
    titles: Titles, people: People, linked: Linked, plex: Plex, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, alice = people["Ada"], people["Alice"]
    linked.people |= {ada.id: OWNER, alice.id: FRIEND}

    async def asked(*who: Actor) -> int:
        before = len(plex.server.asked("/hubs/continueWatching/items"))
        for one in who:
            await titles.begun(one)
        return len(plex.server.asked("/hubs/continueWatching/items")) - before

    assert await asked(ada, alice, ada, alice) == 2
    monkeypatch.setattr(continuing, "_FRESH_S", 0.0)
    titles._continuing.forget()
    assert await asked(alice, alice) == 2
    monkeypatch.setattr(continuing, "_FRESH_S", 60.0)
    monkeypatch.setattr(continuing, "_PEOPLE_MOST", 1)
    assert await asked(ada, alice, ada) == 3
    plex.server.trouble("/hubs", fail=401)
    titles._continuing.forget()
    with pytest.raises(ServerRefuses):
        await titles.begun(ada)
    plex.server.away()
    with pytest.raises(ServerAway):
        await titles.begun(ada)


async def test_one_persons_dead_token_does_not_harm_the_server(
    titles: Titles, people: People, linked: Linked, plex: Plex
) -> None:
    linked.people[people["Alice"].id] = FRIEND
    plex.server.trouble("/hubs", fail=401)
    for _ in range(6):
        with pytest.raises(ServerRefuses):
            await titles.begun(people["Alice"])
    health = titles._connection.health
    assert (health.state, health.credentials_refused) == ("closed", False)


async def test_who_links_another_account_sees_what_that_one_sees(
    titles: Titles, people: People, linked: Linked
) -> None:
    linked.people[people["Alice"].id] = FRIEND
    assert Kind.EPISODE in await seen(titles, people["Alice"])
    linked.people[people["Alice"].id] = CHILD
    assert await seen(titles, people["Alice"]) == {Kind.MOVIE}
