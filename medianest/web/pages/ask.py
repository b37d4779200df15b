"""Finding something to ask for: what is found, what is trending, popular and coming, and genres."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from litestar.params import FromPath, FromQuery

from medianest.core.actor import Actor, Permission
from medianest.core.errors import NotFound, Unavailable
from medianest.core.i18n import msg
from medianest.http.services import Services
from medianest.media_requests import listing as lists
from medianest.media_requests.discovery import PAGES_MOST
from medianest.media_requests.types import Genre, Listing, MediaType
from medianest.web import htmx, title_shelves
from medianest.web.asking_away import Away, away, is_set_up
from medianest.web.frame import Chip, Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import Html
from medianest.web.request_rows import RequestRow, request_rows
from medianest.web.request_steps import COMING
from medianest.web.title_answers import Answers, answers
from medianest.web.title_shelves import TitleShelf

_BY_OTHERS = 6
_GRID = 40
KINDS: Mapping[str, MediaType | None] = {"": None, "movie": MediaType.MOVIE, "tv": MediaType.TV}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskView:
    """The page; `asked` is what others in the household asked for. Without a server (`is_on`) there is nothing."""

    is_on: bool
    away: Away | None
    chips: tuple[Chip, ...]
    shelves: tuple[TitleShelf, ...]
    genres: tuple[Chip, ...]
    asked: tuple[RequestRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """A list by itself, in pages."""

    shelf: TitleShelf
    newer: str | None = None
    older: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundView:
    """What was found, as a page of its own."""

    q: str
    answers: Answers


async def show(
    reader: CurrentReader,
    services: TheServices,
    frame: PageFrame,
    q: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    page: FromQuery[int] = 1,
) -> Html:
    """What is found, or where one may look around."""
    actor, frame = reader.asking.actor, replace(frame, place=Place.ASK, link=q)
    if q.strip():
        found = await answers(services, actor, q.strip(), page=_checked(page))
        return htmx.page(reader, frame, "ask/found.html", FoundView(q=q.strip(), answers=found))
    return htmx.page(reader, frame, "ask/page.html", await ask_view(services, actor, KINDS.get(kind)))


async def found(reader: CurrentReader, services: TheServices, q: FromQuery[str] = "") -> Html:
    """What is found, below the box while somebody types."""
    if not reader.by_htmx:
        return htmx.go(reader, f"/ask?{urlencode({'q': q})}")
    return htmx.fragment(
        reader, "ask/_found.html", {"answers": await answers(services, reader.asking.actor, q.strip())}
    )


async def others(reader: CurrentReader, services: TheServices) -> Html:
    """What the household asked for: the part of the page that moves."""
    if not reader.by_htmx:
        return htmx.go(reader, "/requests?show=all")
    asked = await _asked_by_others(services, reader.asking.actor)
    return htmx.fragment(reader, "ask/_others.html", {"asked": asked})


async def show_list(
    reader: CurrentReader,
    services: TheServices,
    frame: PageFrame,
    name: FromPath[str],
    kind: FromQuery[str] = "",
    page: FromQuery[int] = 1,
) -> Html:
    """One of the lists: its shelf, or by itself."""
    listing = next((one for one in Listing if one == name), None)
    if listing is None:
        raise NotFound(msg("web.errors.not_found"))
    actor, of = reader.asking.actor, KINDS.get(kind)
    if reader.by_htmx:
        part = await title_shelves.listed(services, actor, listing, of)
        return htmx.fragment(reader, "ask/_shelf.html", {"shelf": part})
    number = _checked(page)
    told = services.discovery.listing(listing, of, page=number)
    shelf = await title_shelves.filled(services, actor, title_shelves.empty_shelf(listing, of), told, most=_GRID)
    return htmx.page(reader, replace(frame, place=Place.ASK), "ask/list.html", _in_pages(shelf, number))


async def show_genre(
    reader: CurrentReader,
    services: TheServices,
    frame: PageFrame,
    kind: FromPath[str],
    id: FromPath[int],
    page: FromQuery[int] = 1,
) -> Html:
    """Films or series of one genre."""
    actor, of, number = reader.asking.actor, _kind(kind), _checked(page)
    name = next((genre.name for genre in await _genres(services, of) if genre.id == id), "")
    shelf = TitleShelf(
        name="genre",
        path=f"/ask/genres/{of}/{id}",
        title=msg("web.asking.title", title=name) if name else msg("web.asking.genre"),
    )
    told = services.discovery.by_genre(of, max(1, min(id, 2**31)), page=number)
    shelf = await title_shelves.filled(services, actor, shelf, told, most=_GRID)
    return htmx.page(reader, replace(frame, place=Place.ASK), "ask/list.html", _in_pages(shelf, number))


async def ask_view(services: Services, actor: Actor, kind: MediaType | None) -> AskView:
    """Everything at once, so that nobody waits for one thing after the other."""
    is_on = is_set_up(services)
    wanted = title_shelves.of_kind(kind) if is_on else ()
    shelves, genres, asked = await asyncio.gather(
        title_shelves.all_listed(services, actor, wanted),
        _genres(services, kind if is_on else None),
        _asked_by_others(services, actor),
    )
    return AskView(
        is_on=is_on,
        away=away(services),
        chips=tuple(_chip(name, here=KINDS[name] is kind) for name in KINDS),
        shelves=shelves,
        genres=tuple(_genre_chip(kind, genre) for genre in genres) if kind else (),
        asked=asked,
    )


async def _asked_by_others(services: Services, actor: Actor) -> tuple[RequestRow, ...]:
    if not actor.may(Permission.SEE_HOUSEHOLD):
        return ()
    page = await services.db.read(lists.listing, actor, states=COMING, limit=_BY_OTHERS)
    return await request_rows(services, actor, page.items)


async def _genres(services: Services, kind: MediaType | None) -> tuple[Genre, ...]:
    """None of them where nobody can tell: they are a way to look around, and not the only one."""
    if kind is None:
        return ()
    try:
        return (await services.discovery.genres(kind)).value
    except Unavailable:
        return ()


def _in_pages(shelf: TitleShelf, page: int) -> ListView:
    joint = "&" if "?" in shelf.path else "?"
    return ListView(
        shelf=shelf,
        newer=f"{shelf.path}{joint}page={page - 1}" if page > 1 else None,
        older=f"{shelf.path}{joint}page={page + 1}" if page < shelf.pages else None,
    )


def _chip(name: str, *, here: bool) -> Chip:
    path = f"/ask?kind={name}" if name else "/ask"
    return Chip(name=name or "everything", path=path, label=msg(f"web.asking.chip_{name or 'everything'}"), here=here)


def _genre_chip(kind: MediaType, genre: Genre) -> Chip:
    label = msg("web.asking.title", title=genre.name)
    return Chip(name=str(genre.id), path=f"/ask/genres/{kind}/{genre.id}", label=label, here=False)


def _kind(name: str) -> MediaType:
    kind = KINDS.get(name)
    if kind is None:
        raise NotFound(msg("web.errors.not_found"))
    return kind


def _checked(page: int) -> int:
    return max(1, min(page, PAGES_MOST))
