"""What a link can be turned into."""

from medianest.api import answers
from medianest.api.answers import Answer, AnyRequest
from medianest.api.given import CurrentReader, Given, Served
from medianest.api.windows import window
from medianest.api.wire import List, Output, Paged, to_json
from medianest.core.i18n import msg
from medianest.downloads import types


class Offer(Output, frozen=True, kw_only=True):
    """A preset, by the name that a download takes it by."""

    name: types.Preset
    title: str
    is_default: bool


async def listing(request: AnyRequest, services: Served, reader: CurrentReader, asked: Given[Paged]) -> Answer:
    """The presets, the best first."""
    page = window(list(types.Preset), asked, str)
    chosen = services.downloads.default_preset
    items = [
        Offer(name=preset, title=reader.say(msg(f"web.preset.{preset}")), is_default=preset is chosen)
        for preset in page.items
    ]
    return answers.tagged(request, to_json(List(items=items, next_cursor=page.next_cursor)))
