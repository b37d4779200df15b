"""What was asked for: one's own, or everybody's, with how far it is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from litestar.params import FromQuery

from medianest.core.actor import Actor
from medianest.core.i18n import msg
from medianest.http.services import Services
from medianest.media_requests import listing, queries, rights
from medianest.media_requests.types import State
from medianest.web import htmx
from medianest.web.asking_away import Away, away
from medianest.web.frame import Chip, Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import Html
from medianest.web.request_rows import RequestRow, request_rows
from medianest.web.request_steps import COMING

PATH = "/requests"
_PAGE = 30
_TEXT_MOST = 200
GROUPS: Mapping[str, frozenset[State]] = {
    "": frozenset(State),
    "open": COMING,
    "here": frozenset({State.AVAILABLE, State.PARTIALLY_AVAILABLE}),
    "over": frozenset({State.DECLINED, State.FAILED, State.REMOVED}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What somebody chose to see."""

    mine: bool
    group: str
    q: str

    def address(self, **other: str) -> str:
        """The address of this, with something else."""
        said = {"show": "mine" if self.mine else "all", "group": self.group, "q": self.q} | other
        return f"{PATH}?{urlencode({name: value for name, value in said.items() if value})}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsView:
    """The page; `address` is its own, which it reads again when something happened. `waiting` wait for a decision."""

    whose: tuple[Chip, ...]
    groups: tuple[Chip, ...]
    q: str
    show: str
    group: str
    rows: tuple[RequestRow, ...]
    away: Away | None
    address: str
    older: str | None = None
    newest: str | None = None
    waiting: int | None = None


async def show(
    reader: CurrentReader,
    services: TheServices,
    frame: PageFrame,
    show: FromQuery[str] = "mine",
    group: FromQuery[str] = "",
    q: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Html:
    """One's own, with what one follows; or everybody's, for who may see the household."""
    actor = reader.asking.actor
    mine = show != "all" or not rights.sees_all(actor)
    shown = Shown(mine=mine, group=group if group in GROUPS else "", q=q.strip()[:_TEXT_MOST])
    view = await requests_view(services, actor, shown, cursor)
    return htmx.page(reader, replace(frame, place=Place.ASK), "requests/page.html", view)


async def requests_view(services: Services, actor: Actor, shown: Shown, cursor: str | None) -> RequestsView:
    found = await services.db.read(
        listing.listing,
        actor,
        states=GROUPS[shown.group],
        mine=shown.mine,
        called=shown.q,
        cursor=cursor,
        limit=_PAGE,
    )
    return RequestsView(
        whose=whose(shown) if rights.sees_all(actor) else (),
        groups=groups(shown),
        q=shown.q,
        show="mine" if shown.mine else "all",
        group=shown.group,
        rows=await request_rows(services, actor, found.items),
        away=away(services),
        address=shown.address(**({"cursor": cursor} if cursor else {})),
        older=shown.address(cursor=found.next_cursor) if found.next_cursor else None,
        newest=shown.address() if cursor else None,
        waiting=await services.db.read(queries.open_count) if rights.decides(actor) else None,
    )


def whose(shown: Shown) -> tuple[Chip, ...]:
    return tuple(
        Chip(
            name=name,
            path=replace(shown, mine=name == "mine").address(),
            label=msg(f"web.requests.show_{name}"),
            here=(name == "mine") is shown.mine,
        )
        for name in ("mine", "all")
    )


def groups(shown: Shown) -> tuple[Chip, ...]:
    return tuple(
        Chip(
            name=name or "any",
            path=replace(shown, group=name).address(),
            label=msg(f"web.requests.state_{name or 'any'}"),
            here=name == shown.group,
        )
        for name in GROUPS
    )
