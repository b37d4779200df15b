"""What is on the server, put together from the settings and the rest of the feature."""

from collections.abc import Callable

from medianest.core.config import Settings
from medianest.core.db import Database
from medianest.core.event import HOUSEHOLD
from medianest.core.live import Live, Signal
from medianest.core.metrics import Metrics
from medianest.plex import people
from medianest.plex.installation import Installation
from medianest.plex.titles.service import Surroundings, Titles

_STANDING = "plex.standing"


def build(
    db: Database, live: Live, metrics: Metrics, settings: Callable[[], Settings], installation: Installation
) -> Titles:
    """`settings` are those that hold at that moment; whoever watches `live` hears when the server comes or goes."""

    def tell() -> None:
        live.publish(Signal(kind=_STANDING, subject_id=_STANDING, audience=HOUSEHOLD, data=None))

    async def token_of(user_id: str) -> str | None:
        return await db.read(people.server_token, installation.sealing, user_id)

    at = Surroundings(
        current_server=installation.current_server,
        client_id=installation.client_id,
        token_of=token_of,
        app_url=settings().plex.app_url,
        key_file=settings().paths.key_file,
    )
    titles = Titles(db, at, path_map=lambda: dict(settings().plex.path_map), on_change=tell)
    metrics.upstream(lambda: titles.health)
    return titles
