"""Addresses that leave the house: in a message to somebody, not on a page of ours."""

from medianest.http.asking import Asking


def absolute(asking: Asking, path: str, *, public_url: str | None) -> str:
    """The whole address of a path: under the public URL where there is one, else where this request came to."""
    if public_url:
        return public_url.rstrip("/") + path
    return f"{'https' if asking.secure else 'http'}://{asking.authority}{path}"
