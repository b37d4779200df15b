"""Who asks for a route, whose thing they ask for, and what they are told: one letter for each (see `table.txt`)."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

import httpx

from medianest.accounts.types import Scope
from medianest.core.actor import Role
from medianest.core.security import new_id, new_token
from medianest.http import csrf
from tests.rights.house import House, Newcomers

LET_IN, SIGN_IN, AGAIN, FORBIDDEN, NOT_THERE, TOO_MANY, BROKEN = "+", "!", "~", "-", "0", "9", "X"
_OF_STATUS = {401: SIGN_IN, 403: FORBIDDEN, 404: NOT_THERE, 429: TOO_MANY, 503: LET_IN}
"""503 is what is right where what lies behind is not set up."""
PERSONAL = frozenset(
    {"downloads", "playlists", "previews", "users", "people", "sessions", "tokens", "requests", "problems", "channels"}
)
_BODIES: Mapping[str, object] = {
    "/downloads": {"url": "file:///x"},
    "/downloads/preview": {"url": "file:///x"},
    "/playlists": {"url": "file:///x"},
    "/tokens": {"label": "x", "scopes": ["read"]},
    "/users": {"name": ""},
    "/plans": {"name": ""},
    "/users/{id:str}": {"display_name": "Somebody"},
}
_FIELD = re.compile(r"\{(\w+):\w+\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Somebody who asks, by the heading of their column: nobody, a person in a browser, or a program of a person's.

    Nobody may sit at one of the household's devices.
    """

    column: str
    at_device: bool = False
    role: Role | None = None
    hours_ago: int = 0
    scopes: tuple[Scope, ...] = ()


WHO = (
    Who(column="no"),
    Who(column="de", at_device=True),
    Who(column="gu", role=Role.GUEST),
    Who(column="ch", role=Role.CHILD),
    Who(column="me", role=Role.MEMBER),
    Who(column="cu", role=Role.CURATOR),
    Who(column="ad", role=Role.ADMIN),
    Who(column="ol", role=Role.ADMIN, hours_ago=1),
    Who(column="Tr", role=Role.ADMIN, scopes=(Scope.READ,)),
    Who(column="Td", role=Role.ADMIN, scopes=(Scope.DOWNLOADS,)),
    Who(column="Tq", role=Role.ADMIN, scopes=(Scope.REQUESTS,)),
    Who(column="Tl", role=Role.ADMIN, scopes=(Scope.LIBRARY,)),
    Who(column="Tm", role=Role.ADMIN, scopes=(Scope.METRICS,)),
    Who(column="Ta", role=Role.ADMIN, scopes=(Scope.ADMIN,)),
    Who(column="Me", role=Role.MEMBER, scopes=tuple(Scope)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A method and a path as the router has it."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method:6} {self.path}"

    @property
    def fields(self) -> list[str]:
        return _FIELD.findall(self.path)

    @property
    def kind(self) -> str:
        """What its first field names: the segment before it."""
        before = self.path.partition("/{")[0].rpartition("/")[2]
        return {"profiles": "profile"}.get(before, before)

    @property
    def is_personal(self) -> bool:
        return bool(self.fields) and self.kind in PERSONAL

    def filled(self, values: Mapping[str, object]) -> str:
        return _FIELD.sub(lambda named: str(values[named[1]]), self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request that is ready to be sent."""

    who: Who
    method: str
    path: str
    headers: Mapping[str, str]
    content: bytes


class Questions:
    """Makes each question that of a newcomer from an address of their own, about a thing that was not there before."""

    def __init__(self, house: House, *, backup: str, entry_id: int) -> None:
        self.newcomers = Newcomers(house)
        self._backup = backup
        self._homes = ip_network("10.0.0.0/8").hosts()
        make = self.newcomers
        self._things: dict[str, Callable[[str], dict[str, object]]] = {
            "downloads": lambda owner: {"id": make.download(owner)},
            "playlists": lambda owner: {"id": make.playlist(owner)},
            "requests": lambda owner: {"id": make.request(owner)},
            "problems": lambda owner: {"id": make.problem(owner)},
            "previews": lambda owner: {"id": make.preview(owner)},
            "users": lambda owner: {"id": owner},
            "people": lambda owner: {"id": owner, "session_id": make.session(owner)[0]},
            "sessions": lambda owner: {"id": make.session(owner)[0]},
            "tokens": lambda owner: {"id": make.token(owner, Scope.READ)[0]},
            "channels": lambda owner: {"id": make.channel(owner)},
            "profile": lambda _: {"id": make.person(Role.CHILD)},
            "invite": lambda _: {"secret": make.invitation(make.person(Role.ADMIN))[1]},
            "invitations": lambda _: {"id": make.invitation(make.person(Role.ADMIN))[0]},
            "decide": lambda _: {"word": new_id()},
            "confirm": lambda _: {"word": new_id()},
            "unsubscribe": lambda _: {"word": new_id()},
            "devices": lambda _: {"id": make.device()[0]},
            "household-devices": lambda _: {"id": make.device()[0]},
            "sites": lambda _: {"name": make.site()},
            "failures": lambda _: {"code": "drm"},
            "plex": lambda _: {"id": new_id(), "secret": house.portal.titles.webhook_secret()},
            "servers": lambda _: {"id": new_id()},
            "plans": lambda _: {"id": make.plan()},
            "jobs": lambda _: {"name": "purge_sessions"},
            "backups": lambda _: {"name": self._backup},
            "dead-letters": lambda _: {"id": make.dead_letter(entry_id)},
            "static": lambda _: {"path": "js/app.js"},
            "pictures": lambda _: make.picture(),
            "status": lambda _: {"id": make.service()},
            "titles": lambda _: {"media_type": "music", "tmdb_id": 1, "id": make.title()},
            "ask": lambda _: {"kind": "movie", "id": 603},
            "genres": lambda _: {"kind": "movie", "id": 18},
            "lists": lambda _: {"name": "trending"},
        }

    def ask(self, route: Route, who: Who, *, own: bool) -> Question:
        user_id = self.newcomers.person(who.role) if who.role else ""
        owner = user_id if own and user_id else self.newcomers.person(_other(route))
        values = self._things[route.kind](owner) if route.fields else {}
        return Question(
            who=who,
            method=route.method,
            path=route.filled(values),
            headers=self._proof(who, user_id) | _kind_of_body(route) | {"x-forwarded-for": str(next(self._homes))},
            content=_content(route),
        )

    def _proof(self, who: Who, user_id: str) -> dict[str, str]:
        """What this newcomer sends along; a browser has the token of its form, so that only rights are in question."""
        if who.scopes:
            return {"authorization": f"Bearer {self.newcomers.token(user_id, *who.scopes)[1]}"}
        if who.role:
            secret, name = self.newcomers.session(user_id, hours_ago=who.hours_ago)[1], "medianest"
        else:
            secret, name = new_token(), "medianest-form"
        device = f"; medianest-device={self.newcomers.device()[1]}" if who.at_device else ""
        return {"cookie": f"{name}={secret}{device}", "x-csrf-token": csrf.token_of(secret)}


async def answer(client: httpx.AsyncClient, question: Question) -> str:
    """The letter for what this question was told; of a stream only the beginning is read."""
    sent: dict[str, Any] = {"headers": question.headers, "content": question.content}
    async with client.stream(question.method, question.path, **sent) as told:
        if told.status_code == 403 and told.headers.get("content-type") == "application/problem+json":
            await told.aread()
            return AGAIN if told.json()["code"] == "fresh_sign_in_needed" else FORBIDDEN
        if told.status_code == 303 and "medianest=" not in told.headers.get("set-cookie", ""):
            return _of_way(told.headers["location"])
        return _OF_STATUS.get(told.status_code, LET_IN if told.status_code < 500 else BROKEN)


def _of_way(location: str) -> str:
    if location.startswith("/sign-in/again"):
        return AGAIN
    return SIGN_IN if re.fullmatch(r"/sign-in(\?next=.*)?", location) else LET_IN


def _other(route: Route) -> Role:
    """A PIN is for who can be chosen on a household device."""
    return Role.CHILD if route.path.endswith("/pin") else Role.MEMBER


def _content(route: Route) -> bytes:
    if not route.path.startswith("/api/") or route.method not in ("POST", "PUT", "PATCH"):
        return b""
    return json.dumps(_BODIES.get(route.path.removeprefix("/api/v1"), {})).encode()


def _kind_of_body(route: Route) -> dict[str, str]:
    kind = "application/json" if route.path.startswith("/api/") else "application/x-www-form-urlencoded"
    return {"content-type": kind} if route.method in ("POST", "PUT", "PATCH") else {}
