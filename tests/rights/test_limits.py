"""How much is taken from whom: what is costly only so often, and no body longer than its route has a use for."""

import re
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from medianest.accounts.types import Scope
from medianest.api import routes as api
from medianest.core.actor import Role
from medianest.http import csrf, paces
from medianest.http.bodies import BODY_MOST
from medianest.http.floor import MACHINE_FACE
from medianest.http.limits import Limited
from medianest.web import routes as web
from tests.rights.asking import WHO, Question
from tests.rights.house import House, Newcomers, open_house
from tests.rights.test_table import PROXIED, questions, routes

pytestmark = pytest.mark.slow
PACED = {
    "GET /admin/journal.csv": paces.EXPORTING,
    "GET /confirm/{word:str}": paces.BY_LINK,
    "POST /confirm/{word:str}": paces.BY_LINK,
    "GET /unsubscribe/{word:str}": paces.BY_LINK,
    "POST /unsubscribe/{word:str}": paces.BY_LINK,
    "GET /decide/{word:str}": paces.BY_LINK,
    "POST /decide/{word:str}": paces.BY_LINK,
    "GET /invite": paces.INVITED,
    "GET /invite/{secret:str}": paces.INVITED,
    "POST /invite": paces.INVITED,
    "POST /account/plex": paces.TO_PLEX,
    "POST /account/channels/{id:str}/again": paces.SENDING_AGAIN,
    "POST /account/channels/{id:str}/test": paces.TRYING_OUT,
    "POST /admin/plex/connect": paces.TO_PLEX,
    "POST /admin/plex/test": paces.LOOKING,
    "POST /sign-in/plex": paces.TO_PLEX,
    "POST /queue": paces.QUEUING,
    "POST /api/v1/downloads": paces.QUEUING,
    "POST /queue/links": paces.QUEUING,
    "POST /queue/preview": paces.LOOKING,
    "POST /api/v1/downloads/preview": paces.LOOKING,
    "POST /playlists": paces.LOOKING,
    "POST /api/v1/playlists": paces.LOOKING,
    "POST /api/v1/requests": paces.ASKING,
    "POST /api/v1/problems": paces.ASKING,
    "POST /api/v1/problems/{id:str}/comments": paces.ASKING,
    "GET /api/v1/requests/allowances": paces.SEARCHING,
    "GET /api/v1/requests/fetchers": paces.SEARCHING,
    "POST /api/v1/admin/overseerr/test": paces.LOOKING,
    "POST /api/v1/admin/overseerr/webhook": paces.LOOKING,
    "GET /api/v1/admin/overseerr/accounts": paces.LOOKING,
    "GET /api/v1/requests/search": paces.SEARCHING,
    "GET /api/v1/requests/discover": paces.SEARCHING,
    "GET /api/v1/requests/titles/{media_type:str}/{tmdb_id:int}": paces.SEARCHING,
    "POST /ask/{kind:str}/{id:int}": paces.ASKING,
    "POST /ask/{kind:str}/{id:int}/problem": paces.ASKING,
    "POST /problems/{id:str}/comments": paces.ASKING,
    "GET /ask/found": paces.SEARCHING,
    "POST /admin/overseerr/test": paces.LOOKING,
    "POST /admin/overseerr/webhook": paces.LOOKING,
    "POST /status/reports": paces.REPORTING,
    "POST /admin/backups": paces.BACKING_UP,
    "POST /api/v1/admin/backups": paces.BACKING_UP,
    "POST /admin/ytdlp/update": paces.UPDATING,
    "POST /api/v1/admin/ytdlp/update": paces.UPDATING,
}
BODIES = api.BODIES | web.BODIES
NO_LINK = "file:///x"


def _paces(house: House) -> dict[str, Limited]:
    """The pace of each route that has one."""
    return {
        f"{method} {route.path}": guard
        for route in house.routes.routes
        for handler in getattr(route, "route_handlers", ())
        for method in handler.http_methods
        for guard in handler.resolve_guards()
        if isinstance(guard, Limited)
    }


async def _look(client: httpx.AsyncClient, proof: dict[str, str]) -> httpx.Response:
    return await client.post("/api/v1/downloads/preview", json={"url": NO_LINK}, headers=proof)


async def test_what_is_costly_has_a_pace_which_both_faces_share(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.client() as client:
        assert _paces(house) == PACED
        make = Newcomers(house)
        bob, dora = make.person(Role.MEMBER), make.person(Role.MEMBER)
        (secret, others), program = (make.session(id)[1] for id in (bob, dora)), make.token(bob, Scope.DOWNLOADS)[1]
        await make.come_in()
        own = {"cookie": f"medianest={secret}", "x-csrf-token": csrf.token_of(secret)}
        burst = paces.LOOKING.rate.burst
        told = [(await _look(client, own)).status_code for _ in range(burst)]
        assert set(told) == {422}
        for _ in range(burst):  # a slow machine has got some back meanwhile
            refused = await _look(client, own)
            if refused.status_code != 422:
                break
        form = urlencode({"url": NO_LINK}).encode()
        page = await client.post(
            "/queue/preview", content=form, headers=own | {"content-type": "application/x-www-form-urlencoded"}
        )
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
        assert refused.headers["content-type"] == "application/problem+json"
        assert (page.status_code, page.headers["content-type"]) == (429, "text/html; charset=utf-8")
        assert "That was a lot at once" in page.text
        assert {answer.headers["retry-after"] for answer in (refused, page)} == {"1"}
        assert (await _look(client, {"authorization": f"Bearer {program}"})).status_code == 422
        neighbours = {"cookie": f"medianest={others}", "x-csrf-token": csrf.token_of(others)}
        assert (await _look(client, neighbours)).status_code == 422


async def _told(client: httpx.AsyncClient, question: Question, body: bytes) -> httpx.Response:
    """The answer to a body that is too long; who still sends it when the connection is closed may never see it."""
    headers = dict(question.headers)
    for _ in range(5):
        with suppress(httpx.RemoteProtocolError, httpx.WriteError, httpx.ReadError):
            return await client.request(question.method, question.path, headers=headers, content=body)
    raise AssertionError(f"{question.path} closes without a word")


async def test_no_route_takes_a_body_that_it_has_no_use_for(tmp_path: Path) -> None:
    wrongs = []
    admin = next(who for who in WHO if who.column == "ad")
    async with open_house(tmp_path, server=PROXIED) as house, house.client() as client:
        asked = await questions(house)
        changing = [route for route in routes(house) if route.method not in csrf.SAFE_METHODS]
        rightly = {route: asked.ask(route, admin, own=False) for route in changing}
        await asked.newcomers.come_in()
        for route, question in rightly.items():
            long = b" " * (BODIES.get(re.sub(r"{[^}]*}", "*", route.path), BODY_MOST) + 1)
            told = await _told(client, question, long)
            kind = "application/problem+json" if question.path.startswith(MACHINE_FACE) else "text/html; charset=utf-8"
            if (told.status_code, told.headers["content-type"]) != (413, kind):
                wrongs.append(f"{question.method} {question.path}: {told.status_code}")
    assert wrongs == []
    assert len(rightly) > 70
