"""The program of a child that runs a module of others, pip first of all: it dies with the portal and stays small.

Run as `python -I -c ... PACKAGES LIFELINE SOURCE MODULE [argument ...]`; SOURCE is where the module lies if the
interpreter does not know it, else empty.
"""

import runpy
import sys

from medianest.downloads.child.guard import limit, tie_to_parent
from medianest.downloads.protocol import Limits

LIMITS = Limits(cpu_s=600, file_bytes=64 << 20, open_files=256, nice=10)


def main() -> None:
    lifeline, source, module = sys.argv[1:4]
    tie_to_parent(int(lifeline))
    limit(LIMITS)
    if source:
        sys.path.insert(0, source)
    sys.argv[:] = [module, *sys.argv[4:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
