"""Two faces under one floor: each answers on its own paths, also with what went wrong."""

from collections.abc import Sequence
from typing import Any, Protocol

from litestar import Litestar, Request, Response, Router
from litestar.types import ASGIApp, Receive, Scope, Send

from medianest.core.errors import MediaNestError
from medianest.http import authorisation
from medianest.http.floor import MACHINE_FACE
from medianest.http.ground import Ground

_PAGES_ABOUT_MACHINES = ("/api/v1/docs",)


class Errors(Protocol):
    """How a face tells what went wrong, to a handler's caller and to whom the floor refuses."""

    def __call__(self, request: Request[Any, Any, Any], error: Exception) -> Response[Any]: ...

    async def refuse(self, scope: Scope, receive: Receive, send: Send, error: MediaNestError) -> None: ...


def join(routers: Sequence[Router], ground: Ground, *, machine: Errors, people: Errors) -> ASGIApp:
    """The application as it is served. Raises authorisation.Unguarded for a route that says nothing of who may."""

    def face(path: str) -> Errors:
        is_machines = path.startswith(MACHINE_FACE) and path not in _PAGES_ABOUT_MACHINES
        return machine if is_machines else people

    def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        return face(request.scope["path"])(request, error)

    async def refuse(scope: Scope, receive: Receive, send: Send, error: MediaNestError) -> None:
        await face(scope["path"]).refuse(scope, receive, send, error)

    app = Litestar(
        routers,
        dependencies=ground.dependencies(),
        exception_handlers={Exception: answer},
        openapi_config=None,
        logging_config=None,
    )
    authorisation.check(app)
    return ground.wrap(app, refuse=refuse)
