"""Asking a child about a link in a folder of its own, which is gone afterwards unless somebody keeps it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import structs

from medianest.downloads import protocol
from medianest.downloads.errors import Refused
from medianest.downloads.protocol import ChildEvent, Probe, ReadList
from medianest.downloads.reserve import Stay
from medianest.downloads.types import ErrorCode
from medianest.downloads.workshop import Workshop

_IDLE_S = 60.0


async def answers(
    shop: Workshop,
    id: str,
    folder: Path,
    command: Callable[[str], Probe | ReadList],
    *,
    byte_limit: int,
    within_s: float,
    stay: Stay | None = None,
) -> AsyncGenerator[ChildEvent, None]:
    """What a child says, up to its last word; `command` is given the proxy's address. Close it (`aclosing`).

    One that knows then what is to be downloaded may wait for that: its `stay`.

    Raises Refused with the queue's own code where it fails, or takes longer than `within_s`.
    """
    copy = await asyncio.to_thread(shop.copies.take, folder)
    allowance = shop.egress.open_pass(id, byte_limit=byte_limit, idle_s=_IDLE_S)
    deadline = asyncio.get_running_loop().time() + within_s
    child, is_kept = None, False
    try:
        child = await shop.reserve.begin(id, folder, copy, log=lambda _line: None)
        asked = command(allowance.proxy_url)
        lent = await shop.cookies.lend(urlsplit(asked.url).hostname or "")
        await child.send(structs.replace(asked, cookies=lent.words if lent else None))
        events, signed_in = child.events(), None
        while event := await _next(events, deadline):
            if isinstance(event, protocol.SignedIn):
                signed_in = event
            elif isinstance(event, protocol.FINAL):
                code = event.code if isinstance(event, protocol.Failed) else None
                await shop.cookies.take_back(lent, signed_in, code)
            if isinstance(event, protocol.Failed):
                raise _refused(event, is_blocked=bool(allowance.blocked))
            is_kept = isinstance(event, protocol.Probed) and not event.info.is_playlist
            yield event
    finally:
        shop.egress.close_pass(id)
        if child is not None:
            await (shop.reserve.keep(id, child, stay) if stay and is_kept else child.kill())


def _refused(failed: protocol.Failed, *, is_blocked: bool) -> Refused:
    wish = timedelta(seconds=failed.retry_after_s) if failed.retry_after_s else None
    return Refused(ErrorCode.BLOCKED_ADDRESS if is_blocked else failed.code, detail=failed.detail, retry_after=wish)


async def _next(events: AsyncIterator[ChildEvent], deadline: float) -> ChildEvent | None:
    """Only the wait for the child is timed, not what is done with what it said."""
    try:
        async with asyncio.timeout_at(deadline):
            return await anext(events, None)
    except TimeoutError:
        raise Refused(ErrorCode.NETWORK, detail="the site did not answer in time") from None
