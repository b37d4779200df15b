"""Searching, discovering, and the pages of titles."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tests.fakes.overseerr import titles
from tests.fakes.overseerr.answers import invalid, malformed_query, page, refused, said
from tests.fakes.overseerr.state import Asked, Has, Media, User
from tests.fakes.overseerr.titles import JSON, Title
from tests.fakes.plex.messages import Reply, Request

if TYPE_CHECKING:
    from tests.fakes.overseerr.server import Overseerr

_RESERVED = frozenset("!'()*:@,;+$/?[]")
_PAGE = 20


def search(server: "Overseerr", request: Request, _: User) -> Reply:
    """The query must be encoded to the last character."""
    raw = next((part[6:] for part in _raw(request) if part.startswith("query=")), None)
    if raw is None:
        raise invalid((".query.query", "should have required property 'query'", "required"), part="query")
    if not raw:
        raise malformed_query("Empty value found for query parameter 'query'")
    if _RESERVED & set(raw):
        wrong = "must be url encoded. Its value may not contain reserved characters."
        raise malformed_query(f"Parameter 'query' {wrong}")
    wanted = unquote(raw).lower()
    return _results(server, request, lambda title: wanted in title.name.lower())


def trending(server: "Overseerr", request: Request, _: User, *_genre: str) -> Reply:
    return _results(server, request, lambda title: True)


def movies(server: "Overseerr", request: Request, _: User, *_more: str) -> Reply:
    return _results(server, request, lambda title: not title.seasons)


def shows(server: "Overseerr", request: Request, _: User, *_more: str) -> Reply:
    return _results(server, request, lambda title: bool(title.seasons))


def movie(server: "Overseerr", _request: Request, _: User, id: str) -> Reply:
    return _title(server, id, "movie")


def show(server: "Overseerr", _request: Request, _: User, id: str) -> Reply:
    return _title(server, id, "tv")


def genres(_server: "Overseerr", _request: Request, _: User, _kind: str) -> Reply:
    return said([{"id": 18, "name": "Drama"}, {"id": 28, "name": "Action"}])


def media(server: "Overseerr", request: Request, _: User) -> Reply:
    rows = [server.views.media(one) | {"seasons": []} for one in reversed(server.media)]
    return page(rows, request.query)


def mark(server: "Overseerr", request: Request, _: User, id: str, status: str) -> Reply:
    """Somebody says that a medium is there, or in another state."""
    found = _medium(server, id)
    status_of = {"available": Has.AVAILABLE, "partial": Has.PARTIALLY_AVAILABLE, "processing": Has.PROCESSING}
    told = request.told
    if told.get("is4k"):
        found.status4k = status_of[status]
    else:
        found.status = status_of[status]
    asked = next((wish for wish in reversed(server.wishes) if wish.media is found), None)
    is_told = asked and (asked.status == Asked.APPROVED or not server.is_seerr)
    if status == "available" and asked and is_told:
        server.webhook.about(asked, "MEDIA_AVAILABLE", "Request Now Available")
    return said(server.views.media(found) | {"seasons": []})


def forget(server: "Overseerr", _request: Request, _: User, id: str) -> Reply:
    found = _medium(server, id)
    server.media.remove(found)
    server.wishes[:] = [wish for wish in server.wishes if wish.media is not found]
    return Reply(status=204)


def medium_of(server: "Overseerr", title: Title) -> Media | None:
    return next((one for one in server.media if one.title is title), None)


def _medium(server: "Overseerr", id: str) -> Media:
    found = next((one for one in server.media if str(one.id) == id), None)
    if found is None:
        raise refused(404, "Media not found")
    return found


def _results(server: "Overseerr", request: Request, matches: Callable[[Title], bool]) -> Reply:
    found = [title for title in server.titles.values() if matches(title)]
    number = int(request.query.get("page", 1))
    rows = [_hit(server, title) for title in found[(number - 1) * _PAGE : number * _PAGE]]
    about = {"page": number, "totalPages": -(-len(found) // _PAGE) or 1, "totalResults": len(found)}
    return said(about | {"results": rows})


def _hit(server: "Overseerr", title: Title) -> JSON:
    medium = medium_of(server, title)
    told = titles.hit(title)
    beside = "watchlists" if server.is_seerr else "seasons"
    return told | {"mediaInfo": server.views.media(medium) | {beside: []}} if medium else told


def _title(server: "Overseerr", id: str, kind: str) -> Reply:
    if not id.isdecimal():
        raise invalid((f".params.{kind}Id", "should be number", "type"), part="params")
    title = server.titles.get(int(id))
    if title is None or title.kind != kind:
        raise refused(500, f"Unable to retrieve {'series' if kind == 'tv' else kind}.")
    told, medium = titles.details(title), medium_of(server, title)
    if server.is_seerr:
        told["onUserWatchlist"] = False
    if medium:
        issues = [server.views.issue_with_title(issue) for issue in server.issues if issue.media is medium]
        told["mediaInfo"] = server.views.media_with_requests(medium) | {"issues": issues}
    return said(told)


def _raw(request: Request) -> list[str]:
    return request.target.partition("?")[2].split("&")


_ID = r"([^/]+)"
ROUTES = (
    ("GET", "/search", search),
    ("GET", "/discover/trending", trending),
    ("GET", r"/discover/movies(?:/upcoming|/genre/(\d+))?", movies),
    ("GET", r"/discover/tv(?:/upcoming|/genre/(\d+))?", shows),
    ("GET", "/genres/(movie|tv)", genres),
    ("GET", f"/movie/{_ID}", movie),
    ("GET", f"/tv/{_ID}", show),
    ("GET", r"/movie/(\d+)/(?:similar|recommendations)", movies),
    ("GET", r"/tv/(\d+)/(?:similar|recommendations)", shows),
    ("GET", "/media", media),
    ("POST", r"/media/(\d+)/(available|partial|processing)", mark),
    ("DELETE", f"/media/{_ID}", forget),
)
