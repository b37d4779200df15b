"""How much memory programs can still get: of the machine, or of the group that a container or service runs in.

By proc_meminfo(5) and https://docs.kernel.org/admin-guide/cgroup-v2.html.
"""

import re
from contextlib import suppress
from pathlib import Path

_AVAILABLE = re.compile(r"^MemAvailable: +(\d+) kB$", re.MULTILINE)
_GROUP = re.compile(r"^0::(/.*)$", re.MULTILINE)
_GIVEN_BACK = re.compile(r"^inactive_file (\d+)$", re.MULTILINE)


def available_bytes(*, proc: Path = Path("/proc"), groups: Path = Path("/sys/fs/cgroup")) -> int:
    """The less of both; files that are only kept in memory for next time count as free."""
    found = _AVAILABLE.search((proc / "meminfo").read_text())
    machine = int(found[1]) * 1024 if found else 0
    group = _left_in_group(proc, groups)
    return machine if group is None else min(machine, group)


def _left_in_group(proc: Path, groups: Path) -> int | None:
    """What the group may still take; None where it has no limit."""
    with suppress(OSError, ValueError):
        group = _GROUP.search((proc / "self" / "cgroup").read_text())
        folder = groups / (group[1].strip("/") if group else "")
        most = int((folder / "memory.max").read_text())
        given_back = _GIVEN_BACK.search((folder / "memory.stat").read_text())
        return most - int((folder / "memory.current").read_text()) + (int(given_back[1]) if given_back else 0)
    return None
