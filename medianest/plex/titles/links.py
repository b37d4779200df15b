"""Ways into Plex: the page or the app that plays an item; pure."""

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Where an item is watched: in the browser, and in the app of a phone or tablet of Apple's.

    On Android the app itself takes the addresses of Plex's pages.
    """

    web: str
    app: str


def watch(app_url: str, machine_id: str, key: str) -> Watch:
    """`app_url` is Plex's own site, or who stands in for it."""
    path = quote(f"/library/metadata/{key}", safe="")
    machine = quote(machine_id, safe="")
    return Watch(
        web=f"{app_url}/desktop/#!/server/{machine}/details?key={path}",
        app=f"plex://preplay/?metadataKey={path}&server={machine}",
    )
