"""How it stands with the sites that downloads come from, in words and a shape."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from medianest.core.i18n import Message, msg
from medianest.downloads.sites.health import Site, Standing

_SHAPES = {
    Standing.OK: "up",
    Standing.COOLING: "waiting",
    Standing.PROBING: "pending",
    Standing.HELD: "paused",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteTile:
    """A site: the shape before its standing, until when that holds, and what it means."""

    name: str
    state: str
    standing: Message
    until: datetime | None
    about: Message | None
    since: datetime | None


def tiles(sites: Iterable[Site], waiting: Mapping[str, int]) -> tuple[SiteTile, ...]:
    return tuple(tile(site, waiting.get(site.name, 0)) for site in sites)


def tile(site: Site, waiting: int) -> SiteTile:
    standing = site.standing
    return SiteTile(
        name=site.name,
        state=_SHAPES[standing],
        standing=msg(f"web.sites.{standing}"),
        until=site.until if standing is Standing.COOLING else None,
        about=_about(site, waiting),
        since=site.last_good_at if standing is Standing.OK else None,
    )


def _about(site: Site, waiting: int) -> Message | None:
    if site.standing is Standing.OK:
        return None
    why = msg("web.sites.held_back") if site.standing is Standing.HELD else msg(f"web.sites.why_{site.cause}")
    return msg("web.sites.about", why=why, waiting=msg("web.sites.waiting", n=waiting)) if waiting else why
