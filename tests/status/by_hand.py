"""A board that is told by hand: nothing runs, and nobody is asked."""

from medianest.core import clock
from medianest.status.board import apply
from medianest.status.service import Status
from medianest.status.types import Link, LinkState, Message, Trouble, Via


async def tell(status: Status, *messages: Message, via: Via = Via.LIVE) -> None:
    """Uptime Kuma is heard, and says this; what comes of it is written down."""
    watcher = status.watcher
    watcher._heard_at = clock.now()
    if watcher.link.state is not LinkState.UP or watcher.link.via is not via:
        watcher._move(Link(state=LinkState.UP, via=via))
    for message in messages:
        watcher.board = apply(watcher.board, message)
        watcher._heard(message)
    await status.record.write_down()


async def lose(status: Status, trouble: Trouble = Trouble.AWAY) -> None:
    """It is heard no more."""
    status.watcher._move(Link(state=LinkState.DOWN, via=Via.LIVE, lost_at=clock.now(), trouble=trouble))
    await status.record.write_down()
