"""How the services are, put together from the settings and the rest of the feature."""

from collections.abc import Callable, Sequence
from pathlib import Path

from medianest.core.config import Settings, UptimeKumaSettings
from medianest.core.db import Database
from medianest.core.live import Live
from medianest.core.metrics import Metrics
from medianest.status.service import Status
from medianest.status.tokens import Tokens
from medianest.status.types import LinkState, Login
from medianest.status.ways import Figures, Page, Talking, Way


def build(db: Database, live: Live, metrics: Metrics, settings: Callable[[], Settings]) -> Status:
    """`settings` are those that hold at that moment; whoever watches `live` hears each beat."""
    said = settings()
    status = Status(db, live, settings, ways(db, said.uptime_kuma, said.paths.key_file))
    metrics.gauge_of("uptime_kuma_up", "Whether Uptime Kuma is heard", lambda: float(status.link.state is LinkState.UP))
    metrics.gauge_of("services_watched", "Services on the board", lambda: float(len(status.watcher.board.monitors)))
    return status


def ways(db: Database, said: UptimeKumaSettings, key_file: Path) -> Sequence[Way]:
    """Those that are set up, the best first; an address alone is one that lets everybody in."""
    if said.url is None:
        return ()
    key = said.api_key.get_secret_value()
    found: list[Way] = []
    if said.username or not (said.status_page or key):
        tokens = Tokens(db, key_file, url=said.url, username=said.username)
        found.append(Talking(said.url, _login(said), tokens))
    if said.status_page:
        found.append(Page(said.url, said.status_page))
    if key:
        found.append(Figures(said.url, key))
    return found


def _login(said: UptimeKumaSettings) -> Login | None:
    if not said.username:
        return None
    password, secret = said.password.get_secret_value(), said.totp_secret.get_secret_value()
    return Login(username=said.username, password=password, totp_secret=secret)
