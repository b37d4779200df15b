"""Whether all that must hold for the portal to work does hold: each check has its time, and one that fails does not."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

log = logging.getLogger(__name__)

Check = Callable[[], Awaitable[bool]]
Checks = Mapping[str, Check]
_PATIENCE_S = 2.0


async def look(checks: Checks) -> Mapping[str, bool]:
    """What holds now, by its name."""
    found = await asyncio.gather(*map(_in_time, checks.values()), return_exceptions=True)
    if failed := {name: held for name, held in zip(checks, found, strict=True) if held is not True}:
        log.warning("not ready: %s", failed)
    return {name: held is True for name, held in zip(checks, found, strict=True)}


async def _in_time(check: Check) -> bool:
    async with asyncio.timeout(_PATIENCE_S):
        return await check()
