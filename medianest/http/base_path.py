"""The path on its host under which the installation stands (`[server] base_path`).

It is taken off where it is there, so that a proxy may pass requests on as they are (which is simplest), or without it.
"""

from litestar.types import HTTPScope


def below(base_path: str, scope: HTTPScope) -> HTTPScope:
    """The request as it were on a host of our own."""
    path = scope["path"]
    if not base_path or (path != base_path and not path.startswith(f"{base_path}/")):
        return scope
    raw_path = scope["raw_path"].removeprefix(base_path.encode())
    return {**scope, "path": path[len(base_path) :] or "/", "raw_path": raw_path or b"/"}


def without(base_path: str, path: str) -> str:
    """A path that a browser names, as the pages behind know it."""
    return path[len(base_path) :] if path.startswith(f"{base_path}/") else path
