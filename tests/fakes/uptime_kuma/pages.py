"""What Uptime Kuma answers over HTTP: a public status page, figures for Prometheus, and for all else its interface."""

import base64
import json
from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from tests.fakes.uptime_kuma.state import DOWN, ROWS_MOST, UP, Monitor

if TYPE_CHECKING:
    from tests.fakes.uptime_kuma.server import UptimeKuma

SLUG = "home"
HUGE_BYTES = 9 * 1024 * 1024
_PAGE = "/api/status-page/"
_PUSH = "/api/push/"
_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8", "text/plain; version=0.0.4; charset=utf-8"


class Fault(StrEnum):
    """How it answers otherwise than it should."""

    SILENT = "silent"
    BROKEN = "broken"
    GARBAGE = "garbage"
    HUGE = "huge"
    A_PAGE = "a page"
    ELSEWHERE = "elsewhere"


async def answer(kuma: "UptimeKuma", request: Request) -> Response:
    path = unquote(urlsplit(request.path).path)
    if (fault := kuma.faults.get(path)) is not None:
        return await _at_fault(kuma, fault, path)
    if path.startswith(_PUSH):
        return _pushed(kuma, request)
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


async def _at_fault(kuma: "UptimeKuma", fault: Fault, path: str) -> Response:
    kind = _METRICS[1] if path == "/metrics" else "application/json; charset=utf-8"
    if fault is Fault.SILENT:
        await kuma.forever()
    if fault is Fault.BROKEN:
        return _response(HTTPStatus.INTERNAL_SERVER_ERROR, "text/html", "SQLITE_BUSY")
    if fault is Fault.A_PAGE:
        return _response(HTTPStatus.OK, "text/html; charset=utf-8", "<!DOCTYPE html><title>Sign in</title>")
    if fault is Fault.ELSEWHERE:
        moved = _response(HTTPStatus.TEMPORARY_REDIRECT, kind, "")
        moved.headers["Location"] = "/api/entry-page"
        return moved
    return _response(HTTPStatus.OK, kind, "[" * (HUGE_BYTES if fault is Fault.HUGE else 7))


def _pushed(kuma: "UptimeKuma", request: Request) -> Response:
    """A beat of who reports by itself."""
    parts = urlsplit(request.path)
    told = {name: values[0] for name, values in parse_qs(parts.query).items()}
    id = kuma.push_monitors.get(unquote(parts.path).removeprefix(_PUSH))
    if id is None:
        return _json({"ok": False, "msg": "Monitor not found or not active."}, HTTPStatus.NOT_FOUND)
    kuma.pushed.append(told)
    kuma.state.add_row(id, DOWN if told.get("status") == "down" else UP, told.get("msg", "OK"), _ping(told))
    kuma.notice()
    return _json({"ok": True})


def _ping(told: Mapping[str, str]) -> float | None:
    return float(told["ping"]) if "ping" in told else None


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
