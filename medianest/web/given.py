"""What a handler may name among its parameters: `reader: CurrentReader`, `services: TheServices`, and more."""

from dataclasses import replace
from functools import partial
from typing import TypeAlias

from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation

from medianest.core import journal
from medianest.downloads import queries
from medianest.http.given import Hub
from medianest.http.services import Services
from medianest.notifications import queries as notes
from medianest.web.frame import Frame
from medianest.web.htmx import AnyRequest, Reader
from medianest.web.live import LiveWriter
from medianest.web.templating import Templates

TheServices: TypeAlias = NamedDependency[SkipValidation[Services]]
CurrentReader: TypeAlias = NamedDependency[SkipValidation[Reader]]
PageFrame: TypeAlias = NamedDependency[SkipValidation[Frame]]
TheLiveWriter: TypeAlias = NamedDependency[SkipValidation[LiveWriter]]


def dependencies(services: Services, templates: Templates) -> dict[str, Provide]:
    """How these are made for each request; the frame is read before the data of the page is."""

    def given_services() -> Services:
        return services

    def reader(request: AnyRequest) -> Reader:
        return Reader(request, templates)

    async def frame(reader: CurrentReader, hub: Hub) -> Frame:
        actor, heard = reader.asking.actor, hub.heard
        after, counts, unread = await services.db.together(
            journal.newest_id, partial(queries.counts, actor=actor), partial(notes.unread, actor=actor)
        )
        return replace(reader.frame(), under_way=counts.under_way, unread=unread, after=after, heard=heard)

    writer = LiveWriter(services.db, services.downloads, services.titles, templates)

    def given_writer() -> LiveWriter:
        return writer

    return {
        "writer": Provide(given_writer, sync_to_thread=False),
        "services": Provide(given_services, sync_to_thread=False),
        "reader": Provide(reader, sync_to_thread=False),
        "frame": Provide(frame),
    }
