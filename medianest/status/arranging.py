"""The board as the household sees it: the administrator's names, groups and order over those of Uptime Kuma; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from medianest.core.actor import Role
from medianest.core.config import MonitorSettings
from medianest.status.board import Board, Monitor
from medianest.status.types import Function

_GROUP = "group"
_DEPTH_MOST = 10
_AS_IT_IS = MonitorSettings(monitor="*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A monitor by the name that people know; `meaning` says what it is to them that it is down.

    A monitor that only gathers others is no service: it is the name of their group.
    """

    monitor: Monitor
    name: str
    group: str
    roles: frozenset[Role]
    meaning: str
    carries: frozenset[Function]
    order: int = 0

    @property
    def id(self) -> int:
        return self.monitor.id

    @property
    def audience(self) -> frozenset[str]:
        return frozenset(f"role:{role}" for role in self.roles)


class Arrangement:
    """What an administrator said of the services, ready to be asked."""

    def __init__(self, settings: Sequence[MonitorSettings]) -> None:
        self._said = {_folded(one.monitor): one for one in settings}

    def all(self, board: Board) -> Sequence[Service]:
        """All services that anybody sees, in their order."""
        gathering = {one.described.parent for one in board.monitors.values()}
        shown = [one for one in board.monitors.values() if one.described.kind != _GROUP or one.id not in gathering]
        return self._sorted([self._service(board, one) for one in shown if not self._rule(one).hidden])

    def one(self, board: Board, id: int) -> Service | None:
        """One service, if anybody sees it."""
        monitor = board.monitors.get(id)
        if monitor is None or self._rule(monitor).hidden:
            return None
        return self._service(board, monitor)

    def _service(self, board: Board, one: Monitor) -> Service:
        rule = self._rule(one)
        return Service(
            monitor=one,
            name=rule.name or one.described.name,
            group=rule.group or one.described.group or self._gathered_by(board, one),
            roles=rule.roles,
            meaning=rule.meaning,
            carries=frozenset(Function(word) for word in rule.carries),
            order=rule.order,
        )

    def _rule(self, one: Monitor) -> MonitorSettings:
        """A number is more exact than a name."""
        return self._said.get(str(one.id)) or self._said.get(_folded(one.described.name)) or _AS_IT_IS

    def _gathered_by(self, board: Board, one: Monitor) -> str:
        """The names of the monitors above it, the highest first."""
        names = [self._rule(above).name or above.described.name for above in islice(_above(board, one), _DEPTH_MOST)]
        return " / ".join(reversed(names))

    def _sorted(self, services: Sequence[Service]) -> Sequence[Service]:
        """A group stands where its first service would; what is in none comes last."""
        own = sorted(services, key=lambda one: (not one.group, one.order, *_as_in_kuma(one.monitor)))
        places: dict[str, int] = {}
        for service in own:
            places.setdefault(service.group, len(places))
        return sorted(own, key=lambda one: places[one.group])


def _as_in_kuma(monitor: Monitor) -> tuple[int, int, str]:
    described = monitor.described
    return -described.weight, described.place, _folded(described.name)


def _above(board: Board, one: Monitor) -> Iterator[Monitor]:
    """Uptime Kuma may say of two monitors that each is in the other: this need not end."""
    while (parent := board.monitors.get(one.described.parent or 0)) is not None:
        yield parent
        one = parent


def _folded(name: str) -> str:
    return name.casefold().strip()
