"""Where a person goes next: only to places of ours."""

import re

PATH_MOST = 2000
_INTERNAL = re.compile(r"/(?![/\\])[!-\[\]-~]*")


def internal_path(wanted: str | None, *, otherwise: str = "/") -> str:
    """The wanted path, if it is one of ours whatever a browser makes of it; else `otherwise`."""
    if wanted and len(wanted) <= PATH_MOST and _INTERNAL.fullmatch(wanted):
        return wanted
    return otherwise
