"""What of the portal does not work while a service is down, and what becomes of what is asked meanwhile."""

from dataclasses import dataclass, replace
from datetime import datetime

from medianest.core.actor import Actor
from medianest.core.i18n import Message, msg
from medianest.http.services import Services
from medianest.status.types import Function


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionDown:
    """`title` ends in the time since when; `told` promises who wants it now to say when it works again."""

    title: Message
    text: Message
    since: datetime
    told: Message | None = None


def down(services: Services, function: Function) -> FunctionDown | None:
    """None while it works, as far as Uptime Kuma tells. It names no service: not everybody is shown each of them."""
    outage = services.status.outages().get(function)
    if outage is None:
        return None
    return FunctionDown(
        title=msg(f"web.status.{function}_down"), text=msg(f"web.status.{function}_meanwhile"), since=outage.since
    )


def wanted(services: Services, actor: Actor, function: Function) -> FunctionDown | None:
    """The same for somebody who wants it now, and is told once when it works again."""
    services.status.ran_into(actor, function)
    found = down(services, function)
    return replace(found, told=msg("web.status.told_in_inbox")) if found else None
