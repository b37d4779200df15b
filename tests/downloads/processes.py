"""Looking at processes from outside: who lives in a session, and waiting until something about them is so."""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_PATIENCE_S = 20.0
_LOOK_EVERY_S = 0.01


def session(leader: int) -> dict[int, str]:
    """The living processes of a session by name; zombies do not count."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, _, rest = stat.read_text().partition("(")[2].rpartition(")")
            state, _, _, in_session = rest.split()[:4]
            if int(in_session) == leader and state != "Z":
                found[int(stat.parent.name)] = name
    return found


async def until(condition: Callable[[], object], *, patience_s: float = _PATIENCE_S) -> float:
    """Wait until it holds; how long that took."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while not condition():
        assert loop.time() - began < patience_s, "waited in vain"
        await asyncio.sleep(_LOOK_EVERY_S)
    return loop.time() - began


async def freeze(leader: int, name: str) -> int:
    """Wait for a process whose name begins so in the session, and stop it where it is, unless it just ends."""
    while True:
        await until(lambda: any(found.startswith(name) for found in session(leader).values()))
        for pid, found in session(leader).items():
            if found.startswith(name):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
                if pid in session(leader):
                    return pid
