"""What a server may say is understood, whatever its age and habits, and nonsense is passed over."""

import json
from typing import Any

import pytest

from medianest.plex.titles import wire
from medianest.plex.titles.types import Guids, Item, Kind


def container(**about: Any) -> bytes:
    return json.dumps({"MediaContainer": about}).encode()


def item(**about: Any) -> Item:
    (found,) = wire.listed(container(Metadata=[{"ratingKey": "1", "type": "movie", "title": "A", **about}])).items
    return found


def test_an_empty_list_lacks_its_key() -> None:
    assert wire.listed(container(size=0)) == wire.Listed(items=(), read=0, total=0)
    assert wire.sections(container(size=0)) == []


def test_numbers_may_be_strings_and_keys_numbers() -> None:
    found = item(ratingKey=12, year="2020", duration="61000", addedAt="1700000000", librarySectionID=4)
    assert (found.key, found.year, found.duration_s, found.section_key) == ("12", 2020, 61, "4")
    assert found.added_at.timestamp() == 1_700_000_000


def test_the_section_may_be_told_once_for_the_whole_list() -> None:
    told = container(librarySectionID="7", Metadata=[{"ratingKey": "1", "type": "movie"}])
    assert wire.listed(told).items[0].section_key == "7"


def test_what_makes_no_sense_counts_and_is_left_out() -> None:
    rows = [{"type": "movie"}, {"ratingKey": "2", "type": "movie", "year": []}, {"ratingKey": "3", "type": "clip"}, 7]
    listed = wire.listed(container(totalSize=9, Metadata=[*rows, {"ratingKey": "5", "type": "show"}]))
    assert ([one.key for one in listed.items], listed.read, listed.total) == (["5"], 5, 9)


def test_no_text_is_longer_than_a_page_shows_and_no_number_larger_than_can_be_kept() -> None:
    texts = {"title": "x" * 9000, "originalTitle": "x" * 9000, "summary": "x" * 9000, "contentRating": "x" * 9000}
    found = item(**texts, index=2**60, year=-(2**60), duration=2**60)
    lengths = [len(text) for text in (found.title, found.original_title, found.summary, found.content_rating)]
    assert lengths == [500, 500, 2000, 32]
    assert (found.number, found.year, found.duration_s) == (None, None, None)
    assert item(duration=-5000).duration_s is None


def test_a_section_that_has_no_key_is_none() -> None:
    assert wire.sections(container(Directory=[{"type": "movie", "title": "Films"}])) == []


def test_of_two_numbers_of_one_kind_the_first_counts() -> None:
    assert wire.guids_of(["tmdb://1", "themoviedb://2", "com.plexapp.agents.themoviedb://3"]) == Guids(tmdb=1)


@pytest.mark.parametrize("moment", [-5, 0, 10**18, None])
def test_impossible_times_do_no_harm(moment: int | None) -> None:
    told = {} if moment is None else {"addedAt": moment, "updatedAt": moment}
    assert 1970 <= item(**told).added_at.year <= 3000


@pytest.mark.parametrize(
    "path", ["http://elsewhere/x.jpg", "//elsewhere/x.jpg", "x.jpg", "/" + "x" * 600], ids=["http", "//", "x", "long"]
)
def test_a_picture_is_a_path_on_the_server(path: str) -> None:
    assert item(thumb="/library/metadata/1/thumb/2").poster == "/library/metadata/1/thumb/2"
    assert item(thumb=path).poster is None


@pytest.mark.parametrize(
    ("names", "guids"),
    [
        (["imdb://tt0123456", "tmdb://12", "tvdb://34"], Guids(imdb="tt0123456", tmdb=12, tvdb=34)),
        (["com.plexapp.agents.imdb://tt0123456?lang=en"], Guids(imdb="tt0123456")),
        (["com.plexapp.agents.themoviedb://77?lang=de"], Guids(tmdb=77)),
        (["com.plexapp.agents.thetvdb://500?lang=en"], Guids(tvdb=500)),
        (["plex://movie/5d7768", "local://9", "imdb://99", "tmdb://ttx", ""], Guids()),
    ],
)
def test_titles_are_known_by_numbers_of_old_and_new_agents(names: list[str], guids: Guids) -> None:
    assert wire.guids_of(names) == guids


def test_sections_of_music_and_photos_are_left_out() -> None:
    told = [
        {"key": "1", "type": "movie", "title": "Films", "hidden": "1", "Location": [{"id": 1, "path": "/films"}]},
        {"key": 2, "type": "show", "title": "Shows"},
        {"key": "3", "type": "artist", "title": "Music"},
    ]
    films, shows = wire.sections(container(Directory=told))
    assert (films.key, films.kind, films.hidden, films.folders) == ("1", Kind.MOVIE, 1, ("/films",))
    assert (shows.key, shows.folders) == ("2", ())


def test_what_somebody_is_in_the_midst_of_is_told_in_seconds() -> None:
    rows = [{"ratingKey": "1", "type": "episode", "viewOffset": 61_500}, {"ratingKey": "2", "type": "show"}]
    (begun,) = wire.begun(container(Metadata=rows))
    assert (begun.item.kind, begun.seen_s) == (Kind.EPISODE, 61)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b"null", b'{"MediaContainer": 1}', b"\xff\xfe"])
def test_what_is_no_answer_of_a_server_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        wire.listed(body)
