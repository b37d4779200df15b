"""The table of who may is complete, and says what the guards do."""

import httpx
import pytest
from litestar import Litestar, Router, WebSocket, get, post, websocket
from litestar.handlers import HTTPRouteHandler

from medianest.core.actor import Permission
from medianest.http import authorisation
from medianest.http.guards import anyone, permitted, signed_in
from tests.http.portal import Portal, application


def _route(**options: object) -> HTTPRouteHandler:
    @get("/page", sync_to_thread=False, **options)  # type: ignore[arg-type]
    def page() -> str:
        return ""

    return page


def test_a_route_without_a_word_of_who_may_is_not_served() -> None:
    with pytest.raises(authorisation.Unguarded, match="GET /page"):
        authorisation.check(Litestar([_route()], openapi_config=None))


def test_a_guard_of_another_kind_is_no_rule() -> None:
    with pytest.raises(authorisation.Unguarded):
        authorisation.check(Litestar([_route(guards=[lambda _connection, _handler: None])], openapi_config=None))


def test_a_socket_is_not_served() -> None:
    @websocket("/socket", guards=[signed_in])
    async def listen(socket: WebSocket[object, object, object]) -> None:
        await socket.close()

    with pytest.raises(authorisation.Unguarded, match="/socket"):
        authorisation.check(Litestar([listen], openapi_config=None))


def test_rules_of_routers_and_routes_hold_together() -> None:
    @post("/change", guards=[permitted(Permission.DOWNLOAD)], sync_to_thread=False)
    def change() -> str:
        return ""

    app = Litestar([Router("/area", route_handlers=[_route(), change], guards=[signed_in])], openapi_config=None)
    assert [str(row) for row in authorisation.table(app)] == [
        "POST   /area/change: signed in, download",
        "GET    /area/page: signed in",
    ]


async def test_everybody_is_answered_as_the_table_says(portal: Portal, http: httpx.AsyncClient) -> None:
    """Each route without a parameter is asked by a stranger and by a guest."""
    _, gus = await portal.enter(portal.cast.gus)
    rows = [
        row
        for row in authorisation.table(application(portal))
        if "{" not in row.path and not row.path.endswith("/events")
    ]
    assert len(rows) > 12
    portal.hold.set()
    for row in rows:
        as_stranger = (await http.request(row.method, row.path)).status_code
        as_guest = (await http.request(row.method, row.path, headers=gus)).status_code
        if row.rules == (anyone.words,):
            assert as_stranger in (200, 201, 403), row
            assert as_guest in (200, 201), row
        else:
            assert as_stranger in (401, 403), row
            assert as_guest != 401, row
            assert as_guest == 403 or set(row.rules) <= {"signed in", "fresh sign-in", "read"}, row
