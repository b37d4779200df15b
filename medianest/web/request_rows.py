"""Requests as rows and cards of lists: the title, who wants it, how far it is, and what a reader may do about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from medianest.accounts import queries as account_queries
from medianest.core.actor import Actor, Permission
from medianest.core.i18n import Message, msg
from medianest.http.services import Services
from medianest.media_requests import rights, states
from medianest.media_requests.types import MediaType, Request, State
from medianest.pictures.types import Shown, Size, Source
from medianest.plex.titles.types import Guids, Item, Wanted
from medianest.web.errand_words import Said, said_of
from medianest.web.frame import Avatar, avatar_of
from medianest.web.request_steps import Progress, progress
from medianest.web.title_cards import KIND_IN_PLEX, path_of

_SEASONS_NAMED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Somebody who wants it."""

    name: str
    avatar: Avatar
    is_me: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InPlex:
    """The page of its title in Plex; `word` is what there is to say of that where the steps do not."""

    path: str
    word: Message | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """A request as somebody sees it; `who` names those whom they may know of.

    `follow` is where they say "me too", `is_mine` whether they asked or follow. `said` is what was decided about it
    and is not heard at the server yet, for who decides.
    """

    id: str
    path: str
    title: Message
    title_path: str
    detail: Message
    poster: Shown | None
    is_show: bool
    wants: Message | None
    who: Message
    askers: tuple[Asker, ...]
    progress: Progress
    at: datetime
    is_mine: bool
    follow: str | None
    may_decide: bool
    heard_at: datetime | None
    in_plex: InPlex | None = None
    said: Said | None = None


async def request_rows(services: Services, actor: Actor, requests: Sequence[Request]) -> tuple[RequestRow, ...]:
    """Each by itself; who wants them is read once for all, and so is what Plex has of them."""
    wanted = {id for request in requests for id in (request.owner_id, *request.followers) if id}
    names = await services.db.read(account_queries.display_names, wanted)
    posters = {one.id: services.pictures.shown(Source.TMDB, one.poster, Size.POSTER_154) for one in requests}
    items = await services.titles.present(actor, [_wanted(request) for request in requests])
    errands = services.requests.errands
    return tuple(
        request_row(request, actor, names, posters[request.id], item, said_of(actor, errands.about(request.id)))
        for request, item in zip(requests, items, strict=True)
    )


def request_row(
    request: Request,
    actor: Actor,
    names: Mapping[str, str],
    poster: Shown | None,
    item: Item | None = None,
    said: Said | None = None,
) -> RequestRow:
    is_mine = actor.id == request.owner_id or actor.id in request.followers
    askers = _askers(request, actor, names)
    living = request.state in states.LIVING
    return RequestRow(
        id=request.id,
        path=f"/requests/{request.id}",
        title=name_of(request),
        title_path=path_of(request.wish.title),
        detail=_detail(request),
        poster=poster,
        is_show=request.wish.title.media_type is MediaType.TV,
        wants=_wants(request),
        who=who(askers),
        askers=askers,
        progress=progress(request),
        at=request.created_at,
        is_mine=is_mine,
        follow=f"/requests/{request.id}/follow" if living and not is_mine and actor.may(Permission.REQUEST) else None,
        may_decide=rights.may_decide(actor, request) and not (said and said.is_under_way),
        heard_at=request.heard_at,
        in_plex=_in_plex(request, item) if item else None,
        said=said,
    )


def who(askers: Sequence[Asker]) -> Message:
    """Who wants it, in a few words."""
    if not askers:
        return msg("web.asking.by_others")
    first, others = askers[0], len(askers) - 1
    name = msg("web.asking.you") if first.is_me else msg("web.asking.person", name=first.name)
    if others == 0:
        return msg("web.asking.by", name=name)
    if others == 1:
        second = msg("web.asking.you") if askers[1].is_me else msg("web.asking.person", name=askers[1].name)
        return msg("web.asking.by_two", name=name, other=second)
    return msg("web.asking.by_more", name=name, n=others)


def name_of(request: Request) -> Message:
    """What it is called; its number at TMDB as long as nobody told."""
    if request.name:
        return msg("web.asking.title", title=request.name)
    return msg(f"web.asking.unknown_{request.wish.title.media_type}", number=str(request.wish.title.tmdb_id))


def seasons_named(seasons: Iterable[int]) -> Message:
    """`Seasons 1, 2 and 5`; specials are season 0."""
    numbers = sorted(seasons)
    if numbers == [0]:
        return msg("web.asking.specials")
    named = ", ".join(str(number) for number in numbers[:_SEASONS_NAMED])
    if len(numbers) > _SEASONS_NAMED:
        return msg("web.asking.many_seasons", n=len(numbers))
    return msg("web.asking.seasons", seasons=named, n=len(numbers))


def _wanted(request: Request) -> Wanted:
    title = request.wish.title
    kind = KIND_IN_PLEX[title.media_type]
    return Wanted(title=request.name, year=request.year, kind=kind, guids=Guids(tmdb=title.tmdb_id))


def _in_plex(request: Request, item: Item) -> InPlex:
    """Of a series, which seasons are there is not known here."""
    is_show = request.wish.title.media_type is MediaType.TV
    word = msg("web.asking.here_in_part") if is_show else msg("web.in_plex.there")
    return InPlex(path=f"/plex/titles/{item.key}", word=None if request.state is State.AVAILABLE else word)


def _detail(request: Request) -> Message:
    kind = request.wish.title.media_type
    return msg(f"web.asking.{kind}_of", year=str(request.year)) if request.year else msg(f"web.asking.{kind}")


def _wants(request: Request) -> Message | None:
    """What of it, and in which quality, where that is not all in the usual one."""
    wish = request.wish
    if wish.seasons:
        named = seasons_named(wish.seasons)
        return msg("web.asking.in_4k", what=named) if wish.is_4k else named
    return msg("web.asking.only_4k") if wish.is_4k else None


def _askers(request: Request, actor: Actor, names: Mapping[str, str]) -> tuple[Asker, ...]:
    """Oneself first, then who asked, then who follows; only oneself for who may not see the household."""
    ids = [id for id in (request.owner_id, *sorted(request.followers, key=lambda one: names.get(one, ""))) if id]
    others = [id for id in ids if id != actor.id] if rights.sees_all(actor) else []
    mine = [id for id in ids if id == actor.id]
    found = tuple(_asker(id, names.get(id, ""), is_me=id == actor.id) for id in (*mine, *others))
    if request.owner_id is None and request.asker and rights.sees_all(actor):
        return (*found, _asker(request.asker, request.asker, is_me=False))
    return found


def _asker(id: str, name: str, *, is_me: bool) -> Asker:
    return Asker(name=name, avatar=avatar_of(id, name), is_me=is_me)
