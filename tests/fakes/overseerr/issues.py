"""Problems with what is there: reported, commented, resolved."""

from typing import TYPE_CHECKING

from tests.fakes.overseerr.answers import forbidden, page, refused, said
from tests.fakes.overseerr.state import Comment, Issue, May, User
from tests.fakes.plex.messages import Reply, Request

if TYPE_CHECKING:
    from tests.fakes.overseerr.server import Overseerr

_OPEN, _RESOLVED = 1, 2
_KINDS = ("video", "audio", "subtitles", "others")


def make(server: "Overseerr", request: Request, user: User) -> Reply:
    if not user.may(May.CREATE_ISSUES, May.MANAGE_ISSUES):
        raise forbidden()
    told = request.told
    medium = next((one for one in server.media if one.id == told["mediaId"]), None)
    if medium is None:
        raise refused(404, "Media does not exist.")
    issue = Issue(
        id=server.next("issue"),
        media=medium,
        by=user,
        kind=told["issueType"],
        season=told.get("problemSeason", 0),
        episode=told.get("problemEpisode", 0),
        comments=[Comment(id=server.next("comment"), by=user, text=told["message"])],
    )
    server.issues.append(issue)
    server.webhook.about_issue(issue, "ISSUE_CREATED", "New Issue Reported")
    return said(server.views.issue_made(issue))


def listed(server: "Overseerr", request: Request, user: User) -> Reply:
    wanted = {"open": _OPEN, "resolved": _RESOLVED}.get(request.query.get("filter", "open"))
    chosen = [issue for issue in reversed(server.issues) if wanted in (None, issue.status)]
    if not user.may(May.MANAGE_ISSUES):
        chosen = [issue for issue in chosen if issue.by is user]
    return page([server.views.issue_listed(issue) for issue in chosen], request.query)


def count(server: "Overseerr", _request: Request, _: User) -> Reply:
    issues = server.issues
    told = {"total": len(issues)} | {
        name: sum(issue.kind == kind for issue in issues) for kind, name in enumerate(_KINDS, 1)
    }
    opened = sum(issue.status == _OPEN for issue in issues)
    return said(told | {"open": opened, "closed": len(issues) - opened})


def get(server: "Overseerr", _request: Request, _: User, id: str) -> Reply:
    return said(server.views.issue(_issue(server, id)))


def comment(server: "Overseerr", request: Request, user: User, id: str) -> Reply:
    issue = _issue(server, id)
    said_now = Comment(id=server.next("comment"), by=user, text=request.told["message"])
    issue.comments.append(said_now)
    server.webhook.about_issue(issue, "ISSUE_COMMENT", "New Comment on Issue", comment=said_now)
    return said(server.views.issue_changed(issue))


def decide(server: "Overseerr", _request: Request, user: User, id: str, status: str) -> Reply:
    issue = _issue(server, id)
    if issue.by is not user and not user.may(May.MANAGE_ISSUES):
        raise forbidden()
    issue.status = _RESOLVED if status == "resolved" else _OPEN
    issue.modified_by = user
    event = ("ISSUE_RESOLVED", "Issue Resolved") if status == "resolved" else ("ISSUE_REOPENED", "Issue Reopened")
    server.webhook.about_issue(issue, *event)
    return said(server.views.issue_changed(issue))


def _issue(server: "Overseerr", id: str) -> Issue:
    found = next((issue for issue in server.issues if str(issue.id) == id), None)
    if found is None:
        raise refused(500, "Issue not found.")
    return found


ROUTES = (
    ("POST", "/issue", make),
    ("GET", "/issue", listed),
    ("GET", "/issue/count", count),
    ("GET", r"/issue/(\d+)", get),
    ("POST", r"/issue/(\d+)/comment", comment),
    ("POST", r"/issue/(\d+)/(resolved|open)", decide),
)
