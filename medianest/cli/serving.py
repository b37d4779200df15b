"""The portal as a process: started, greeted with where it is, and run until it is told to stop."""

import uvloop

from medianest.admin import welcome
from medianest.app import Portal, create_app
from medianest.core import log
from medianest.core.config import Settings, Sources
from medianest.http.serving import Server


def run(settings: Settings, sources: Sources) -> None:
    """Run the portal until it is told to stop. The caller holds the data folder's lock."""
    log.configure(settings.log)
    uvloop.run(serve(create_app(settings, sources)))


async def serve(portal: Portal) -> None:
    """Raises CannotListen before anything is started."""

    async def greet(listening: tuple[str, int]) -> None:
        secret = await portal.accounts.new_setup_secret()
        print(*welcome.lines(listening, secret, wanted.base_path), sep="\n", flush=True)

    wanted = portal.settings.server
    server = Server(portal.asgi, host=wanted.host, port=wanted.port, before_stop=portal.ground.leases.end_all)
    async with portal.living():
        await server.serve_telling(greet)
