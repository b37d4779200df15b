"""Logs: one sentence a line with its fields, for people or for programs, and nothing in them that opens a door.

Modules log through `logging` as everybody does, with their fields as `extra`; what is special is only the form, for
which the standard formatter is enough. What comes from outside cannot begin a line of its own, colour a terminal or
fill a disk: it is escaped, cut and without secrets.
"""

import json
import logging
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

from medianest.core.config import LogSettings
from medianest.core.redaction import GONE, names_secret, redact

__all__ = ["ConsoleFormatter", "JsonFormatter", "configure", "one_line", "redact", "request_id"]

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

TEXT_MOST = 2000
TRACEBACK_MOST = 16_000
_CHATTY = ("httpx", "httpcore", "apscheduler", "aiosqlite", "uvicorn", "asyncio", "websockets")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


def configure(settings: LogSettings, *, stream: TextIO | None = None) -> None:
    """Send all that is logged to `stream` (standard error) in the form of the settings; may be called again."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if settings.format == "json" else ConsoleFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.level.upper())
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))


def one_line(text: str, *, most: int = TEXT_MOST) -> str:
    """The text on one line: control characters and direction marks escaped, and cut."""
    cut = text[: most + 1]
    escaped = cut if cut.isprintable() else "".join(map(_escaped, cut))
    return escaped if len(escaped) <= most else f"{escaped[: most - 1]}…"


class JsonFormatter(logging.Formatter):
    """One JSON object a line: `at`, `level`, `logger`, `message`, `request_id`, the fields, `traceback`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _safe(record.getMessage()),
        }
        line |= {key: value for key, value in _fields(record) if key not in line}
        if record.exc_info:
            line["traceback"] = _traceback(self, record)
        return json.dumps(line, ensure_ascii=False)


class ConsoleFormatter(logging.Formatter):
    """`TIME LEVEL sentence  key=value  [logger]`; the lines of a traceback stand under it, behind a bar."""

    def format(self, record: logging.LogRecord) -> str:
        fields = [f"{key}={_quoted(value)}" for key, value in _fields(record)]
        head = f"{_time(record)} {record.levelname.lower():<8} {_safe(record.getMessage())}"
        lines = ["  ".join([head, *fields, f"[{record.name}]"])]
        if record.exc_info:
            lines += [f"    | {one_line(line)}" for line in _traceback(self, record).splitlines()]
        return "\n".join(lines)


def _escaped(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape").decode()


def _quoted(value: object) -> str:
    """A value that can be told from what stands beside it."""
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if not text or any(char in text for char in ' "=') else text


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _fields(record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
    if id := request_id.get():
        yield "request_id", one_line(id)
    for key, value in vars(record).items():
        if key not in _STANDARD:
            yield key, GONE if names_secret(key) else _safe(value)


def _safe(value: object) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    return one_line(redact(value if isinstance(value, str) else repr(value)))


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    assert record.exc_info
    return redact(formatter.formatException(record.exc_info))[-TRACEBACK_MOST:]
