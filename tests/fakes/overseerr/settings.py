"""What an administrator sets: the webhook, Radarr and Sonarr; the rest is told as it was recorded."""

import base64
import json
from typing import TYPE_CHECKING

from tests.fakes.overseerr.answers import NOTHING, forbidden, refused, said
from tests.fakes.overseerr.state import User
from tests.fakes.overseerr.titles import JSON
from tests.fakes.plex.messages import Reply, Request

if TYPE_CHECKING:
    from tests.fakes.overseerr.server import Overseerr


def standing(server: "Overseerr", request: Request, user: User | None) -> Reply:
    path = request.path.removeprefix("/api/v1")
    if user and not user.may():
        raise forbidden()
    return said(server.standing[path])


def initialize(_server: "Overseerr", _request: Request, _: User) -> Reply:
    return said({"initialized": True})


def webhook(server: "Overseerr", _request: Request, user: User) -> Reply:
    if not user.may():
        raise forbidden()
    return said(server.webhook.settings)


def set_webhook(server: "Overseerr", request: Request, user: User) -> Reply:
    """The template must be JSON of the text of JSON, and comes back encoded in another way."""
    if not user.may():
        raise forbidden()
    wanted = request.told
    template = _template(wanted)
    if template is None:
        raise refused(500, "Unexpected token o in JSON at position 1")
    server.webhook.settings = {**wanted, "options": {**wanted["options"], "jsonPayload": template}}
    encoded = base64.b64encode(json.dumps(template).encode()).decode()
    return said({**wanted, "options": {**wanted["options"], "jsonPayload": encoded}})


def test_webhook(server: "Overseerr", request: Request, user: User) -> Reply:
    if not user.may():
        raise forbidden()
    wanted = request.told
    template = _template(wanted)
    if template is None:
        raise refused(500, "Failed to send webhook notification.")
    server.webhook.test({**wanted, "options": {**wanted["options"], "jsonPayload": template}})
    return NOTHING


def services(server: "Overseerr", _request: Request, _: User, kind: str) -> Reply:
    return said([_public(service) for service in server.services[kind]])


def service(server: "Overseerr", _request: Request, _: User, kind: str, id: str) -> Reply:
    found = next((one for one in server.services[kind] if str(one["id"]) == id), None)
    if found is None:
        raise refused(404, "Server not found.")
    profiles = found.get("profiles", [{"id": 1, "name": "HD"}])
    folders = found.get("rootFolders", [{"id": 1, "path": found["activeDirectory"], "freeSpace": 10**12}])
    return said({"server": _public(found), "profiles": profiles, "rootFolders": folders, "tags": []})


def servers(server: "Overseerr", _request: Request, user: User, kind: str) -> Reply:
    if not user.may():
        raise forbidden()
    return said(server.services[kind])


def add_server(server: "Overseerr", request: Request, user: User, kind: str) -> Reply:
    if not user.may():
        raise forbidden()
    made: JSON = {**request.told, "id": len(server.services[kind])}
    server.services[kind].append(made)
    return said(made, 201)


def remove_server(server: "Overseerr", _request: Request, user: User, kind: str, id: str) -> Reply:
    if not user.may():
        raise forbidden()
    return said(server.services[kind].pop(int(id)))


def _public(service: JSON) -> JSON:
    names = ("id", "name", "is4k", "isDefault", "activeDirectory", "activeProfileId")
    return (
        {"is4k": False}
        | {name: service[name] for name in names if name in service}
        | {"activeTags": service.get("tags", [])}
    )


def _template(wanted: JSON) -> str | None:
    try:
        template = json.loads(wanted["options"]["jsonPayload"])
    except ValueError:
        return None
    return template if isinstance(template, str) else None


_HOOK = "/settings/notifications/webhook"
ROUTES = (
    ("GET", "/(?:status|settings/(?:public|main|about|jobs))", standing),
    ("POST", "/settings/initialize", initialize),
    ("GET", _HOOK, webhook),
    ("POST", _HOOK, set_webhook),
    ("POST", f"{_HOOK}/test", test_webhook),
    ("GET", "/service/(radarr|sonarr)", services),
    ("GET", r"/service/(radarr|sonarr)/(\d+)", service),
    ("GET", "/settings/(radarr|sonarr)", servers),
    ("POST", "/settings/(radarr|sonarr)", add_server),
    ("DELETE", r"/settings/(radarr|sonarr)/(\d+)", remove_server),
)
