"""The form with which a title is asked for: which seasons, in which quality, for whom, and what is left to them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from medianest.core.i18n import Message, msg
from medianest.media_requests.discovery import Means
from medianest.media_requests.types import (
    Allowance,
    Availability,
    Decision,
    Fetcher,
    MediaType,
    Request,
    SeasonTold,
    Title,
    TitleKey,
)
from medianest.web.choices import Choice
from medianest.web.title_cards import path_of

_OPEN = frozenset({Availability.UNKNOWN, Availability.DELETED})
_TAKEN = frozenset({Availability.AVAILABLE, Availability.PENDING, Availability.PROCESSING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a title: `title` is None where nobody can tell now, `asked` are those who want it already."""

    key: TitleKey
    title: Title | None
    asked: Sequence[Request]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonChoice:
    """A season; `word` is what is known of it, as a shape before a word, for one that cannot be chosen any more."""

    number: int
    name: Message
    episodes: int
    is_open: bool
    chosen: bool
    shape: str
    word: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What somebody has filled in so far."""

    seasons: tuple[int, ...] | None = None
    is_4k: bool = False
    for_user: str = ""
    fetcher: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForm:
    """`seasons` are none for a film; those of a series that nobody can tell of now are typed in (`types_seasons`).

    `other_quality` leads to the form of the other one, also where this one has nothing to ask for (`is_askable`).
    `left` is what they may still ask for; without any `is_open` is false.
    """

    path: str
    is_askable: bool
    seasons: tuple[SeasonChoice, ...]
    types_seasons: bool
    is_4k: bool
    other_quality: str | None
    for_whom: tuple[Choice, ...]
    profiles: tuple[Choice, ...]
    folders: tuple[Choice, ...]
    left: Message | None
    is_open: bool
    button: Message
    error: Message | None = None
    note: Message | None = None


def ask_form(
    known: Known,
    means: Means | None,
    filled: Filled,
    *,
    for_whom: tuple[Choice, ...] = (),
    error: Message | None = None,
    note: Message | None = None,
) -> AskForm:
    """Without `means` nobody can tell what they may; the server will."""
    key = known.key
    fetchers = tuple(one for one in means.fetchers if one.is_4k == filled.is_4k) if means else ()
    left = means.allowance if means else None
    seasons = season_choices(known, is_4k=filled.is_4k, chosen=filled.seasons)
    return AskForm(
        path=path_of(key),
        is_askable=_is_askable(known, seasons, is_4k=filled.is_4k),
        seasons=seasons,
        types_seasons=key.media_type is MediaType.TV and not seasons,
        is_4k=filled.is_4k,
        other_quality=_other_quality(key, filled) if means and means.is_4k_allowed else None,
        for_whom=for_whom,
        profiles=profiles(fetchers, filled.fetcher),
        folders=folders(fetchers, filled.folder),
        left=allowance(left, key.media_type) if left else None,
        is_open=left is None or left.remaining is None or left.remaining > 0,
        button=msg(f"web.asking.ask_{key.media_type}"),
        error=error,
        note=note,
    )


def season_choices(known: Known, *, is_4k: bool, chosen: Iterable[int] | None) -> tuple[SeasonChoice, ...]:
    """The seasons, specials last; without a choice the first that can be asked for is chosen."""
    if known.title is None:
        return ()
    taken = _taken(known.title, known.asked, is_4k=is_4k)
    ordered = sorted(known.title.seasons, key=lambda season: (season.number == 0, season.number))
    is_open = {season.number: _is_open(known.title, season, taken, is_4k=is_4k) for season in ordered}
    first = next((number for number, free in is_open.items() if free), None)
    marked = {first} if chosen is None else set(chosen)
    return tuple(_choice(one, is_open=is_open[one.number], chosen=one.number in marked) for one in ordered)


def allowance(left: Allowance, kind: MediaType) -> Message | None:
    """What is left to them; nothing is said where there is no limit."""
    if left.limit is None or left.remaining is None:
        return None
    if not left.remaining:
        return msg(f"web.asking.none_left_{kind}", limit=left.limit, days=left.days or 0)
    return msg(f"web.asking.left_{kind}", n=left.remaining, limit=left.limit, days=left.days or 0)


def profiles(fetchers: Iterable[Fetcher], chosen: str) -> tuple[Choice, ...]:
    """`SERVER:PROFILE`; the first is the server's own."""
    offered = [(one, profile) for one in fetchers for profile in one.profiles]
    if not offered:
        return ()
    named = (
        Choice(
            value=f"{one.id}:{profile.id}",
            label=msg("web.asking.profile_of", name=profile.name, server=one.name),
            chosen=chosen == f"{one.id}:{profile.id}",
        )
        for one, profile in offered
    )
    return (Choice(value="", label=msg("web.asking.usual")), *named)


def folders(fetchers: Iterable[Fetcher], chosen: str) -> tuple[Choice, ...]:
    names = dict.fromkeys(folder.name for one in fetchers for folder in one.folders)
    if not names:
        return ()
    named = (Choice(value=name, label=msg("web.asking.title", title=name), chosen=chosen == name) for name in names)
    return (Choice(value="", label=msg("web.asking.usual")), *named)


def _is_askable(known: Known, seasons: Sequence[SeasonChoice], *, is_4k: bool) -> bool:
    """Whether there is anything of it that nobody asked for, and that is not there, as far as is known."""
    if seasons:
        return any(season.is_open for season in seasons)
    if known.title is None:
        return known.key.media_type is MediaType.TV or not known.asked
    there = known.title.hit.availability_4k if is_4k else known.title.hit.availability
    return there not in _TAKEN and not any(request.wish.is_4k == is_4k for request in known.asked)


def _other_quality(key: TitleKey, filled: Filled) -> str:
    return path_of(key) if filled.is_4k else f"{path_of(key)}?quality=4k"


def _taken(title: Title, asked: Sequence[Request], *, is_4k: bool) -> frozenset[int]:
    ours = {number for one in asked if one.wish.is_4k == is_4k for number in one.wish.seasons}
    living = (one for one in title.requests if one.is_4k == is_4k and one.decision is not Decision.DECLINED)
    return frozenset(ours.union(number for one in living for number in one.seasons))


def _is_open(title: Title, season: SeasonTold, taken: frozenset[int], *, is_4k: bool) -> bool:
    there = title.hit.availability_4k if is_4k else season.availability
    return season.number not in taken and (there in _OPEN or (is_4k and there is not Availability.AVAILABLE))


def _choice(season: SeasonTold, *, is_open: bool, chosen: bool) -> SeasonChoice:
    shape, word = _standing(season, is_open=is_open)
    name = msg("web.asking.title", title=season.name) if season.name else msg("web.asking.season", number=season.number)
    return SeasonChoice(
        number=season.number,
        name=name,
        episodes=season.episodes,
        is_open=is_open,
        chosen=chosen and is_open,
        shape=shape,
        word=msg(f"web.asking.{word}"),
    )


def _standing(season: SeasonTold, *, is_open: bool) -> tuple[str, str]:
    if is_open:
        return "", "not_here"
    if season.availability is Availability.AVAILABLE:
        return "up", "here"
    if season.availability is Availability.PARTIALLY_AVAILABLE:
        return "up", "here_in_part"
    return "waiting", "asked"
