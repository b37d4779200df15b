"""What a public status page and the figures for Prometheus say, as messages; pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

from msgspec import Raw, Struct, field

from medianest.status import reading
from medianest.status.board import BEATS_MOST, DAY, MONITORS_MOST, MONTH, YEAR
from medianest.status.types import (
    Beaten,
    Certificate,
    Described,
    Listed,
    Message,
    Notice,
    Notices,
    Release,
    Share,
    Window,
    Windows,
)

LINES_MOST = 20_000
_GROUPS_MOST = 100
_FEW = 20
_SAMPLE = re.compile(r"([a-z_]{1,80})\{([^\n]{0,4000})\} (-?[0-9.eE+-]{1,30})$")
_LABEL = re.compile(r'([a-z_]{1,40})="((?:[^"\\]|\\.){0,1000})"')
_ESCAPED = re.compile(r"\\(.)")
_UNDER_WAY = "under-maintenance"
_DAYS_MOST, _DIGITS_MOST = 36_500, 16
_BY_NAME = 2**50
_WINDOWS = {"1d": DAY, "30d": MONTH, "365d": YEAR}


class _Shown(Struct, rename="camel"):
    id: int
    name: str | None = None
    type: str | None = None
    cert_expiry_days_remaining: int | str | None = None


class _Group(Struct, rename="camel"):
    name: str | None = None
    monitor_list: list[Raw] = field(default_factory=list)


class _Incident(Struct, rename="camel"):
    title: str | None = None
    content: str | None = None
    style: str | None = None
    created_date: str | None = None


class _Window(Struct, rename="camel"):
    title: str | None = None
    status: str | None = None


class _Page(Struct, rename="camel"):
    groups: list[Raw] = field(name="publicGroupList")
    incident: _Incident | None = None
    incidents: list[Raw] = field(default_factory=list)
    maintenance_list: list[Raw] = field(default_factory=list)


class _Beat(Struct):
    status: int
    time: str | None = None
    ping: float | None = None


class _Beats(Struct, rename="camel"):
    heartbeat_list: dict[str, list[Raw]]
    uptime_list: dict[str, Raw] = field(default_factory=dict)


class _Taken(Struct):
    ok: bool


def page(body: bytes, now: datetime) -> Sequence[Message]:
    """What a status page shows, apart from how it is. Raises ValueError for what is none."""
    told = reading.read(body, _Page)
    if told is None:
        raise ValueError("no status page")
    monitors: dict[int, Described] = {}
    certificates: list[Message] = []
    for group in reading.each(told.groups[:_GROUPS_MOST], _Group):
        for one in reading.each(group.monitor_list[: MONITORS_MOST - len(monitors)], _Shown):
            if (id := reading.number(one.id)) is not None:
                monitors[id] = _described(one, group, len(monitors))
                certificates.append(_certificate(id, one.cert_expiry_days_remaining, now))
    written = [*([told.incident] if told.incident else []), *reading.each(told.incidents[:_FEW], _Incident)]
    windows = reading.each(told.maintenance_list[:_FEW], _Window)
    return [
        Listed(monitors=monitors, whole=True),
        *certificates,
        Notices(notices=tuple(_notice(one) for one in written)),
        Windows(windows=tuple(_window(one) for one in windows)),
    ]


def beats(body: bytes) -> Sequence[Message]:
    """How the services of a status page are. Raises ValueError for what says nothing of that."""
    told = reading.read(body, _Beats)
    if told is None:
        raise ValueError("no beats")
    return [*_beats(told), *_shares(told)]


def figures(text: str, now: datetime) -> Sequence[Message]:
    """What Prometheus is told; before 2.x monitors have no numbers there. Raises ValueError for what is no such."""
    told = list(_samples(text))
    latency = {one.monitor: one.value for one in told if one.name == "monitor_response_time"}
    status = [one for one in told if one.name == "monitor_status" and one.monitor][:MONITORS_MOST]
    if not any(one.name == "app_version" for one in told):
        raise ValueError("no figures of Uptime Kuma")
    monitors = {one.monitor: _named(one, place) for place, one in enumerate(status)}
    at = now.isoformat()
    beats = [
        Beaten(monitor=one.monitor, beats=reading.beats([(at, int(one.value), latency.get(one.monitor))]))
        for one in status
    ]
    return [Listed(monitors=monitors, whole=True), *beats, *(message for one in told for message in _more(one, now))]


def is_taken(body: bytes) -> bool:
    """Whether it says that it took what it was told."""
    told = reading.read(body, _Taken)
    return told is not None and told.ok


class _Sample(NamedTuple):
    """One figure; `monitor` is 0 where it is of none."""

    name: str
    labels: Mapping[str, str]
    value: float
    monitor: int


def _samples(text: str) -> Iterator[_Sample]:
    for line in islice(text.splitlines(), LINES_MOST):
        if found := _SAMPLE.fullmatch(line):
            labels = {key: _ESCAPED.sub(r"\1", value) for key, value in _LABEL.findall(found[2])}
            value = reading.read(found[3], float)
            if value is not None:
                yield _Sample(found[1], labels, value, _id_of(labels))


def _id_of(labels: Mapping[str, str]) -> int:
    name = reading.text(labels.get("monitor_name"), reading.NAME_MOST)
    if not name:
        return 0
    known = reading.read(labels.get("monitor_id", ""), int)
    if known is not None:
        return reading.number(known) or 0
    return int.from_bytes(sha256(name.encode()).digest()[:5]) + _BY_NAME


def _named(one: _Sample, place: int) -> Described:
    name = reading.text(one.labels.get("monitor_name"), reading.NAME_MOST)
    kind = reading.text(one.labels.get("monitor_type"), reading.NAME_MOST)
    return Described(name=name, kind=kind, place=place)


def _more(one: _Sample, now: datetime) -> Iterator[Message]:
    hours, share = _WINDOWS.get(one.labels.get("window", "")), reading.share(one.value)
    if one.name == "app_version":
        yield Release(version=reading.text(one.labels.get("version"), reading.NAME_MOST))
    elif one.name == "monitor_uptime_ratio" and hours and share is not None:
        yield Share(monitor=one.monitor, hours=hours, up=share)
    elif one.name == "monitor_cert_days_remaining":
        yield _certificate(one.monitor, int(min(max(one.value, -_DAYS_MOST), _DAYS_MOST)), now)


def _beats(told: _Beats) -> Iterator[Message]:
    for id, rows in islice(told.heartbeat_list.items(), MONITORS_MOST):
        number = reading.number(int(id)) if id.isdecimal() and len(id) < _DIGITS_MOST else None
        if number is not None:
            found = reading.each(rows[-BEATS_MOST:], _Beat)
            yield Beaten(
                monitor=number, beats=reading.beats((one.time, one.status, one.ping) for one in found), whole=True
            )


def _shares(told: _Beats) -> Iterator[Message]:
    """Its keys are such as `7_24`: the monitor, and of how many hours."""
    for key, raw in islice(told.uptime_list.items(), MONITORS_MOST):
        id, _, hours = key.partition("_")
        up = reading.read(raw, float)
        share = reading.share(up) if up is not None else None
        if id.isdecimal() and len(id) < _DIGITS_MOST and hours == str(DAY) and share is not None:
            yield Share(monitor=int(id), hours=DAY, up=share)


def _described(one: _Shown, group: _Group, place: int) -> Described:
    return Described(
        name=reading.text(one.name, reading.NAME_MOST),
        kind=reading.text(one.type, reading.NAME_MOST),
        group=reading.text(group.name, reading.NAME_MOST),
        place=place,
    )


def _certificate(id: int, days: int | str | None, now: datetime) -> Certificate:
    """A service without a certificate has a text without letters there."""
    known = isinstance(days, int) and abs(days) <= _DAYS_MOST
    return Certificate(monitor=id, until=now + timedelta(days=int(days or 0)) if known else None)


def _notice(one: _Incident) -> Notice:
    return Notice(
        title=reading.text(one.title, reading.NAME_MOST),
        text=reading.text(one.content, reading.WORDS_MOST),
        style=reading.text(one.style, _FEW),
        at=reading.moment(one.created_date),
    )


def _window(one: _Window) -> Window:
    title = reading.text(one.title, reading.NAME_MOST)
    return Window(title=title, under_way=one.status == _UNDER_WAY, begins_at=None, ends_at=None)
