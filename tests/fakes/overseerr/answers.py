"""What the stand-in answers, and the refusals in the words of the servers."""

import json
from collections.abc import Mapping
from typing import Any

from tests.fakes.overseerr.titles import JSON
from tests.fakes.plex.messages import Reply


class Refused(Exception):
    """The request is answered by this refusal."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def said(body: Any, status: int = 200, **headers: str) -> Reply:
    text = json.dumps(body).encode()
    return Reply(status=status, body=text, media_type="application/json; charset=utf-8", headers=headers)


NOTHING = Reply(status=204)


def refused(status: int, message: str) -> Refused:
    """In the words of a route."""
    return Refused(said({"message": message}, status))


def forbidden() -> Refused:
    """In the words of the layer that checks permissions."""
    return Refused(said({"status": 403, "error": "You do not have permission to access this endpoint"}, 403))


def unknown_person(path: str) -> Refused:
    message = "cookie 'connect.sid' required"
    return Refused(said({"message": message, "errors": [{"path": path, "message": message}]}, 401))


def invalid(*faults: tuple[str, str, str], part: str) -> Refused:
    """In the words of the layer that validates; each fault is a path, what is wrong, and its code."""
    message = ", ".join(f"request{path if part == 'params' else '.' + part} {wrong}" for path, wrong, _ in faults)
    errors = [_error(*fault) for fault in faults]
    return Refused(said({"message": message, "errors": errors}, 400))


def malformed_query(message: str) -> Refused:
    errors = [{"path": ".query.query", "message": message}]
    return Refused(said({"message": message, "errors": errors}, 400))


def no_such_path(path: str) -> Refused:
    return Refused(said({"message": "not found", "errors": [{"path": path, "message": "not found"}]}, 404))


def page(rows: list[JSON], query: Mapping[str, str], **beside: Any) -> Reply:
    """So many rows (ten where none or nought are asked for), with the numbers around them."""
    take, skip = int(query.get("take", 10)) or 10, int(query.get("skip", 0))
    info = {"pages": -(-len(rows) // take), "pageSize": take, "results": len(rows), "page": skip // take + 1}
    return said({"pageInfo": info, "results": rows[skip : skip + take], **beside})


def _error(path: str, wrong: str, code: str) -> JSON:
    return {"path": path, "message": wrong, "errorCode": f"{code}.openapi.validation"}
