"""The server's webhook: where it leads, and what to write so that it leads elsewhere."""

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from medianest.media_requests.wire.reading import read

_EVERYTHING = 8190


class _Options(Struct, rename="camel"):
    webhook_url: str = ""


class Hook(Struct):
    enabled: bool = False
    options: _Options = field(default_factory=_Options)


def hook(body: bytes) -> Hook:
    told: Hook = read(body, Hook)
    return told


def whole(body: bytes) -> dict[str, Any]:
    """All settings of it, those that we know nothing of, too."""
    told: dict[str, Any] = read(body, dict[str, Any])
    return told


def leading(had: Mapping[str, Any], url: str, header: str, payload: str) -> dict[str, Any]:
    """The settings by which it posts `payload` to `url`; the text of the payload must be sent as JSON of that text."""
    options = had.get("options")
    kept = options if isinstance(options, dict) else {}
    told = {"webhookUrl": url, "authHeader": header, "jsonPayload": json.dumps(payload)}
    return {**had, "enabled": True, "types": _EVERYTHING, "options": {**kept, **told}}
