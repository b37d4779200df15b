"""How the services are, put together from the settings and the rest of the feature."""

from collections.abc import Callable, Sequence
from pathlib import Path

from medianest.core.config import Settings, UptimeKumaSettings
from medianest.core.db import Database
from medianest.core.live import Live
from medianest.core.metrics import Metrics
from medianest.core.readiness import Checks
from medianest.status.pushing import Pushing
from medianest.status.service import Status
from medianest.status.tokens import Tokens
from medianest.status.types import LinkState, Login
from medianest.status.ways import Figures, Page, Talking, Way


def build(db: Database, live: Live, metrics: Metrics, settings: Callable[[], Settings], ready: Checks) -> Status:
    """`settings` are those that hold at that moment, `ready` is what is pushed; who watches `live` hears each beat."""
    said, pushing = settings(), _pushing(settings, ready)
    status = Status(db, live, settings, ways(db, said.uptime_kuma, said.paths.key_file), pushing=pushing)
    metrics.gauge_of("uptime_kuma_up", "Whether Uptime Kuma is heard", lambda: float(status.link.state is LinkState.UP))
    metrics.gauge_of("services_watched", "Services on the board", lambda: float(len(status.watcher.board.monitors)))
    if pushing:
        metrics.upstream(lambda: pushing.health)
    return status


def _pushing(settings: Callable[[], Settings], ready: Checks) -> Pushing | None:
    said = settings().uptime_kuma
    token = said.push_token.get_secret_value()
    if said.url is None or not token:
        return None
    return Pushing(said.url, token, every_s=lambda: float(settings().uptime_kuma.push_every_s), ready=ready)


def ways(db: Database, said: UptimeKumaSettings, key_file: Path) -> Sequence[Way]:
    """Those that are set up, the best first; an address alone is one that lets everybody in.

    Where there is a token for pushing and nothing else, nobody is listened to.
    """
    if said.url is None:
        return ()
    key, token = said.api_key.get_secret_value(), said.push_token.get_secret_value()
    found: list[Way] = []
    if said.username or not (said.status_page or key or token):
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
