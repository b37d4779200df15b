"""The portal as a process: started, greeted with where it is, and run until it is told to stop."""

import faulthandler

import uvloop

from medianest.admin import welcome
from medianest.app import Portal, create_app
from medianest.core import log
from medianest.core.config import Settings, Sources
from medianest.http.serving import Server

_STOPPED_WITHIN_S = 25.0
_ENDED_WITHIN_S = 3.0


def run(settings: Settings, sources: Sources) -> None:
    """Run the portal until it is told to stop. The caller holds the data folder's lock."""
    log.configure(settings.log)
    uvloop.run(serve(create_app(settings, sources)))


async def serve(portal: Portal) -> None:
    """Raises CannotListen before anything is started. Who calls this ends with it."""

    async def greet(listening: tuple[str, int]) -> None:
        secret = await portal.accounts.new_setup_secret()
        print(*welcome.lines(listening, secret, wanted.base_path), sep="\n", flush=True)

    def begin_to_stop() -> None:
        _end_within(_STOPPED_WITHIN_S)
        portal.ground.leases.end_all()

    wanted = portal.settings.server
    server = Server(portal.asgi, host=wanted.host, port=wanted.port, before_stop=begin_to_stop)
    async with portal.living():
        await server.serve_telling(greet)
    _end_within(_ENDED_WITHIN_S)


def _end_within(seconds: float) -> None:
    """End the process then, whatever holds it up, and write down where each thread is.

    A thread that waits for a disk or a name cannot be told to stop, and Python waits for it without end.
    """
    faulthandler.dump_traceback_later(seconds, exit=True)
