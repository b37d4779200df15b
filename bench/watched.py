"""The portal with a watch on its event loop, which is written to `lag.json` in its folder when it ends."""

import json
import sys
from pathlib import Path

from bench.frame import loop_lag
from medianest import cli
from medianest.app import Portal
from medianest.cli import serving

RECORD = "lag.json"
serve = serving.serve


async def watched(portal: Portal) -> None:
    async with loop_lag() as lag:
        await serve(portal)
    Path(RECORD).write_text(json.dumps(lag.late))


if __name__ == "__main__":
    serving.serve = watched
    sys.exit(cli.main())
