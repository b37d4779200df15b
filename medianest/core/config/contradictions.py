"""What two settings say against each other, though each alone is fine; each is told of the one that would change."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from medianest.core.config import presets
from medianest.core.config.found import Name
from medianest.core.config.settings import ServerSettings, Settings, UptimeKumaSettings
from medianest.core.i18n import Message, msg


def of(settings: Settings) -> Iterator[tuple[Name, Message]]:
    """What does not go together, by the setting that was given and would have to be another."""
    yield from _kept_out(settings.server)
    yield from _two_paths(settings.server)
    yield from _push_to_nobody(settings.uptime_kuma)
    yield from presets.contradictions(settings.downloads.presets, settings.downloads.default_preset)


def _kept_out(server: ServerSettings) -> Iterator[tuple[Name, Message]]:
    """Who may read the figures has to reach the portal."""
    for network in server.metrics_allow if server.allowed_networks else ():
        if not any(
            network.version == let_in.version and network.overlaps(let_in) for let_in in server.allowed_networks
        ):
            yield ("server", "metrics_allow"), msg("config.metrics_kept_out", network=str(network))


def _two_paths(server: ServerSettings) -> Iterator[tuple[Name, Message]]:
    """The public address may name the base path, and no other path."""
    path = urlsplit(server.public_url or "").path
    if path not in ("", server.base_path):
        yield ("server", "public_url"), msg("config.two_paths", path=path)


def _push_to_nobody(kuma: UptimeKumaSettings) -> Iterator[tuple[Name, Message]]:
    """A token is one of a server."""
    if kuma.push_token.get_secret_value() and kuma.url is None:
        yield ("uptime_kuma", "push_token"), msg("config.push_to_nobody")
