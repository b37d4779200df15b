"""How the services are, in one line: what is down and since when, that all is well, or that nobody knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from medianest.core.i18n import Message, msg
from medianest.status.arranging import Service
from medianest.status.service import Standing
from medianest.status.stretches import worse
from medianest.status.types import LinkState, State

_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicesLine:
    """A shape with words; `at` is the time that they end in, `details` say what it means or which services it is."""

    shape: State
    title: Message
    at: datetime | None = None
    details: tuple[Message, ...] = ()


def services_line(standing: Standing) -> ServicesLine | None:
    """Nothing for who is shown no service, and where nobody watches any."""
    if standing.link.state is LinkState.OFF or not standing.services:
        return None
    if not standing.holds:
        return _unheard(standing.heard_at)
    down = [one for one in standing.services if one.monitor.state is State.DOWN]
    if len(down) == 1:
        return _down(down[0])
    named = ", ".join(one.name for one in down[:_NAMED])
    details = (msg("web.status.words", words=named),) if down else ()
    return ServicesLine(shape=_shape(standing.services), title=summary(standing), details=details)


def summary(standing: Standing) -> Message:
    """What is paused counts for nothing."""
    states = [state for one in standing.services if (state := standing.state_of(one)) is not State.PAUSED]
    down, up, total = states.count(State.DOWN), states.count(State.UP), len(states)
    if not standing.holds or not total:
        return msg("web.status.nobody_knows")
    if down:
        return msg("web.status.some_down", n=down, total=total)
    return msg("web.status.all_up", n=total) if up == total else msg("web.status.none_down", n=up, total=total)


def _unheard(heard_at: datetime | None) -> ServicesLine:
    title = msg("web.status.last_heard" if heard_at else "web.status.nobody_knows")
    return ServicesLine(shape=State.UNKNOWN, title=title, at=heard_at)


def _down(service: Service) -> ServicesLine:
    """What the administrator says that it means, else what of the portal leans on it."""
    since = service.monitor.since if service.monitor.beats else None
    told = (msg("web.status.words", words=service.meaning),) if service.meaning else ()
    carried = tuple(msg(f"web.status.{function}_meanwhile") for function in sorted(service.carries))
    return ServicesLine(
        shape=State.DOWN,
        title=msg("web.status.down_since" if since else "web.status.is_down", name=service.name),
        at=since,
        details=told or carried,
    )


def _shape(services: Sequence[Service]) -> State:
    """The worst of all that is not paused."""
    states = [one.monitor.state for one in services if one.monitor.state is not State.PAUSED]
    if State.DOWN not in states and State.UNKNOWN in states:
        return State.UNKNOWN
    return reduce(worse, states, State.UNKNOWN)
