"""What is found, what is new, what is there: and only for those who may see it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from medianest.core.db import Database
from medianest.plex.titles import index, queries
from medianest.plex.titles.folding import folded, title_and_year
from medianest.plex.titles.models import SectionRow
from medianest.plex.titles.types import Guids, Item, Kind, Section, Wanted
from medianest.plex.titles.viewing import ALL, NOTHING, View

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
FILMS, SHOWS, SECRET = (
    Section(key="1", kind=Kind.MOVIE, title="Films", folders=("/films",)),
    Section(key="2", kind=Kind.SHOW, title="Shows"),
    Section(key="3", kind=Kind.MOVIE, title="Attic", hidden=1),
)
ONLY_SHOWS = View(sections={"2"})


def film(day: int, title: str, year: int | None = 2020, *, section: str = "1", **about: object) -> Item:
    at = FIRST_DAY + timedelta(days=day)
    key, kind = str(day), about.pop("kind", Kind.MOVIE)
    return Item(key=key, section_key=section, kind=kind, title=title, year=year, added_at=at, updated_at=at, **about)


LIBRARY = (
    film(1, "Amélie", 2001, guids=Guids(imdb="tt0211915", tmdb=194), original_title="Le Fabuleux Destin"),
    film(2, "Harbour", 2019),
    film(3, "The Harbour Master", 2021),
    film(4, "Harbour", 2023, guids=Guids(tmdb=77)),
    film(5, "Night Harbour", 2022, section="3"),
    film(10, "Harbour Lights", section="2", kind=Kind.SHOW, guids=Guids(tvdb=500, tmdb=77)),
    film(11, "Season 1", None, section="2", kind=Kind.SEASON, parent_key="10", show_key="10", number=1),
    film(12, "Specials", None, section="2", kind=Kind.SEASON, parent_key="10", show_key="10", number=0),
    film(13, "Harbour Fog", section="2", kind=Kind.EPISODE, parent_key="11", show_key="10", number=2, season_number=1),
    film(14, "Arrival", section="2", kind=Kind.EPISODE, parent_key="11", show_key="10", number=1, season_number=1),
)


@pytest.fixture
async def furnished(db: Database) -> Database:
    async with db.transaction() as session:
        await index.put_sections(session, [FILMS, SHOWS, SECRET])
        await index.put(session, LIBRARY)
    return db


async def found(db: Database, text: str, view: View = ALL, **options: int) -> list[str]:
    return [f"{item.title} {item.year}" for item in await db.read(queries.search, view, text, **options)]


async def test_the_same_title_comes_first_then_what_begins_so_then_the_others_and_episodes_last(
    furnished: Database,
) -> None:
    assert await found(furnished, "harbour") == [
        "Harbour 2023",
        "Harbour 2019",
        "Harbour Lights 2020",
        "Night Harbour 2022",
        "The Harbour Master 2021",
        "Harbour Fog 2020",
    ]
    assert await found(furnished, "harbour", limit=2) == ["Harbour 2023", "Harbour 2019"]


@pytest.mark.parametrize("text", ["amelie", "AMÉLIE", "ame", "fabuleux", "destin amelie", "Amélie 2001", "2001 am"])
async def test_accents_case_the_original_title_and_half_a_word_do_not_matter(furnished: Database, text: str) -> None:
    assert await found(furnished, text) == ["Amélie 2001"]


@pytest.mark.parametrize("text", ["", "   ", "\"'*()-", "NEAR(", "title:", "a\x00b", "𝔸" * 500, "^" * 10_000])
async def test_whatever_is_typed_is_only_words(furnished: Database, text: str) -> None:
    assert await found(furnished, text) == []


async def test_only_what_may_be_seen_is_found(furnished: Database) -> None:
    assert await found(furnished, "harbour", ONLY_SHOWS) == ["Harbour Lights 2020", "Harbour Fog 2020"]
    assert await found(furnished, "harbour", NOTHING) == []


async def test_what_plex_excludes_from_its_search_is_not_found_and_yet_listed(furnished: Database) -> None:
    async with furnished.transaction() as session:
        await session.execute(update(SectionRow).where(SectionRow.key == "3").values(hidden=2))
    assert "Night Harbour 2022" not in await found(furnished, "night")
    assert [item.title for item in (await furnished.read(queries.listing, ALL, "3")).items] == ["Night Harbour"]


async def test_a_changed_title_is_found_by_its_new_words_only(furnished: Database) -> None:
    async with furnished.transaction() as session:
        await index.put(session, [film(1, "Another", 2001)])
    assert await found(furnished, "amelie") == []
    assert await found(furnished, "another") == ["Another 2001"]


async def test_words_of_what_is_gone_find_nothing_else(furnished: Database) -> None:
    """A number that became free is given to the next one that comes, of whatever kind."""
    for kind, section, next_kind in ((Kind.MOVIE, "1", Kind.SEASON), (Kind.EPISODE, "2", Kind.MOVIE)):
        async with furnished.transaction() as session:
            await index.put(session, [film(98, "Glass Tide", section=section, kind=kind)])
        assert await found(furnished, "glass tide") == ["Glass Tide 2020"]
        async with furnished.transaction() as session:
            assert await index.remove(session, ["98"]) == 1
            await index.put(session, [film(99, "Paper Kite", section=section, kind=next_kind)])
        assert await found(furnished, "glass tide") == []
        async with furnished.transaction() as session:
            await index.remove(session, ["99"])


async def test_what_is_in_no_section_that_is_known_is_left_out(furnished: Database) -> None:
    async with furnished.transaction() as session:
        assert await index.put(session, [film(99, "Glass Tide", section="9")]) == index.Written()


async def test_what_is_new_comes_in_pages_that_stay_when_more_comes(furnished: Database) -> None:
    first = await furnished.read(queries.recent, ALL, limit=2)
    assert [item.title for item in first.items] == ["Arrival", "Harbour Fog"]
    async with furnished.transaction() as session:
        await index.put(session, [film(99, "Just In")])
    second = await furnished.read(queries.recent, ALL, cursor=first.next_cursor)
    assert [item.key for item in second.items] == ["4", "3", "2", "1"], "and nothing of what is hidden from home"
    assert second.next_cursor is None


async def test_what_is_new_is_only_what_may_be_seen(furnished: Database) -> None:
    assert [item.key for item in (await furnished.read(queries.recent, ONLY_SHOWS)).items] == ["14", "13"]
    assert (await furnished.read(queries.recent, ONLY_SHOWS, section="1")).items == []
    assert [item.key for item in (await furnished.read(queries.recent, ALL, section="3")).items] == ["5"]


async def test_a_section_is_listed_by_title(furnished: Database) -> None:
    first = await furnished.read(queries.listing, ALL, "1", limit=3)
    rest = await furnished.read(queries.listing, ALL, "1", cursor=first.next_cursor)
    assert [item.key for item in (*first.items, *rest.items)] == ["1", "2", "4", "3"]
    assert (await furnished.read(queries.listing, ONLY_SHOWS, "1")).items == []


async def test_seasons_and_episodes_are_in_order_with_specials_last(furnished: Database) -> None:
    seasons = await furnished.read(queries.seasons, "10")
    assert [season.item.title for season in seasons] == ["Season 1", "Specials"]
    assert [episode.title for episode in seasons[0].episodes] == ["Arrival", "Harbour Fog"]


async def test_a_title_is_there_for_who_may_see_it(furnished: Database) -> None:
    assert (await furnished.read(queries.by_key, ALL, "1")) == LIBRARY[0]
    assert (await furnished.read(queries.by_key, ONLY_SHOWS, "1")) is None
    assert (await furnished.read(queries.by_key, ALL, "no such key")) is None


async def test_what_is_there_is_known_by_its_numbers_or_else_by_title_and_year(furnished: Database) -> None:
    wanted = {
        Wanted(guids=Guids(imdb="tt0211915")): "1",
        Wanted(guids=Guids(tmdb=77), kind=Kind.MOVIE): "4",
        Wanted(guids=Guids(tmdb=77), kind=Kind.SHOW): "10",
        Wanted(guids=Guids(tmdb=77)): None,
        Wanted(guids=Guids(tvdb=500)): "10",
        Wanted(title="amelie", year=2001): "1",
        Wanted(title="Amélie!", year=2001, kind=Kind.MOVIE): "1",
        Wanted(title="Amélie", year=2002): None,
        Wanted(title="Amélie", kind=Kind.SHOW): None,
        Wanted(title="Amélie"): "1",
        Wanted(title="Harbour"): None,
        Wanted(title="Harbour", year=2019): "2",
        Wanted(title="Arrival"): None,
        Wanted(): None,
    }
    answers = await furnished.read(queries.present, ALL, list(wanted))
    assert [item.key if item else None for item in answers] == list(wanted.values())
    assert await furnished.read(queries.present, NOTHING, list(wanted)) == [None] * len(wanted)


@pytest.mark.parametrize(
    ("title", "same"),
    [("Über den Dächern", "uber den dachern"), ("Salt & Stars", "salt and stars"), ("It's  – A.I.!", "its a i")],
)
def test_titles_are_compared_without_accents_case_and_punctuation(title: str, same: str) -> None:
    assert folded(title) == same


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Paper Boats (2025)", ("Paper Boats", 2025)),
        ("Paper Boats [2025]", ("Paper Boats", 2025)),
        ("2001: A Space Odyssey", ("2001: A Space Odyssey", None)),
        ("1917", ("1917", None)),
        ("Harbour (Live)", ("Harbour (Live)", None)),
    ],
)
def test_a_year_in_brackets_is_a_year(text: str, parts: tuple[str, int | None]) -> None:
    assert title_and_year(text) == parts
