"""Who comes in, who has an account, and how much of their quota is left."""

import secrets
from typing import TYPE_CHECKING, Any

from tests.fakes.overseerr.answers import forbidden, page, refused, said
from tests.fakes.overseerr.state import Asked, May, User
from tests.fakes.plex.messages import Reply, Request

if TYPE_CHECKING:
    from tests.fakes.overseerr.server import Overseerr

_QUOTAS = ("movieQuotaLimit", "movieQuotaDays", "tvQuotaLimit", "tvQuotaDays")


def auth_plex(server: "Overseerr", request: Request, _: None) -> Reply:
    """The token is the person's name, as nobody asks plex.tv here; the first is the administrator."""
    name = str(request.told.get("authToken"))
    if name == "bad":
        raise refused(500, "Unable to authenticate.")
    if name == "stranger":
        raise refused(403, "Access denied.")
    user = next((user for user in server.users if user.name == name), None)
    user = user or server.add(name, plex_id=1001 + len(server.users))
    account = server.views.account(user)
    for column in ("plexId", "displayName", "email"):
        account.pop(column, None)
    return _session(server, user, account | dict.fromkeys(_QUOTAS) | _secrets(server))


def auth_local(server: "Overseerr", request: Request, _: None) -> Reply:
    """It tells permissions of nought, whatever they are."""
    user = next((user for user in server.users if user.email == request.told.get("email")), None)
    if user is None or user.plex_id:
        raise refused(403, "Access denied.")
    told = {"permissions": 0, "id": user.id, "requestCount": 0, "displayName": user.email}
    told |= {"warnings": []} if server.is_seerr else {"password": "$2b$12$hash"}
    return _session(server, user, told)


def logout(server: "Overseerr", _request: Request, user: User) -> Reply:
    for sid in [sid for sid, whose in server.sessions.items() if whose is user]:
        del server.sessions[sid]
    return said({"status": "ok"})


def me(server: "Overseerr", _request: Request, user: User) -> Reply:
    return said(server.views.user(user))


def users(server: "Overseerr", request: Request, user: User) -> Reply:
    if not user.may(May.MANAGE_USERS):
        raise forbidden()
    rows = sorted(server.users, key=lambda one: one.name)
    return page([server.views.user(one, nested=True) or {} for one in rows], request.query)


def create(server: "Overseerr", request: Request, user: User) -> Reply:
    if not user.may(May.MANAGE_USERS):
        raise forbidden()
    made = server.add(request.told["username"], permissions=request.told["permissions"])
    told = server.views.account(made)
    del told["plexId"], told["email"]
    return said(told | dict.fromkeys(_QUOTAS) | _secrets(server), 201)


def import_from_plex(server: "Overseerr", request: Request, user: User) -> Reply:
    """Those of `plexIds` that have no account yet get one."""
    if not user.may(May.MANAGE_USERS):
        raise forbidden()
    known = {one.plex_id for one in server.users}
    wanted = [int(id) for id in request.told.get("plexIds", ())]
    new = [server.add(f"friend{id}", plex_id=id) for id in wanted if id not in known]
    return said([server.views.user(one, nested=True) for one in new], 201)


def get(server: "Overseerr", _request: Request, _user: User, id: str) -> Reply:
    return said(server.views.user(_person(server, id)))


def quota(server: "Overseerr", _request: Request, user: User, id: str) -> Reply:
    person = _person(server, id)
    if person is not user and not user.may(May.MANAGE_USERS):
        raise refused(403, "You do not have permission to view this user's request limits.")
    return said({"movie": left(server, person, "movie"), "tv": left(server, person, "tv")})


def left(server: "Overseerr", person: User, kind: str) -> dict[str, Any]:
    """How much of a quota is used; what was declined does not count, and series count by their seasons."""
    mine = [wish for wish in server.wishes if wish.by is person and wish.media.title.kind == kind]
    counted = [wish for wish in mine if wish.status != Asked.DECLINED]
    used = sum(len(wish.seasons) for wish in counted) if kind == "tv" else len(counted)
    granted = person.movie_quota if kind == "movie" else person.tv_quota
    if granted is None:
        return {"used": used, "restricted": False}
    limit, days = granted
    remaining = max(0, limit - used)
    return {"days": days, "limit": limit, "used": used, "remaining": remaining, "restricted": remaining == 0}


def settings_main(server: "Overseerr", request: Request, user: User, id: str) -> Reply:
    person = _person(server, id)
    if person is not user and not user.may(May.MANAGE_USERS):
        raise forbidden()
    if request.method == "GET":
        told = {"username": None} | ({"email": person.email} if server.is_seerr else {})
        return said(told | {key: (person.settings or {}).get(key) for key in _QUOTAS})
    wanted = request.told
    person.settings = {"id": person.id, **wanted}
    person.movie_quota = _granted(wanted, "movie")
    person.tv_quota = _granted(wanted, "tv")
    told = {"username": wanted["username"], "discordId": "", "locale": "en", "originalLanguage": ""}
    told |= {"watchlistSyncMovies": None, "watchlistSyncTv": None}
    seerrs = {"discoverRegion": None, "streamingRegion": None, "email": person.email}
    return said(told | (seerrs if server.is_seerr else {"region": ""}))


def permissions(server: "Overseerr", request: Request, user: User, id: str) -> Reply:
    if not user.may(May.MANAGE_USERS):
        raise forbidden()
    person = _person(server, id)
    if request.method == "POST":
        person.permissions = request.told["permissions"]
    return said({"permissions": person.permissions})


def requests_of(server: "Overseerr", request: Request, user: User, id: str) -> Reply:
    person = _person(server, id)
    if person is not user and not user.may(May.MANAGE_REQUESTS, May.REQUEST_VIEW):
        raise refused(403, "You do not have permission to view this user's requests.")
    mine = [server.views.listed(wish) for wish in reversed(server.wishes) if wish.by is person]
    return page(mine, request.query)


def _granted(wanted: dict[str, Any], kind: str) -> tuple[int, int] | None:
    limit = wanted.get(f"{kind}QuotaLimit")
    return (limit, wanted.get(f"{kind}QuotaDays") or 7) if limit else None


def _person(server: "Overseerr", id: str) -> User:
    found = next((user for user in server.users if str(user.id) == id), None)
    if found is None:
        raise refused(404, "User not found.")
    return found


def _secrets(server: "Overseerr") -> dict[str, Any]:
    """What Overseerr tells with a new account, and Seerr keeps to itself."""
    leaked = {"plexToken": "secret", "password": None, "resetPasswordGuid": None}
    return {} if server.is_seerr else leaked


def _session(server: "Overseerr", user: User, told: dict[str, Any]) -> Reply:
    sid = secrets.token_urlsafe(16)
    server.sessions[sid] = user
    return said(told, **{"Set-Cookie": f"connect.sid={sid}; Path=/; HttpOnly; SameSite=Lax"})


_ID = r"([^/]+)"
ROUTES = (
    ("POST", "/auth/plex", auth_plex),
    ("POST", "/auth/local", auth_local),
    ("POST", "/auth/logout", logout),
    ("GET", "/auth/me", me),
    ("GET", "/user", users),
    ("POST", "/user", create),
    ("POST", "/user/import-from-plex", import_from_plex),
    ("GET", f"/user/{_ID}", get),
    ("GET", f"/user/{_ID}/quota", quota),
    ("GET", f"/user/{_ID}/settings/main", settings_main),
    ("POST", f"/user/{_ID}/settings/main", settings_main),
    ("GET", f"/user/{_ID}/settings/permissions", permissions),
    ("POST", f"/user/{_ID}/settings/permissions", permissions),
    ("GET", f"/user/{_ID}/requests", requests_of),
)
