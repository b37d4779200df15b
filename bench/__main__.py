"""Takes every figure, or those named: each module beside this one yields its own from `figures()`."""

import asyncio
import importlib
import sys

from bench import frame

NAMES = [
    "start",
    "pages",
    "many",
    "live",
    "status",
    "egress",
    "download",
    "pictures",
    "plex",
    "ask",
    "visits",
    "notify",
]


async def main(names: list[str]) -> int:
    """Prints the figures as they come; 1 when one misses its bar."""
    print(frame.machine())
    missed = 0
    for name in names:
        async for figure in importlib.import_module(f"bench.{name}").figures():
            print(figure, flush=True)
            missed += not figure.holds
    return min(missed, 1)


if unknown := set(sys.argv[1:]) - set(NAMES):
    sys.exit(f"no such figures: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
sys.exit(asyncio.run(main(sys.argv[1:] or NAMES)))
