"""Two hundred and fifty strings that hurt somebody's program once: what a field must survive, whatever it is for."""

import json
from pathlib import Path

_LISTED = Path(__file__).parent / "strings.jsonl"
_LONG = ["a" * 256, "a" * 5000, "é" * 3000, "/" * 3000, "a/" * 2000, "," * 3000]


def strings(port: int) -> list[str]:
    """All of them; their addresses point to the port of a listener that nobody may reach."""
    lines = filter(None, _LISTED.read_text(encoding="utf-8").split("\n"))
    return [json.loads(line).replace("{port}", str(port)) for line in lines] + _LONG
