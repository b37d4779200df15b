"""Choosing to be told by a service that the administrator set up."""

from medianest.web import forms, htmx
from medianest.web.given import CurrentReader, TheServices
from medianest.web.htmx import AnyRequest, Html
from medianest.web.pages.notifications import PATH


async def add(request: AnyRequest, reader: CurrentReader, services: TheServices) -> Html:
    """Be told by it from now on."""
    await services.telling.add_apprise(reader.asking.actor, (await forms.read(request)).text("name"))
    return htmx.go(reader, PATH)
