"""Saying that something is wrong with a title that is there, or with a part of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from litestar.params import FromPath

from medianest.core.errors import Conflict, Invalid, MediaNestError, TooMany, Unavailable
from medianest.core.i18n import Message, msg
from medianest.http.services import Services
from medianest.media_requests.errors import NoAccount, NotAllowed
from medianest.media_requests.problems import TEXT_MOST
from medianest.media_requests.recollection import Told
from medianest.media_requests.types import MediaType, ProblemKind, Title, TitleKey
from medianest.web import forms, htmx
from medianest.web.asking_away import Away, away
from medianest.web.choices import Choice
from medianest.web.errors import sent_back
from medianest.web.forms import Form
from medianest.web.frame import Frame, Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.pages.ask_title import key_of, told_of
from medianest.web.pages.problem import typed
from medianest.web.title_cards import path_of

_REFUSED = (Invalid, NoAccount, NotAllowed, TooMany, Conflict, Unavailable)
_DIGITS_MOST = 4
_FIELDS = {"which_kind": "kind", "which_episode": "episode", "say_what": "text"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody has filled in so far, as they typed it."""

    kind: ProblemKind | None = None
    season: str = ""
    episode: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """The form; `back` is the title's page. `errors` are by the field that each is about, else `form`."""

    title: Message
    path: str
    back: str
    kinds: tuple[Choice, ...]
    seasons: tuple[Choice, ...]
    episode: str
    text: str
    text_most: int = TEXT_MOST
    away: Away | None = None
    errors: Mapping[str, Message] = field(default_factory=dict)


async def show(
    reader: CurrentReader, services: TheServices, frame: PageFrame, kind: FromPath[str], id: FromPath[int]
) -> Html:
    """The form."""
    return _page(reader, frame, await _view(services, key_of(kind, id), Said()))


async def report(
    request: AnyRequest,
    reader: CurrentReader,
    services: TheServices,
    frame: PageFrame,
    kind: FromPath[str],
    id: FromPath[int],
) -> Html:
    """Say it; what was not taken stays in the form."""
    key, said = key_of(kind, id), said_in(await forms.read(request))
    try:
        what, (season, episode) = _kind(said), _part(key, said)
        made = await services.overseerr.problems.report(
            reader.asking.actor, key, what, said.text, season=season, episode=episode
        )
    except _REFUSED as error:
        return sent_back(_page(reader, frame, wrong(await _view(services, key, said), error)), error)
    return htmx.go(reader, f"/problems/{made.id}")


def said_in(form: Form) -> Said:
    return Said(
        kind=form.choice("kind", ProblemKind),
        season=form.text("season"),
        episode=form.text("episode"),
        text=typed(form, "text"),
    )


async def _view(services: Services, key: TitleKey, said: Said) -> ReportView:
    """Raises NoTitle."""
    told = await told_of(services, key)
    title = told.value if isinstance(told, Told) else None
    return replace(report_view(key, title, said), away=away(services))


def report_view(key: TitleKey, title: Title | None, said: Said) -> ReportView:
    """Without `title` nobody can tell of it now."""
    unknown = msg(f"web.asking.unknown_{key.media_type}", number=str(key.tmdb_id))
    return ReportView(
        title=msg("web.asking.title", title=title.hit.title) if title else unknown,
        path=f"{path_of(key)}/problem",
        back=path_of(key),
        kinds=tuple(
            Choice(value=kind, label=msg(f"web.problems.kind_{kind}"), chosen=kind is said.kind) for kind in ProblemKind
        ),
        seasons=_seasons(key, title, said.season),
        episode=said.episode[:_DIGITS_MOST],
        text=said.text,
    )


def wrong(view: ReportView, error: MediaNestError) -> ReportView:
    """The form with what is wrong, beside the field that it is about."""
    return replace(view, errors={_FIELDS.get(error.code, "form"): error.message})


def _seasons(key: TitleKey, title: Title | None, chosen: str) -> tuple[Choice, ...]:
    """None for a film; specials have no number by which they could be named."""
    if key.media_type is MediaType.MOVIE:
        return ()
    numbers = [season.number for season in title.seasons if season.number] if title else []
    if not title and _number(chosen):
        numbers = [_number(chosen)]
    named = (
        Choice(value=str(one), label=msg("web.asking.season", number=one), chosen=chosen == str(one)) for one in numbers
    )
    return (Choice(value="", label=msg("web.problems.all_of_it")), *named)


def _kind(said: Said) -> ProblemKind:
    if said.kind is None:
        raise Invalid(msg("web.problems.which_kind"), code="which_kind")
    return said.kind


def _part(key: TitleKey, said: Said) -> tuple[int, int]:
    """Season and episode; 0 where it is all of it. Raises Invalid."""
    if key.media_type is MediaType.MOVIE:
        return 0, 0
    season, episode = _number(said.season), _number(said.episode)
    if said.episode and not (season and episode):
        raise Invalid(msg("web.problems.which_episode"), code="which_episode")
    return season, episode


def _number(text: str) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) <= _DIGITS_MOST
    return int(text) if is_number else 0


def _page(reader: Reader, frame: Frame, view: ReportView) -> Html:
    return htmx.page(reader, replace(frame, place=Place.ASK), "problems/report.html", view)
