"""What a link can be turned into."""

from medianest.api import answers
from medianest.api.answers import Answer, AnyRequest
from medianest.api.given import CurrentReader, Given, Served
from medianest.api.reader import Reader
from medianest.api.windows import window
from medianest.api.wire import List, Output, Paged, to_json
from medianest.core.i18n import msg
from medianest.downloads import presets


class Offer(Output, frozen=True, kw_only=True):
    """A preset, by the name that a download takes it by."""

    name: str
    title: str
    is_default: bool


async def listing(request: AnyRequest, services: Served, reader: CurrentReader, asked: Given[Paged]) -> Answer:
    """The presets, the best first."""
    page = window(services.downloads.presets(reader.actor), asked, lambda one: one.name)
    items = [Offer(name=one.name, title=_title(reader, one), is_default=one.is_default) for one in page.items]
    return answers.tagged(request, to_json(List(items=items, next_cursor=page.next_cursor)))


def _title(reader: Reader, offer: presets.Offer) -> str:
    """The administrator's word for it, else our own."""
    return offer.label or reader.say(msg(f"web.preset.{offer.name}"))
