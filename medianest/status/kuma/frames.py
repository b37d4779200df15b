"""What an event of Uptime Kuma means, in either of its dialects, 1.23 and 2.x; pure.

Of a monitor, only what is shown is read: the rest has passwords, push tokens and whole answers of services in it.
Numbers of monitors are texts in what follows a login, and numbers in what comes later; a beat of a service that is down
has no `ping`; `certInfo` is a text that is JSON; rows of `heartbeatList` are those of Uptime Kuma's own database.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from types import MappingProxyType

from msgspec import Raw, Struct, field

from medianest.status import reading
from medianest.status.board import BEATS_MOST, MONITORS_MOST, YEAR
from medianest.status.types import (
    Arrived,
    Beaten,
    Certificate,
    Described,
    Gone,
    Listed,
    Message,
    Release,
    Share,
    Window,
    Windows,
)

_WINDOWS_MOST = 50
_UNDER_WAY = ("under-maintenance",)
_OVER = ("ended", "inactive")


class _Monitor(Struct, rename="camel"):
    id: int
    name: str | None = None
    type: str | None = None
    parent: int | None = None
    active: bool = True
    force_inactive: bool = False
    maintenance: bool = False
    weight: int = 0


class _Beat(Struct):
    status: int
    time: str | None = None
    msg: str | None = None
    ping: float | None = None
    monitor: int = field(name="monitorID", default=0)


class _Slot(Struct, rename="camel"):
    start_date: str | None = None
    end_date: str | None = None


class _Window(Struct, rename="camel"):
    title: str | None = None
    status: str | None = None
    timeslot_list: list[_Slot] = field(default_factory=list)


class _Chain(Struct, rename="camel"):
    valid_to: str | None = None


class _Checked(Struct):
    chain: _Chain | None = field(name="certInfo", default=None)


class _Info(Struct):
    version: str | None = None


def message(event: str, told: Sequence[Raw]) -> Message | None:
    """What an event with these arguments means; None where that is nothing, or nothing that can be read."""
    read = _READERS.get(event)
    return read(told) if read else None


def _whole_list(told: Sequence[Raw]) -> Message | None:
    return _list(told, whole=True)


def _change(told: Sequence[Raw]) -> Message | None:
    return _list(told, whole=False)


def _list(told: Sequence[Raw], *, whole: bool) -> Message | None:
    found = _first(told, dict[str, Raw])
    if found is None:
        return None
    monitors: dict[int, Described] = {}
    for place, one in enumerate(reading.each(islice(found.values(), MONITORS_MOST), _Monitor)):
        if (id := reading.number(one.id)) is not None:
            monitors[id] = _described(one, place)
    return Listed(monitors=monitors, whole=whole)


def _described(one: _Monitor, place: int) -> Described:
    return Described(
        name=reading.text(one.name, reading.NAME_MOST),
        kind=reading.text(one.type, reading.NAME_MOST),
        parent=reading.number(one.parent or 0),
        active=one.active and not one.force_inactive,
        in_maintenance=one.maintenance,
        weight=one.weight,
        place=place,
    )


def _gone(told: Sequence[Raw]) -> Message | None:
    id = _id(told)
    return Gone(monitor=id) if id else None


def _beat(told: Sequence[Raw]) -> Message | None:
    one = _first(told, _Beat)
    id = reading.number(one.monitor) if one else None
    if one is None or id is None:
        return None
    beats = reading.beats([(one.time, one.status, one.ping)])
    return Beaten(monitor=id, beats=beats, words=reading.text(one.msg, reading.WORDS_MOST)) if beats else None


def _beats(told: Sequence[Raw]) -> Message | None:
    id, rows = _id(told), reading.read(told[1], list[Raw]) if len(told) > 1 else None
    if id is None or rows is None:
        return None
    found = list(reading.each(rows[-BEATS_MOST:], _Beat))
    words = reading.text(found[-1].msg, reading.WORDS_MOST) if found else ""
    beats = reading.beats((one.time, one.status, one.ping) for one in found)
    return Beaten(monitor=id, beats=beats, words=words, whole=True)


def _share(told: Sequence[Raw]) -> Message | None:
    id = _id(told)
    if id is None or len(told) < 3:
        return None
    hours = YEAR if reading.read(told[1], str) == "1y" else reading.read(told[1], int)
    up = reading.read(told[2], float)
    share = reading.share(up) if up is not None else None
    if hours is None or share is None or not 0 < hours <= YEAR:
        return None
    return Share(monitor=id, hours=_period(hours), up=share)


def _period(hours: int) -> int:
    """Only the periods that are shown are kept apart, so that no more than those are remembered."""
    return min((24, 720, YEAR), key=lambda known: abs(known - hours))


def _certificate(told: Sequence[Raw]) -> Message | None:
    id, written = _id(told), reading.read(told[1], str) if len(told) > 1 else None
    checked = reading.read(written, _Checked) if written is not None else None
    if id is None or checked is None:
        return None
    until = reading.moment(checked.chain.valid_to) if checked.chain else None
    return Certificate(monitor=id, until=until)


def _windows(told: Sequence[Raw]) -> Message | None:
    found = _first(told, dict[str, Raw])
    if found is None:
        return None
    windows = reading.each(islice(found.values(), _WINDOWS_MOST), _Window)
    return Windows(windows=tuple(_window(one) for one in windows if one.status not in _OVER))


def _window(one: _Window) -> Window:
    slot = one.timeslot_list[0] if one.timeslot_list else _Slot()
    return Window(
        title=reading.text(one.title, reading.NAME_MOST),
        under_way=one.status in _UNDER_WAY,
        begins_at=reading.moment(slot.start_date),
        ends_at=reading.moment(slot.end_date),
    )


def _release(told: Sequence[Raw]) -> Message | None:
    info = _first(told, _Info)
    return Release(version=reading.text(info.version, reading.NAME_MOST)) if info and info.version else None


def _arrived(_told: Sequence[Raw]) -> Message | None:
    return Arrived()


def _id(told: Sequence[Raw]) -> int | None:
    id = _first(told, int)
    return None if id is None else reading.number(id)


def _first(told: Sequence[Raw], kind: type[reading.T]) -> reading.T | None:
    return reading.read(told[0], kind) if told else None


_READERS: Mapping[str, Callable[[Sequence[Raw]], Message | None]] = MappingProxyType(
    {
        "monitorList": _whole_list,
        "updateMonitorIntoList": _change,
        "deleteMonitorFromList": _gone,
        "heartbeat": _beat,
        "heartbeatList": _beats,
        "uptime": _share,
        "certInfo": _certificate,
        "maintenanceList": _windows,
        "info": _release,
        "initServerTimezone": _arrived,
    }
)
