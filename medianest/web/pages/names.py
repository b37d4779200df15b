"""Admin: what a template makes of the files that are here; it is tried on, and set in the file of settings."""

import json
from dataclasses import dataclass, replace

from litestar.params import FromQuery

from medianest.core.config import path_templates
from medianest.core.config.path_templates import DEFAULT, READY_MADE, NoTemplate
from medianest.core.i18n import Message, msg
from medianest.downloads.files import naming_trials
from medianest.downloads.files.naming_trials import Trial
from medianest.web import htmx
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import Html
from medianest.web.pages.admin import Room, RoomChip, rooms


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyMade:
    """A template that has a name."""

    name: str
    text: str
    path: str
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesView:
    """A template, what it makes of the last files, and the line that sets it; or what is wrong with it."""

    places: tuple[RoomChip, ...]
    text: str
    ready_made: tuple[ReadyMade, ...]
    wrong: Message | None = None
    trials: tuple[Trial, ...] = ()
    line: str = ""


async def show(
    reader: CurrentReader, services: TheServices, frame: PageFrame, template: FromQuery[str] = DEFAULT
) -> Html:
    """Try a template on."""
    text = template.strip()
    view = NamesView(places=rooms(Room.NAMES), text=READY_MADE.get(text, text), ready_made=ready_made(text))
    try:
        parsed = path_templates.parse(text)
    except NoTemplate as wrong:
        view = replace(view, wrong=msg(f"config.template_{wrong.reason}", what=wrong.what))
    else:
        trials = await services.db.read(naming_trials.of_last, parsed)
        view = replace(view, trials=tuple(trials), line=f"template = {json.dumps(text, ensure_ascii=False)}")
    if reader.by_htmx:
        return htmx.fragment(reader, "admin/_names.html", {"view": view})
    return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/names.html", view)


def ready_made(text: str) -> tuple[ReadyMade, ...]:
    """The templates that have a name; `text` is the one that is tried on, by its name or in full."""
    return tuple(
        ReadyMade(name=name, text=known, path=f"/admin/names?template={name}", here=text in (name, known))
        for name, known in READY_MADE.items()
    )
