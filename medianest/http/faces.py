"""Two faces under one floor: each answers on its own paths, also with what went wrong."""

from collections.abc import Sequence
from typing import Any, Protocol, Self

from litestar import Litestar, Request, Response, Router
from litestar.plugins import PluginProtocol
from litestar.types import ASGIApp, Receive, Scope, Send

from medianest.core.errors import MediaNestError
from medianest.http import authorisation
from medianest.http.floor import MACHINE_FACE
from medianest.http.ground import Ground

_PAGES_ABOUT_MACHINES = ("/api/v1/docs",)


class _Application(Litestar):
    """Without the plugins for pydantic's models, which bring both of its versions, and for those of attrs.

    What handlers take and give are structs of msgspec, in which Litestar itself thinks.
    """

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        return plugins


class Face(Router):
    """Routes that one application takes as they are; it would copy each of them, and what they carry, for a second."""

    def __deepcopy__(self, memo: object) -> Self:
        return self


class Errors(Protocol):
    """How a face tells what went wrong, to a handler's caller and to whom the floor refuses."""

    def __call__(self, request: Request[Any, Any, Any], error: Exception) -> Response[Any]: ...

    async def refuse(self, scope: Scope, receive: Receive, send: Send, error: MediaNestError) -> None: ...


def join(routers: Sequence[Face], ground: Ground, *, machine: Errors, people: Errors) -> ASGIApp:
    """The application as it is served. Raises authorisation.Unguarded for a route that says nothing of who may."""

    def face(path: str) -> Errors:
        is_machines = path.startswith(MACHINE_FACE) and path not in _PAGES_ABOUT_MACHINES
        return machine if is_machines else people

    def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        return face(request.scope["path"])(request, error)

    async def refuse(scope: Scope, receive: Receive, send: Send, error: MediaNestError) -> None:
        await face(scope["path"]).refuse(scope, receive, send, error)

    app = _Application(
        routers,
        dependencies=ground.dependencies(),
        exception_handlers={Exception: answer},
        openapi_config=None,
        logging_config=None,
    )
    authorisation.check(app)
    return ground.wrap(app, refuse=refuse)
