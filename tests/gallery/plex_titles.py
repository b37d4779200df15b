"""What is on the Plex server, for looking at pages: shelves that are full, asked for and old, a film, a show."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from medianest.core.i18n import msg
from medianest.pictures.types import Shown
from medianest.web import plex_shelves
from medianest.web.frame import Chip
from medianest.web.pages.plex_titles import EpisodeRow, PlexView, SeasonView, TitleView
from medianest.web.plex_works import Instead, Shelf, Work
from tests.gallery import status
from tests.gallery.samples import NOW

POSTER = Shown(src="/downloads/harbour/picture", double="/downloads/harbour/picture", width=154, height=231, tone=7)
_AWAY = {"note": msg("web.in_plex.away"), "as_of": NOW - timedelta(hours=2)}


def _work(id: int, title: str, detail: str, **about: object) -> Work:
    values: dict[str, object] = {"poster": POSTER, **about}
    detail_of = msg("web.in_plex.part", title=detail)
    return Work(id=str(id), path=f"/plex/titles/{id}", title=title, detail=detail_of, **values)  # type: ignore[arg-type]


WORKS = (
    _work(1, "Small Hours", "4 new episodes", is_show=True),
    _work(2, "The Lighthouse Keeper's Cat and Other Tales of a Very Long Winter", "2019"),
    _work(3, "Über den Dächern", "2021", poster=None),
    _work(4, "Harbour Lights", "S2 E1 · The One in Which Everything Is Explained", is_show=True, poster=None),
    _work(5, "Salt & Stars", "2023"),
    _work(6, "The Long Way to Ålesund", "2024"),
    _work(7, "Paper Boats", "2025"),
    _work(8, "الميناء القديم", "2022"),
)
BEGUN = (replace(WORKS[3], percent=62.0), replace(WORKS[5], percent=8.0), replace(WORKS[0]))
NEW = replace(plex_shelves.NEW, works=WORKS)
_SLOW = {"note": msg("web.in_plex.slow"), "polls": True}
_GONE = Instead(
    title=msg("web.in_plex.away_since"), text=msg("web.in_plex.away_text"), at=NOW - timedelta(minutes=20), again=True
)
_UNKNOWN = replace(_GONE, title=msg("titles.away"), text=msg("web.in_plex.away_text_alone"), at=None)
_CHIPS = (
    Chip(name="new", path="/plex", label=msg("web.in_plex.new"), here=True),
    Chip(name="1", path="/plex?section=1", label=msg("web.in_plex.part", title="Movies"), here=False, n=1840),
    Chip(name="2", path="/plex?section=2", label=msg("web.in_plex.part", title="TV Shows"), here=False, n=212),
)
FULL = PlexView(
    name="Nas in the cellar",
    q="",
    chips=_CHIPS,
    heading=msg("web.in_plex.new"),
    works=WORKS,
    more="/plex?section=1&cursor=x",
    webhook="https://media.example/webhooks/plex/0f3ab09d1b2c4d5e6f708192a3b4c5d6e7f80912/news",
)
_WATCH = "https://app.plex.tv/desktop/#!/server/x/details?key=%2Flibrary%2Fmetadata%2F1"
FILM = TitleView(
    title="The Long Way to Ålesund",
    detail=msg("web.in_plex.movie_of", year="2024"),
    original_title="Den lange veien til Ålesund",
    duration_s=6420,
    content_rating="PG",
    summary="A ferryman takes a cello across eleven fjords. Nobody asked him to, and nobody will say for whom it is.",
    poster=POSTER,
    is_show=False,
    watch="plex://preplay/?metadataKey=%2Flibrary%2Fmetadata%2F1&server=x",
    in_browser=_WATCH,
    seasons=(),
)
SHOW = replace(
    FILM,
    title="Harbour Lights",
    detail=msg("web.in_plex.show_of", year="2020"),
    original_title="",
    is_show=True,
    poster=None,
    watch=_WATCH,
    in_browser=None,
    seasons=tuple(
        SeasonView(
            title=f"Season {number}",
            episodes=tuple(
                EpisodeRow(number=one, title=f"Episode {one}: the tide turns", duration_s=2520, watch=_WATCH)
                for one in range(1, 5 - number)
            ),
        )
        for number in (1, 2)
    ),
)


def home_shelves() -> Iterator[tuple[str, tuple[Shelf | None, Shelf | None]]]:
    """What is gone on with and what is new, in each state that the home page shows them in."""
    going_on = plex_shelves.CONTINUE
    yield "", (replace(going_on, works=BEGUN), NEW)
    yield "-waiting", (going_on, plex_shelves.NEW)
    yield "-slow", (replace(going_on, works=BEGUN, **_SLOW), replace(plex_shelves.NEW, **_SLOW))
    old = {**_AWAY, "note": msg("web.in_plex.is_away")}
    yield "-old", (replace(going_on, works=BEGUN, **old), replace(NEW, **old))
    yield "-away", (replace(going_on, works=(), instead=_GONE), replace(NEW, works=(), instead=_UNKNOWN))
    yield "-empty", (plex_shelves.NOTHING_BEGUN, plex_shelves.NOTHING_NEW)
    yield "-quiet", (replace(plex_shelves.NOTHING_BEGUN, is_quiet=True), NEW)
    yield "-reading", (plex_shelves.LINK_AGAIN, plex_shelves.READING)


def shelf_pages() -> Iterator[tuple[str, Shelf]]:
    yield "titles-new", NEW
    yield "titles-continue-none", plex_shelves.NOT_LINKED
    yield "titles-continue-away", replace(plex_shelves.CONTINUE, works=(), instead=_GONE)
    yield "titles-continue-slow", replace(plex_shelves.CONTINUE, **_SLOW)


def server_pages() -> Iterator[tuple[str, PlexView]]:
    yield "titles", FULL
    yield "titles-away", replace(FULL, webhook=None, more=None, **_AWAY)
    found = msg("web.in_plex.found", n=2)
    yield "titles-found", replace(FULL, q="harbour", heading=found, works=WORKS[3:5], more=None, webhook=None)
    yield "titles-not-found", replace(FULL, q="harbor", works=(), webhook=None)
    yield "titles-empty", replace(FULL, works=(), chips=_CHIPS[:1], webhook=None)
    yield "titles-reading", replace(FULL, works=(), chips=_CHIPS[:1], webhook=None, is_reading=True)
    none = PlexView(name="", q="", chips=_CHIPS[:1], heading=msg("web.in_plex.new"), works=())
    yield "titles-none", none
    yield "titles-none-admin", replace(none, may_connect=True)


def title_pages() -> Iterator[tuple[str, TitleView]]:
    yield "titles-film", FILM
    yield "titles-show", SHOW
    yield "titles-down", replace(SHOW, down=status.PLEX_WANTED)
