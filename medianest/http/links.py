"""Addresses that leave the house: in a message to somebody, not on a page of ours."""

from medianest.core.config import ServerSettings
from medianest.http.asking import Asking


def absolute(asking: Asking, path: str, server: ServerSettings) -> str:
    """The whole address of a path of ours: at the public URL where there is one, else where this request came to."""
    if server.public_address:
        return server.public_address + path
    return f"{'https' if asking.secure else 'http'}://{asking.authority}{server.base_path}{path}"
