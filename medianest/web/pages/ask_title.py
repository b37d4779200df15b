"""The page of a title, and asking for it."""

import asyncio
import re
from dataclasses import replace

from litestar.params import FromPath, FromQuery

from medianest.accounts import queries as account_queries
from medianest.core.actor import Actor, Permission
from medianest.core.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unavailable
from medianest.core.i18n import Message, msg
from medianest.http.services import Services
from medianest.media_requests import problem_queries, queries, rights
from medianest.media_requests.discovery import Means
from medianest.media_requests.errors import NoAccount, NotAllowed
from medianest.media_requests.recollection import Told
from medianest.media_requests.types import Availability, MediaType, Title, TitleKey, Wish
from medianest.status.types import Function
from medianest.web import forms, htmx, title_shelves
from medianest.web.ask_forms import AskForm, Filled, Known, ask_form
from medianest.web.asking_away import away, is_set_up
from medianest.web.choices import Choice
from medianest.web.errors import sent_back
from medianest.web.forms import Form
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html
from medianest.web.problem_rows import ProblemRow, problem_rows
from medianest.web.request_rows import name_of, request_rows
from medianest.web.title_cards import in_plex, path_of
from medianest.web.title_pages import TitleView, about
from medianest.web.title_shelves import TitleShelf

_FOLDER_MOST, _DIGITS_MOST = 500, 9
_TMDB_MOST = 2**31
_PROBLEMS_SHOWN = 10
_THERE = frozenset({Availability.AVAILABLE, Availability.PARTIALLY_AVAILABLE})


async def show(
    reader: CurrentReader,
    services: TheServices,
    frame: PageFrame,
    kind: FromPath[str],
    id: FromPath[int],
    quality: FromQuery[str] = "",
) -> Html:
    """What it is, and what may be done about it."""
    filled = Filled(is_4k=quality == "4k")
    view = await title_view(services, reader.asking.actor, key_of(kind, id), filled)
    return htmx.page(reader, replace(frame, place=Place.ASK), "ask/title.html", view)


async def show_asked(
    reader: CurrentReader, services: TheServices, frame: PageFrame, kind: FromPath[str], id: FromPath[int]
) -> Html:
    """Who wants it, and how far that is: the part of the page that moves."""
    actor, key = reader.asking.actor, key_of(kind, id)
    asked = await services.db.read(queries.of_title, key)
    view = TitleView(
        heading=msg("web.asking.asked"),
        path=path_of(key),
        about=None,
        asked=await request_rows(services, actor, asked),
        form=None,
    )
    if reader.by_htmx:
        return htmx.fragment(reader, "ask/_asked.html", {"view": view})
    return htmx.go(reader, path_of(key))


async def ask(
    request: AnyRequest,
    reader: CurrentReader,
    services: TheServices,
    frame: PageFrame,
    kind: FromPath[str],
    id: FromPath[int],
) -> Html:
    """Ask for it, or follow who asked."""
    actor, key, filled = reader.asking.actor, key_of(kind, id), filled_in(await forms.read(request))
    try:
        await services.requests.ask(actor, wish_of(key, filled), for_user=filled.for_user or None)
    except (Invalid, NoAccount, NotAllowed, TooMany, Conflict, Unavailable) as error:
        view = await title_view(services, actor, key, filled, error=error.message)
        return sent_back(htmx.page(reader, replace(frame, place=Place.ASK), "ask/title.html", view), error)
    services.discovery.forget(key)
    return htmx.go(reader, f"{path_of(key)}#asked")


async def title_view(
    services: Services, actor: Actor, key: TitleKey, filled: Filled, *, error: Message | None = None
) -> TitleView:
    """What is known of it; nobody waits for one thing after the other. Raises NoTitle."""
    told, means, similar = await asyncio.gather(
        told_of(services, key), _means(services, actor, key, filled), _similar(services, actor, key)
    )
    asked = await services.db.read(queries.of_title, key)
    title = told.value if isinstance(told, Told) else None
    known = Known(key=key, title=title, asked=asked)
    form = await _form(services, actor, known, means, filled, error)
    refusal = means.message if isinstance(means, NoAccount) else error
    return TitleView(
        heading=_heading(known),
        path=path_of(key),
        about=about(services.pictures, title) if title else None,
        asked=await request_rows(services, actor, asked),
        form=form,
        refusal=None if form else refusal,
        in_plex=await in_plex(services, actor, title.hit) if title else None,
        similar=similar,
        problems=await _problems(services, actor, key),
        report=f"{path_of(key)}/problem" if title and _is_there(title) and actor.may(Permission.REQUEST) else None,
        away=away(services),
        as_of=told.as_of if isinstance(told, Told) and told.trouble else None,
    )


async def _form(
    services: Services,
    actor: Actor,
    known: Known,
    means: Means | NoAccount | None,
    filled: Filled,
    error: Message | None,
) -> AskForm | None:
    if not actor.may(Permission.REQUEST) or not is_set_up(services) or isinstance(means, NoAccount):
        return None
    whom = await _for_whom(services, actor, filled)
    note = msg("web.asking.is_kept") if away(services) else None
    services.status.ran_into(actor, Function.OVERSEERR)
    form = ask_form(known, means, filled, for_whom=whom, error=error, note=note)
    return form if form.is_askable or form.other_quality else None


async def told_of(services: Services, key: TitleKey) -> Told[Title] | Unavailable:
    """What is known of it, or why nobody can tell now. Raises NoTitle."""
    try:
        return await services.discovery.title(key)
    except Unavailable as error:
        return error


async def _means(services: Services, actor: Actor, key: TitleKey, filled: Filled) -> Means | NoAccount | None:
    """How they may ask; None where nobody can tell now."""
    if not actor.may(Permission.REQUEST):
        return None
    try:
        return await services.discovery.means(actor, key.media_type, for_user=filled.for_user or None)
    except NoAccount as error:
        return error
    except (Unavailable, Forbidden):
        return None


async def _similar(services: Services, actor: Actor, key: TitleKey) -> TitleShelf:
    shelf = TitleShelf(name="similar", path=path_of(key), title=msg("web.asking.similar"), cards=())
    found = await title_shelves.filled(services, actor, shelf, services.discovery.similar(key))
    return replace(found, note=None, as_of=None)


async def _problems(services: Services, actor: Actor, key: TitleKey) -> tuple[ProblemRow, ...]:
    """What is wrong with it, as far as they may know."""
    found = await services.db.read(problem_queries.listing, actor, is_resolved=False, title=key, limit=_PROBLEMS_SHOWN)
    return await problem_rows(services, actor, found.items)


def _is_there(title: Title) -> bool:
    return title.media_id is not None and not _THERE.isdisjoint({title.hit.availability, title.hit.availability_4k})


async def _for_whom(services: Services, actor: Actor, filled: Filled) -> tuple[Choice, ...]:
    """Themselves, and those on whose behalf they may ask; none where there is nobody else."""
    people = await services.db.read(account_queries.people)
    others = [one for one in people if one.id != actor.id and not one.suspended_at and rights.asks_for(actor, one.role)]
    if not others:
        return ()
    named = (
        Choice(value=one.id, label=msg("web.asking.person", name=one.display_name), chosen=one.id == filled.for_user)
        for one in others
    )
    return (Choice(value="", label=msg("web.asking.for_me")), *named)


def _heading(known: Known) -> Message:
    if known.title:
        return msg("web.asking.title", title=known.title.hit.title)
    if known.asked:
        return name_of(known.asked[0])
    return msg(f"web.asking.unknown_{known.key.media_type}", number=str(known.key.tmdb_id))


def key_of(kind: str, id: int) -> TitleKey:
    """Raises NotFound for what is no title."""
    if kind not in list(MediaType) or not 0 < id < _TMDB_MOST:
        raise NotFound(msg("web.errors.not_found"))
    return TitleKey(media_type=MediaType(kind), tmdb_id=id)


def filled_in(form: Form) -> Filled:
    typed = re.findall(r"\d{1,4}", form.text("season_numbers"))
    seasons = tuple(int(one) for one in (*form.many("seasons"), *typed) if one.isdecimal() and len(one) < 5)
    return Filled(
        seasons=seasons,
        is_4k=form.text("quality") == "4k",
        for_user=form.text("for_user"),
        fetcher=form.text("fetcher"),
        folder=form.text("folder"),
    )


def wish_of(key: TitleKey, filled: Filled) -> Wish:
    server, _, profile = filled.fetcher.partition(":")
    return Wish(
        title=key,
        seasons=filled.seasons or (),
        is_4k=filled.is_4k,
        profile_id=_number(profile),
        folder=filled.folder[:_FOLDER_MOST] or None,
        server_id=_number(server),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _DIGITS_MOST else None
