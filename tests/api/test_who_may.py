"""Every call, asked by everybody: who is let in, who is told to sign in, who is refused."""

import re

import httpx
from litestar import Litestar

from medianest.accounts.types import Scope
from medianest.api.calls import Call
from medianest.api.routes import CALLS, router
from medianest.http import authorisation
from tests.api.portal import Portal

BROWSERS = frozenset({"guest", "child", "member", "curator", "admin"})
PROGRAMS = frozenset({"read", "downloads", "requests", "library", "admin token"})
READERS = BROWSERS | PROGRAMS
LOADERS = frozenset({"member", "curator", "admin", "downloads", "admin token"})
ADMINS = frozenset({"admin", "admin token"})
EVERYBODY = READERS | {"metrics", "nobody"}

MEANT = """
GET /healthz: everybody
GET /metrics: metrics
GET /readyz: everybody
GET /api/v1/admin/ytdlp: admins
POST /api/v1/admin/ytdlp/update: admins
POST /api/v1/admin/ytdlp/rollback: admins
GET /api/v1/admin/backups: admins
POST /api/v1/admin/backups: admins
GET /api/v1/admin/dead-letters: admins
POST /api/v1/admin/dead-letters/{id:int}/retry: admins
GET /api/v1/admin/jobs: admins
POST /api/v1/admin/jobs/{name:str}/run: admins
GET /api/v1/admin/journal: admins
GET /api/v1/downloads: readers
POST /api/v1/downloads: loaders
POST /api/v1/downloads/preview: loaders
DELETE /api/v1/downloads/{id:str}: steerers
GET /api/v1/downloads/{id:str}: readers
PATCH /api/v1/downloads/{id:str}: steerers
POST /api/v1/downloads/{id:str}/cancel: steerers
GET /api/v1/downloads/{id:str}/file: readers
GET /api/v1/downloads/{id:str}/log: readers
POST /api/v1/downloads/{id:str}/pause: steerers
POST /api/v1/downloads/{id:str}/resume: steerers
POST /api/v1/downloads/{id:str}/retry: steerers
GET /api/v1/downloads/{id:str}/thumbnail: readers
GET /api/v1/events: readers
GET /api/v1/me: readers
GET /api/v1/openapi.json: signed in
GET /api/v1/presets: readers
GET /api/v1/previews/{id:str}/thumbnail: readers
DELETE /api/v1/sessions/{id:str}: people
GET /api/v1/sites: admins
PATCH /api/v1/sites/{name:str}: admins
GET /api/v1/tokens: readers
POST /api/v1/tokens: people
DELETE /api/v1/tokens/{id:str}: people
GET /api/v1/household-devices: admins
POST /api/v1/household-devices: admins
DELETE /api/v1/household-devices/{id:str}: admins
GET /api/v1/invitations: admins
POST /api/v1/invitations: admins
DELETE /api/v1/invitations/{id:str}: admins
GET /api/v1/plans: admins
POST /api/v1/plans: admins
PATCH /api/v1/plans/{id:str}: admins
DELETE /api/v1/plans/{id:str}: admins
GET /api/v1/users: readers
POST /api/v1/users: admins
DELETE /api/v1/users/{id:str}: admins
PATCH /api/v1/users/{id:str}: people
DELETE /api/v1/users/{id:str}/sessions: people
GET /api/v1/users/{id:str}/sessions: readers
"""
GROUPS = {
    "everybody": EVERYBODY,
    "readers": READERS,
    "loaders": LOADERS,
    "steerers": BROWSERS | {"downloads", "admin token"},
    "people": BROWSERS | {"admin token"},
    "signed in": READERS | {"metrics"},
    "metrics": ADMINS | {"metrics"},
    "admins": ADMINS,
}
BODIES = {"/tokens": {"label": "x", "scopes": ["read"]}, "/downloads": {"url": "file:///x"}}


def meant() -> dict[tuple[str, str], frozenset[str]]:
    lines = [re.fullmatch(r"(\w+) ([^ ]+): (.+)", line) for line in MEANT.strip().splitlines()]
    return {(line[1], line[2]): GROUPS[line[3]] for line in lines if line}


async def everybody(portal: Portal) -> dict[str, httpx.AsyncClient]:
    cast = portal.cast
    people = {"guest": cast.gus, "child": cast.dora, "member": cast.bob, "curator": cast.carol, "admin": cast.alice}
    browsers = {name: await portal.browser(user) for name, user in people.items()}
    scopes = {"admin token" if scope is Scope.ADMIN else str(scope): scope for scope in Scope}
    programs = {name: await portal.program(cast.alice, scope) for name, scope in scopes.items()}
    return {**browsers, **programs, "nobody": await portal.nobody()}


async def ask(client: httpx.AsyncClient, call: Call) -> tuple[int, str]:
    """Status and code of an answer; of streams only the beginning is read."""
    address = re.sub(r"\{\w+:(\w+)\}", lambda kind: "7" if kind[1] == "int" else "nothing", call.address)
    body = BODIES.get(call.path, {}) if call.takes else None
    async with client.stream(call.method, address, json=body) as answer:
        if answer.headers.get("content-type") != "application/problem+json":
            return answer.status_code, ""
        return answer.status_code, str((await answer.aread()) and answer.json()["code"])


def is_let_in(status: int, code: str) -> bool:
    return status not in (401, 403) or code not in ("unauthenticated", "forbidden", "fresh_sign_in_needed")


async def test_each_call_lets_in_who_is_meant_and_nobody_else(portal: Portal) -> None:
    asking = await everybody(portal)
    portal.errands.hold.set()
    found = {}
    for call in CALLS:
        answers = {name: await ask(client, call) for name, client in asking.items()}
        assert not [status for status, _ in answers.values() if status >= 500], call
        found[call.method, call.address] = frozenset(name for name, answer in answers.items() if is_let_in(*answer))
        assert answers["nobody"][0] in ((200,) if call.is_open else (401,)), call
    assert found == meant()


async def test_every_route_says_who_may(portal: Portal) -> None:
    given = portal.ground.dependencies()
    rows = authorisation.table(Litestar([router(portal.services)], dependencies=given, openapi_config=None))
    assert {(row.method, row.path) for row in rows} == meant().keys()


async def test_a_revoked_token_and_an_ended_session_are_nobodys(portal: Portal) -> None:
    program = await portal.program(portal.cast.bob, Scope.READ)
    bob = await portal.browser(portal.cast.bob)
    token = (await bob.get("/api/v1/tokens")).json()["items"][0]
    session = next(
        item
        for item in (await bob.get(f"/api/v1/users/{portal.cast.bob.id}/sessions")).json()["items"]
        if item["is_current"]
    )
    assert (await bob.delete(f"/api/v1/tokens/{token['id']}")).status_code == 204
    assert (await program.get("/api/v1/me")).status_code == 401
    assert (await bob.delete(f"/api/v1/sessions/{session['id']}")).status_code == 204
    assert (await bob.get("/api/v1/me")).status_code == 401


async def test_who_is_not_signed_in_is_told_how_to_be(portal: Portal) -> None:
    answer = await (await portal.nobody(authorization="Bearer mn_nonsense")).get("/api/v1/me")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
