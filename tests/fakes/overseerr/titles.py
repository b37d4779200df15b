"""The films and series that the stand-in knows, as TMDB would tell of them."""

from dataclasses import dataclass
from typing import Any

JSON = dict[str, Any]
_TVDB = {1396: 81189, 95396: 371980, 1399: 121361}


@dataclass(frozen=True, slots=True)
class Title:
    """A film, or a series of so many seasons (besides its specials)."""

    id: int
    name: str
    date: str
    seasons: int = 0

    @property
    def kind(self) -> str:
        return "tv" if self.seasons else "movie"

    @property
    def tvdb_id(self) -> int | None:
        return _TVDB.get(self.id) if self.seasons else None

    @property
    def season_numbers(self) -> list[int]:
        return list(range(self.seasons + 1))

    @property
    def overview(self) -> str:
        return f"Stub overview of {self.name}."

    @property
    def subject(self) -> str:
        """As notifications name it."""
        return f"{self.name} ({self.date[:4]})"


TITLES = (
    Title(603, "The Matrix", "1999-03-30"),
    Title(27205, "Inception", "2010-07-15"),
    Title(438631, "Dune", "2021-09-15"),
    Title(550, "Fight Club", "1999-10-15"),
    Title(155, "The Dark Knight", "2008-07-16"),
    Title(680, "Pulp Fiction", "1994-09-10"),
    Title(13, "Forrest Gump", "1994-06-23"),
    Title(120, "The Fellowship of the Ring", "2001-12-18"),
    Title(1396, "Breaking Bad", "2008-01-20", 5),
    Title(95396, "Severance", "2022-02-17", 2),
    Title(1399, "Game of Thrones", "2011-04-17", 8),
)


def hit(title: Title) -> JSON:
    """A title in a list of results."""
    about: JSON = {"id": title.id, "mediaType": title.kind, "genreIds": [28, 878], "originalLanguage": "en"}
    about |= {"overview": title.overview, "popularity": 50.5, "voteAverage": 8.2, "voteCount": 1000}
    about |= {"backdropPath": f"/stubb{title.id}.jpg", "posterPath": f"/stub{title.id}.jpg"}
    if title.seasons:
        named = {"name": title.name, "originalName": title.name, "firstAirDate": title.date, "originCountry": ["US"]}
        return about | named
    named = {"title": title.name, "originalTitle": title.name, "releaseDate": title.date}
    return about | named | {"adult": False, "video": False}


def details(title: Title) -> JSON:
    """The page of a title."""
    common: JSON = {
        "id": title.id,
        "genres": [{"id": 18, "name": "Drama"}],
        "relatedVideos": [],
        "originalLanguage": "en",
        "popularity": 50.5,
        "productionCompanies": [],
        "productionCountries": [],
        "spokenLanguages": [],
        "status": "Ended" if title.seasons else "Released",
        "voteAverage": 8.2,
        "voteCount": 1000,
        "backdropPath": f"/stubb{title.id}.jpg",
        "homepage": "",
        "overview": title.overview,
        "posterPath": f"/stub{title.id}.jpg",
        "tagline": "",
        "credits": {"cast": [], "crew": []},
        "keywords": [],
        "watchProviders": [],
    }
    return common | (_show(title) if title.seasons else _film(title))


def _film(title: Title) -> JSON:
    imdb = f"tt{title.id:07}"
    return {
        "adult": False,
        "budget": 1,
        "originalTitle": title.name,
        "releaseDate": title.date,
        "releases": {"results": []},
        "revenue": 2,
        "title": title.name,
        "video": False,
        "imdbId": imdb,
        "runtime": 136,
        "externalIds": {"imdbId": imdb},
    }


def _show(title: Title) -> JSON:
    return {
        "createdBy": [],
        "episodeRunTime": [50],
        "firstAirDate": title.date,
        "inProduction": False,
        "languages": ["en"],
        "lastAirDate": title.date,
        "name": title.name,
        "networks": [],
        "numberOfEpisodes": 10 * title.seasons,
        "numberOfSeasons": title.seasons,
        "originCountry": ["US"],
        "originalName": title.name,
        "contentRatings": {"results": []},
        "seasons": [_season(title, number) for number in title.season_numbers],
        "type": "Scripted",
        "externalIds": {"imdbId": f"tt{title.id:07}", "tvdbId": title.tvdb_id},
    }


def _season(title: Title, number: int) -> JSON:
    name = f"Season {number}" if number else "Specials"
    return {
        "airDate": title.date,
        "episodeCount": 10,
        "id": title.id * 10 + number,
        "name": name,
        "overview": "",
        "seasonNumber": number,
        "posterPath": None,
    }
