"""Asking for a title, and what becomes of it."""

import time
from typing import TYPE_CHECKING

from tests.fakes.overseerr.answers import NOTHING, forbidden, invalid, page, refused, said
from tests.fakes.overseerr.entering import left
from tests.fakes.overseerr.looking import medium_of
from tests.fakes.overseerr.state import Asked, Has, May, Media, Season, User, Wish
from tests.fakes.overseerr.titles import JSON, Title
from tests.fakes.plex.messages import Reply, Request

if TYPE_CHECKING:
    from tests.fakes.overseerr.server import Overseerr

_FILTERS = {
    "all": lambda wish: True,
    "approved": lambda wish: wish.status == Asked.APPROVED,
    "available": lambda wish: wish.status == Asked.APPROVED and wish.media.status == Has.AVAILABLE,
    "pending": lambda wish: wish.status == Asked.PENDING,
    "processing": lambda wish: wish.status == Asked.APPROVED and wish.media.status < Has.AVAILABLE,
    "unavailable": lambda wish: wish.media.status != Has.AVAILABLE,
    "failed": lambda wish: wish.status == Asked.FAILED,
}
_SEERRS = {"deleted": lambda wish: False, "completed": lambda wish: wish.status == Asked.COMPLETED}


def make(server: "Overseerr", request: Request, user: User) -> Reply:
    told = _told(request)
    kind, is_4k = told["mediaType"], told.get("is4k")
    person = _for_whom(server, told, user)
    _check_rights(server, person, kind, is_4k=bool(is_4k))
    title = server.titles.get(told["mediaId"])
    if title is None or title.kind != kind:
        raise refused(500, "[TMDB] Failed to fetch movie details: Request failed with status code 404")
    medium = medium_of(server, title)
    is_first = medium is None
    seasons = _seasons(server, title, told, is_4k) if kind == "tv" else []
    if kind == "movie" and _stands(server, title, is_4k):
        raise refused(409, "Request for this media already exists.")
    medium = medium or _new_medium(server, title)
    wish = _made(server, told, medium, person, seasons)
    auto = user.may(May.AUTO_APPROVE, May.MANAGE_REQUESTS)
    if auto:
        wish.becomes(Asked.APPROVED, user)
    server.webhook.about(wish, *_TOLD[auto])
    if auto:
        _hand_on(server, wish)
    answer = said(server.views.made(wish, is_first=is_first), 201)
    settle(server, medium)
    return answer


_TOLD = {True: ("MEDIA_AUTO_APPROVED", "Request Automatically Approved"), False: ("MEDIA_PENDING", "Request")}


def listed(server: "Overseerr", request: Request, user: User) -> Reply:
    query = request.query
    filters = _FILTERS | (_SEERRS if server.is_seerr else {})
    for name, allowed in (("filter", [*filters]), ("sort", ["added", "modified"])):
        if name in query and query[name] not in allowed:
            wrong = f"should be equal to one of the allowed values: {', '.join(allowed)}"
            raise invalid((f".query.{name}", wrong, "enum"), part=f"query.{name}")
    sees_all = user.may(May.MANAGE_REQUESTS, May.REQUEST_VIEW)
    asked_for = query.get("requestedBy")
    if asked_for and asked_for != str(user.id) and not sees_all:
        raise refused(403, "You do not have permission to view this user's requests.")
    chosen = [wish for wish in reversed(server.wishes) if filters[query.get("filter", "all")](wish)]
    if asked_for or not sees_all:
        whose = int(asked_for or user.id)
        chosen = [wish for wish in chosen if wish.by.id == whose]
    rows = [server.views.listed(wish) for wish in chosen]
    if not server.is_seerr:
        return page(rows, query)
    extra: JSON = {"canRemove": False} if user.may(May.MANAGE_REQUESTS) else {}
    return page([row | extra for row in rows], query, serviceErrors={"radarr": [], "sonarr": []})


def count(server: "Overseerr", _request: Request, _: User) -> Reply:
    wishes = server.wishes
    told = {"total": len(wishes)} | {kind: _number(wishes, kind) for kind in ("movie", "tv")}
    names = ("pending", "approved", "processing", "available")
    told |= {name: sum(map(_FILTERS[name], wishes)) for name in names}
    told["declined"] = sum(wish.status == Asked.DECLINED for wish in wishes)
    return said(told | ({"completed": 0} if server.is_seerr else {}))


def get(server: "Overseerr", _request: Request, user: User, id: str) -> Reply:
    wish = _wish(server, id)
    if wish.by is not user and not user.may(May.MANAGE_REQUESTS, May.REQUEST_VIEW):
        raise refused(403, "You do not have permission to view this request.")
    return said(server.views.wish(wish))


def edit(server: "Overseerr", request: Request, user: User, id: str) -> Reply:
    wish, told = _wish(server, id), request.told
    if wish.by is not user and not user.may(May.MANAGE_REQUESTS):
        raise refused(403, "You do not have permission to edit this request.")
    if "seasons" in told:
        wish.seasons[:] = [season for season in wish.seasons if season.number in told["seasons"]]
        known = {season.number for season in wish.seasons}
        wish.seasons += [_season(server, number) for number in told["seasons"] if number not in known]
    wish.profile = told.get("profileId", wish.profile)
    wish.folder = told.get("rootFolder", wish.folder)
    wish.server = told.get("serverId", wish.server)
    return said(server.views.wish(wish))


def decide(server: "Overseerr", _request: Request, user: User, id: str, verb: str) -> Reply:
    """Deciding again changes nothing; what was declined can be approved after all."""
    if not user.may(May.MANAGE_REQUESTS):
        raise forbidden()
    if verb == "retry":
        return _retry(server, _wish(server, id), user)
    if verb not in ("approve", "decline"):
        wrong = "should be equal to one of the allowed values: approve, decline"
        raise invalid((".params.status", wrong, "enum"), part="params")
    wish, status = _wish(server, id), Asked.APPROVED if verb == "approve" else Asked.DECLINED
    if wish.status != status:
        wish.becomes(status, user)
        server.webhook.about(wish, f"MEDIA_{status.name}", f"Request {status.name.capitalize()}")
        if status == Asked.APPROVED:
            _hand_on(server, wish)
    answer = said(server.views.wish(wish))
    settle(server, wish.media)
    return answer


def delete(server: "Overseerr", _request: Request, user: User, id: str) -> Reply:
    """Everybody may delete what is pending; the medium stays as it was while anybody else asks for it."""
    wish = _wish(server, id)
    if wish.by is not user and wish.status != Asked.PENDING and not user.may(May.MANAGE_REQUESTS):
        raise refused(401, "You do not have permission to delete this request.")
    server.wishes.remove(wish)
    if not any(other.media is wish.media for other in server.wishes):
        settle(server, wish.media)
    return NOTHING


def settle(server: "Overseerr", media: Media) -> None:
    """What a medium is after something happened to its requests; what is there stays there."""
    for column, is_4k in (("status", False), ("status4k", True)):
        if getattr(media, column) >= Has.PARTIALLY_AVAILABLE:
            continue
        asked = {wish.status for wish in server.wishes if wish.media is media and wish.is_4k == is_4k}
        if Asked.APPROVED in asked:
            setattr(media, column, Has.PROCESSING)
        else:
            setattr(media, column, Has.PENDING if asked & {Asked.PENDING, Asked.FAILED} else Has.UNKNOWN)


def _told(request: Request) -> JSON:
    """The body, as far as it is one."""
    try:
        told: JSON = request.told
    except ValueError:
        told = {}
    faults = [
        (f".body.{name}", f"should have required property '{name}'", "required")
        for name in ("mediaType", "mediaId")
        if name not in told
    ]
    if faults:
        raise invalid(*faults, part="body")
    if told["mediaType"] not in ("movie", "tv"):
        wrong = "should be equal to one of the allowed values: movie, tv"
        raise invalid((".body.mediaType", wrong, "enum"), part="body.mediaType")
    if not isinstance(told["mediaId"], int | float):
        raise invalid((".body.mediaId", "should be number", "type"), part="body.mediaId")
    return told


def _for_whom(server: "Overseerr", told: JSON, user: User) -> User:
    if "userId" not in told:
        return user
    if not user.may(May.MANAGE_USERS, May.MANAGE_REQUESTS):
        raise refused(403, "You do not have permission to modify the request user.")
    return next(one for one in server.users if one.id == told["userId"])


def _check_rights(server: "Overseerr", person: User, kind: str, *, is_4k: bool) -> None:
    noun = "series" if kind == "tv" else "movie"
    if not person.may(May.REQUEST_4K if is_4k else May.REQUEST):
        raise refused(403, f"You do not have permission to make {'4K ' if is_4k else ''}{noun} requests.")
    if left(server, person, kind)["restricted"]:
        raise refused(403, f"{noun.capitalize()} Quota exceeded.")


def _stands(server: "Overseerr", title: Title, is_4k: bool | None) -> list[Wish]:
    """The requests that the check for duplicates sees: none where nothing is said of 4K, none that just came."""
    before = time.monotonic() - server.race_s
    living = [wish for wish in server.wishes if wish.media.title is title and wish.status != Asked.DECLINED]
    return [wish for wish in living if wish.is_4k is is_4k and wish.at <= before]


def _seasons(server: "Overseerr", title: Title, told: JSON, is_4k: bool | None) -> list[int]:
    if "seasons" not in told:
        raise refused(500, "Cannot read properties of undefined (reading 'filter')")
    wanted = told["seasons"]
    if wanted == "all":
        wanted = title.season_numbers[1 if server.is_seerr else 0 :]
    taken = {season.number for wish in _stands(server, title, is_4k) for season in wish.seasons}
    new = [number for number in wanted if number not in taken]
    if not new:
        raise refused(202, "No seasons available to request")
    return new


def _new_medium(server: "Overseerr", title: Title) -> Media:
    medium = Media(id=server.next("media"), title=title)
    server.media.append(medium)
    return medium


def _made(server: "Overseerr", told: JSON, medium: Media, person: User, seasons: list[int]) -> Wish:
    is_4k = bool(told.get("is4k"))
    wish = Wish(id=server.next("request"), media=medium, by=person, is_4k=is_4k, at=time.monotonic())
    wish.seasons += [_season(server, number) for number in seasons]
    wish.profile, wish.folder = told.get("profileId"), told.get("rootFolder")
    wish.server = told.get("serverId")
    server.wishes.append(wish)
    column = "status4k" if is_4k else "status"
    setattr(medium, column, max(Has.PENDING, getattr(medium, column)))
    return wish


def _hand_on(server: "Overseerr", wish: Wish) -> None:
    """Radarr or Sonarr takes it, or is away."""
    kept_by = server.services["sonarr" if wish.media.title.seasons else "radarr"]
    if any(service.get("dead", True) for service in kept_by if service.get("isDefault")):
        wish.becomes(Asked.FAILED, wish.modified_by)
        server.webhook.about(wish, "MEDIA_FAILED", "Request Failed")


def _retry(server: "Overseerr", wish: Wish, user: User) -> Reply:
    wish.becomes(Asked.APPROVED, user)
    server.webhook.about(wish, "MEDIA_APPROVED", "Request Approved")
    _hand_on(server, wish)
    answer = said(server.views.wish(wish))
    settle(server, wish.media)
    return answer


def _season(server: "Overseerr", number: int) -> Season:
    return Season(id=server.next("season"), number=number, status=Asked.PENDING)


def _wish(server: "Overseerr", id: str) -> Wish:
    found = server.wish(int(id)) if id.isdecimal() else None
    if found is None:
        raise refused(404, "Request not found.")
    return found


def _number(wishes: list[Wish], kind: str) -> int:
    return sum(wish.media.title.kind == kind for wish in wishes)


_ID = r"([^/]+)"
ROUTES = (
    ("POST", "/request", make),
    ("GET", "/request", listed),
    ("GET", "/request/count", count),
    ("GET", f"/request/{_ID}", get),
    ("PUT", f"/request/{_ID}", edit),
    ("DELETE", f"/request/{_ID}", delete),
    ("POST", f"/request/{_ID}/{_ID}", decide),
)
