"""What is on the server, put together from the settings and the rest of the feature."""

from collections.abc import Callable

from medianest.core.actor import Role
from medianest.core.config import Settings
from medianest.core.db import Database
from medianest.core.live import Live, Signal
from medianest.core.metrics import Metrics
from medianest.plex import people
from medianest.plex.installation import Installation
from medianest.plex.titles.service import Surroundings, Titles
from medianest.plex.titles.types import SIGNAL

_EVERYBODY = frozenset(f"role:{role}" for role in Role)


def build(
    db: Database, live: Live, metrics: Metrics, settings: Callable[[], Settings], installation: Installation
) -> Titles:
    """`settings` are those that hold at that moment; `live` hears when to look again."""

    def tell() -> None:
        live.publish(Signal(kind=SIGNAL, subject_id=SIGNAL, audience=_EVERYBODY, data=None))

    async def token_of(user_id: str) -> str | None:
        return await db.read(people.server_token, installation.sealing, user_id)

    at = Surroundings(
        current_server=installation.current_server,
        known_server=installation.known_server,
        client_id=installation.client_id,
        token_of=token_of,
        app_url=settings().plex.app_url,
        key_file=settings().paths.key_file,
    )
    titles = Titles(db, at, path_map=lambda: dict(settings().plex.path_map), on_change=tell)
    metrics.upstream(lambda: titles.health)
    return titles
