"""The page of a title that can be asked for: what it is, where it is, who wants it, and the form to ask."""

from dataclasses import dataclass
from datetime import datetime

from medianest.core.i18n import Message, msg
from medianest.media_requests.types import Availability, MediaType, Title
from medianest.pictures.service import Pictures
from medianest.pictures.types import Shown, Size, Source
from medianest.web.ask_forms import AskForm
from medianest.web.asking_away import Away
from medianest.web.problem_rows import ProblemRow
from medianest.web.request_rows import RequestRow
from medianest.web.title_cards import Mark
from medianest.web.title_shelves import TitleShelf

_CAST_SHOWN = 8
_GENRES_SHOWN = 4
_MARKS = {
    Availability.AVAILABLE: ("up", "here"),
    Availability.PARTIALLY_AVAILABLE: ("up", "here_in_part"),
    Availability.PROCESSING: ("waiting", "state_processing"),
    Availability.BLOCKLISTED: ("paused", "blocked"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    name: str
    character: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is told of a title."""

    title: str
    year: str
    is_show: bool
    tagline: str
    plot: str
    facts: tuple[Message, ...]
    rating: float | None
    poster: Shown | None
    backdrop: Shown | None
    cast: tuple[Person, ...]
    trailer: str | None
    mark: Mark | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleView:
    """`about` is None where nobody can tell of it now; `path` is its page, `asked` who wants it already.

    `form` is None where nothing is left to ask for, or where they may not. `as_of` is how old it is what is told.
    `report` is where they say that something is wrong with it, `problems` what somebody said already.
    """

    heading: Message
    path: str
    about: About | None
    asked: tuple[RequestRow, ...]
    form: AskForm | None
    refusal: Message | None = None
    in_plex: str | None = None
    similar: TitleShelf | None = None
    problems: tuple[ProblemRow, ...] = ()
    report: str | None = None
    away: Away | None = None
    as_of: datetime | None = None


def about(pictures: Pictures, title: Title) -> About:
    hit = title.hit
    return About(
        title=hit.title,
        year=str(hit.year or ""),
        is_show=hit.key.media_type is MediaType.TV,
        tagline=title.tagline,
        plot=hit.overview,
        facts=facts_of(title),
        rating=round(hit.rating, 1) if hit.rating else None,
        poster=pictures.shown(Source.TMDB, hit.poster, Size.POSTER_342),
        backdrop=pictures.shown(Source.TMDB, hit.backdrop, Size.BACKDROP_780),
        cast=tuple(Person(name=one.name, character=one.character) for one in title.cast[:_CAST_SHOWN]),
        trailer=title.trailer,
        mark=_mark(hit.availability),
    )


def facts_of(title: Title) -> tuple[Message, ...]:
    """What is said of it in a line."""
    hit = title.hit
    regular = sum(season.number > 0 for season in title.seasons)
    facts = [msg(f"web.asking.{hit.key.media_type}")]
    if hit.year:
        facts.append(msg("web.asking.title", title=str(hit.year)))
    if regular:
        facts.append(msg("web.in_plex.seasons", n=regular))
    if title.genres:
        facts.append(msg("web.asking.title", title=", ".join(title.genres[:_GENRES_SHOWN])))
    return tuple(facts)


def _mark(availability: Availability) -> Mark | None:
    found = _MARKS.get(availability)
    return Mark(shape=found[0], word=msg(f"web.asking.{found[1]}")) if found else None
