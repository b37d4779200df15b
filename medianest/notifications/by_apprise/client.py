"""Tells services by Apprise, in a child process; the address is that of the settings at that moment."""

import asyncio
from collections.abc import Awaitable, Callable

from medianest.accounts.types import User
from medianest.core.apprise import asking
from medianest.core.apprise.wire import Told
from medianest.core.circuit import Ended
from medianest.core.config import ServiceSettings
from medianest.core.i18n import msg
from medianest.notifications.by_apprise.target import of_name, read
from medianest.notifications.transport import Undelivered
from medianest.notifications.types import Outgoing

_AT_ONCE = 2
"""Each child takes some 60 MiB while it speaks."""
_REFUSED = frozenset({401, 403})
_THROTTLED = 429
_FINAL = frozenset({400, 405, 413, 414, 415, 422})
"""All else can be mended in the settings, or by itself."""


class Services:
    """Sends to the services that `listed` has at that moment, for whom they still are."""

    def __init__(
        self,
        listed: Callable[[], tuple[ServiceSettings, ...]],
        person: Callable[[str], Awaitable[User | None]],
    ) -> None:
        self._listed = listed
        self._person = person
        self._places = asyncio.Semaphore(_AT_ONCE)

    def place(self, target: str) -> str:
        return read(target).name

    async def send(self, target: str, message: Outgoing) -> str:
        to = read(target)
        async with self._places:
            service, user = of_name(self._listed(), to.name), await self._person(to.user_id)
            if service is None or user is None or not service.is_for(user.name, user.role):
                raise Undelivered(msg("notifications.service_gone"), is_final=True)
            try:
                told = await asking.send(service.url.get_secret_value(), title=message.title, body=_body(message))
            except TimeoutError as error:
                raise Undelivered(msg("notifications.fault_time")) from error
            except OSError as error:
                raise Undelivered(msg("notifications.fault_answer"), answer=str(error)) from error
        return _read(told)

    async def stop(self) -> None:
        """Nothing stays open: who is cancelled ends their child."""


def _body(message: Outgoing) -> str:
    """Text, what can be done at once, and address; the title where there is none of these, for it must not be empty."""
    acts = (f"{act.label}: {act.url}" for act in message.acts)
    return "\n".join(filter(None, (message.body, *acts, message.url))) or message.title


def _read(told: Told) -> str:
    if told.is_well:
        return told.said
    if not told.is_known:
        raise Undelivered(msg("notifications.service_unknown"), is_final=True)
    said = msg("notifications.refused", status=told.status) if told.status else msg("notifications.not_taken")
    if told.why:
        said = msg(f"notifications.fault_{told.why}")
    raise Undelivered(
        said,
        answer=told.said,
        ended=_ended(told.status),
        is_final=told.status in _FINAL,
        retry_after_s=float(told.retry_after) if told.retry_after.isdecimal() else None,
    )


def _ended(status: int) -> Ended:
    """What the link learns: a refusal is an answer."""
    if status == _THROTTLED:
        return Ended.THROTTLED
    if status in _REFUSED:
        return Ended.UNAUTHORISED
    return Ended.WELL if status in _FINAL else Ended.FAILED
