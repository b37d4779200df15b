"""What is wrong with films and series that are there: what is open, and what was solved."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from litestar.params import FromQuery

from medianest.core.actor import Actor
from medianest.core.i18n import msg
from medianest.http.services import Services
from medianest.media_requests import problem_queries
from medianest.web import htmx
from medianest.web.frame import Chip, Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import Html
from medianest.web.problem_rows import ProblemRow, problem_rows

PATH = "/problems"
_PAGE = 30
_STATES = ("open", "solved")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemsView:
    """The page; `address` is its own, which it reads again when something happened."""

    states: tuple[Chip, ...]
    is_solved: bool
    rows: tuple[ProblemRow, ...]
    address: str
    older: str | None = None
    newest: str | None = None


async def show(
    reader: CurrentReader,
    services: TheServices,
    frame: PageFrame,
    group: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Html:
    """Those that they may know of, the newest first; open ones unless they want to see the solved."""
    view = await problems_view(services, reader.asking.actor, cursor, is_solved=group == "solved")
    return htmx.page(reader, replace(frame, place=Place.ASK), "problems/page.html", view)


async def problems_view(services: Services, actor: Actor, cursor: str | None, *, is_solved: bool) -> ProblemsView:
    found = await services.db.read(problem_queries.listing, actor, is_resolved=is_solved, cursor=cursor, limit=_PAGE)
    return ProblemsView(
        states=states(is_solved=is_solved),
        is_solved=is_solved,
        rows=await problem_rows(services, actor, found.items),
        address=_address(is_solved, cursor),
        older=_address(is_solved, found.next_cursor) if found.next_cursor else None,
        newest=_address(is_solved) if cursor else None,
    )


def states(*, is_solved: bool) -> tuple[Chip, ...]:
    return tuple(
        Chip(
            name=state,
            path=_address(state == "solved"),
            label=msg(f"web.problems.{state}"),
            here=(state == "solved") is is_solved,
        )
        for state in _STATES
    )


def _address(is_solved: bool, cursor: str | None = None) -> str:
    said = ({"group": "solved"} if is_solved else {}) | ({"cursor": cursor} if cursor else {})
    return f"{PATH}?{urlencode(said)}" if said else PATH
