"""What the stand-in's servers hold from the start, and how a library grows to any size."""

from tests.fakes.plex.shelves import Item, Section, Shelves

FIRST_DAY = 1_600_000_000
_FILMS = (
    ("The Lighthouse Keeper's Cat", 2019, ("Drama",)),
    ("Über den Dächern", 2021, ("Comedy", "Family")),
    ("Salt & Stars", 2023, ("Documentary",)),
    ("The Long Way to Ålesund", 2024, ("Adventure",)),
    ("Paper Boats", 2025, ("Animation", "Family")),
)
_SHOWS = (("Harbour Lights", 2020, (3, 2)), ("Small Hours", 2024, (4,)))


def sections() -> list[Section]:
    return [
        Section(key="1", kind="movie", title="Movies", folder="/storage/movies", agent="tv.plex.agents.movie"),
        Section(key="2", kind="show", title="TV Shows", folder="/storage/tvshows", agent="tv.plex.agents.series"),
        Section(key="3", kind="artist", title="Music", folder="/storage/music", agent="tv.plex.agents.music", hidden=1),
    ]


def furnish(shelves: Shelves) -> None:
    """Five films, and two shows of three seasons and nine episodes; each is a day younger than the one before."""
    for number, (title, year, genres) in enumerate(_FILMS):
        film(shelves, title, year=year, genres=genres, added_at=FIRST_DAY + number * 86_400)
    for number, (title, year, seasons) in enumerate(_SHOWS):
        show(shelves, title, seasons, year=year, added_at=FIRST_DAY + (number + 10) * 86_400)


def film(shelves: Shelves, title: str, *, year: int, added_at: int, genres: tuple[str, ...] = ()) -> Item:
    number = len(shelves.items) + 1
    return shelves.add(
        "1",
        "movie",
        title,
        year=year,
        genres=genres,
        added_at=added_at,
        summary=f"All about {title}.",
        file=f"/storage/movies/{title} ({year})/{title}.mkv",
        guids=(f"imdb://tt{number:07}", f"tmdb://{number + 600}"),
    )


def show(shelves: Shelves, title: str, seasons: tuple[int, ...], *, year: int, added_at: int) -> Item:
    """A show whose seasons have so many episodes."""
    number = len(shelves.items) + 1
    guids = (f"tmdb://{number + 60_000}", f"tvdb://{number + 70_000}")
    whole = shelves.add("2", "show", title, year=year, added_at=added_at, guids=guids, index=1)
    for season_number, episodes in enumerate(seasons, 1):
        season = shelves.add(
            "2", "season", f"Season {season_number}", parent=whole, index=season_number, added_at=added_at
        )
        for episode_number in range(1, episodes + 1):
            shelves.add(
                "2",
                "episode",
                f"Episode {episode_number}",
                parent=season,
                index=episode_number,
                year=year + season_number - 1,
                added_at=added_at + season_number * 3600 + episode_number,
                file=f"/storage/tvshows/{title}/Season {season_number}/S{season_number:02}E{episode_number:02}.mkv",
            )
    return whole


def grow(shelves: Shelves, items: int) -> None:
    """Add films until there are so many items."""
    for number in range(len(shelves.items), items):
        film(shelves, f"Film number {number}", year=1950 + number % 75, added_at=FIRST_DAY + number)
