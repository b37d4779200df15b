"""What Uptime Kuma answers over HTTP: a public status page, figures for Prometheus, and for all else its interface."""

import base64
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from tests.fakes.uptime_kuma.state import ROWS_MOST, Monitor

if TYPE_CHECKING:
    from tests.fakes.uptime_kuma.server import UptimeKuma

SLUG = "home"
_PAGE = "/api/status-page/"
_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8", "text/plain; version=0.0.4; charset=utf-8"


async def answer(kuma: "UptimeKuma", request: Request) -> Response:
    path = unquote(urlsplit(request.path).path)
    if path == "/metrics":
        return _metrics(kuma, request)
    if path == "/api/entry-page":
        return _json({"type": "entryPage", "entryPage": None})
    if path == f"{_PAGE}{SLUG}":
        return _json(page(kuma))
    if path.startswith(f"{_PAGE}heartbeat/"):
        return _json(heartbeats(kuma) if path.endswith(f"/{SLUG}") else {"heartbeatList": {}, "uptimeList": {}})
    if path.startswith(_PAGE):
        if not kuma.dialect.is_new:
            await kuma.forever()
        return _json({"status": "fail", "msg": "Status Page Not Found"}, HTTPStatus.NOT_FOUND)
    return _response(HTTPStatus.OK, "text/html; charset=utf-8", "<!DOCTYPE html><title>Uptime Kuma</title>")


def page(kuma: "UptimeKuma") -> dict[str, Any]:
    shown = [_shown(kuma, one) for one in kuma.state.monitors.values()]
    told: dict[str, Any] = {"config": {"slug": SLUG, "title": "Household", "published": True}}
    if kuma.dialect.is_new:
        told["incidents"] = [kuma.state.incident] if kuma.state.incident else []
    else:
        told["incident"] = kuma.state.incident
    groups = [{"id": 1, "name": "Services", "weight": 1, "monitorList": shown}]
    return told | {"publicGroupList": groups, "maintenanceList": list(kuma.state.windows.values())}


def heartbeats(kuma: "UptimeKuma") -> dict[str, Any]:
    """Without words, and without a sign that a monitor is paused."""
    rows = {
        str(id): [{**{key: row[key] for key in ("status", "time", "ping")}, "msg": ""} for row in one.rows[-ROWS_MOST:]]
        for id, one in kuma.state.monitors.items()
    }
    shares = {f"{id}_24": kuma.state.shares(id)[0][3] for id in kuma.state.monitors}
    return {"heartbeatList": rows, "uptimeList": shares}


def _shown(kuma: "UptimeKuma", one: Monitor) -> dict[str, Any]:
    told = {"id": one.id, "name": one.about["name"], "sendUrl": 0, "type": one.about["type"], "tags": []}
    if not kuma.dialect.is_new:
        return told
    if one.certificate is None:
        return told | {"certExpiryDaysRemaining": "", "validCert": False}
    days = json.loads(one.certificate)["certInfo"]["daysRemaining"]
    return told | {"certExpiryDaysRemaining": days, "validCert": True}


def _metrics(kuma: "UptimeKuma", request: Request) -> Response:
    """Once there is a key, nobody comes in with name and password."""
    asked = request.headers.get("Authorization", "")
    if asked != "Basic " + base64.b64encode(f":{kuma.key}".encode()).decode():
        return _response(HTTPStatus.UNAUTHORIZED, "text/plain", "")
    lines = ["# HELP monitor_status Monitor Status (1 = UP, 0= DOWN, 2= PENDING, 3= MAINTENANCE)"]
    for one in kuma.state.monitors.values():
        if one.about["active"] and one.rows:
            lines += _figures(kuma, one)
    lines.append(f'app_version{{version="{kuma.dialect.version}",major="2",minor="5",patch="3"}} 1')
    return _response(HTTPStatus.OK, _METRICS[1], "\n".join(lines) + "\n")


def _figures(kuma: "UptimeKuma", one: Monitor) -> list[str]:
    name = one.about["name"].replace("\\", "\\\\").replace('"', '\\"')
    labels = f'monitor_name="{name}",monitor_type="{one.about["type"]}",monitor_url="https://",monitor_port="null"'
    if kuma.dialect.is_new:
        labels = f'monitor_id="{one.id}",{labels}'
    last = one.rows[-1]
    ping = -1 if last["ping"] is None else last["ping"]
    return [f"monitor_status{{{labels}}} {last['status']}", f"monitor_response_time{{{labels}}} {ping}"]


def _json(told: Any, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return _response(status, "application/json; charset=utf-8", json.dumps(told))


def _response(status: HTTPStatus, kind: str, text: str) -> Response:
    body = text.encode()
    headers = Headers({"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"})
    return Response(status.value, status.phrase, headers, body)
