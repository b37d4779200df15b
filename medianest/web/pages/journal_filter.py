"""What the journal's page is asked for: the fields of its form, as they stand in the address and come back in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from medianest.core.actor import Via
from medianest.core.errors import FieldError, Invalid
from medianest.core.event import topics
from medianest.core.i18n import msg
from medianest.core.journal_pages import Sought

Choice = TypeVar("Choice", bound=StrEnum)
_DAY = timedelta(days=1)
_EARLIEST, _LATEST = date(1970, 1, 1), date(9000, 1, 1)


class Span(StrEnum):
    """How far back, in days of the reader's; or the days that they name."""

    TODAY = "today"
    WEEK = "7d"
    MONTH = "30d"
    DATES = "dates"


_DAYS = {Span.TODAY: 1, Span.WEEK: 7, Span.MONTH: 30}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """The form; what is empty does not matter. `first` and `last` are as they were typed, `zone` an IANA name."""

    person: str = ""
    topic: str = ""
    via: Via | None = None
    span: Span | None = None
    first: str = ""
    last: str = ""
    zone: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.person or self.topic or self.via or self.span)

    @property
    def fields(self) -> dict[str, str]:
        """The fields that say something, as they stand in an address."""
        dates = {"from": self.first, "to": self.last} if self.span is Span.DATES else {}
        zone = {"zone": self.zone} if self.span else {}
        told = {"person": self.person, "topic": self.topic, "via": self.via, "span": self.span, **dates, **zone}
        return {name: str(value) for name, value in told.items() if value}

    def address(self, path: str, **more: str) -> str:
        query = urlencode(self.fields | more)
        return f"{path}?{query}" if query else path

    def sought(self, now: datetime) -> Sought:
        """Which entries that means at this moment. Raises Invalid for days that are none."""
        since, until = self._times(now)
        kinds = topics()[self.topic] if self.topic else None
        return Sought(kinds=kinds, actor_id=self.person or None, via=self.via, since=since, until=until)

    def _times(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        zone = zone_of(self.zone)
        if self.span in _DAYS:
            today = now.astimezone(zone).date()
            return _midnight(today - (_DAYS[self.span] - 1) * _DAY, zone), None
        if self.span is not Span.DATES:
            return None, None
        first, last = _day("from", self.first), _day("to", self.last)
        if first and last and first > last:
            raise _wrong("to", "web.journal.days_swapped")
        return _midnight(first, zone) if first else None, _midnight(last + _DAY, zone) if last else None


def read(query: Mapping[str, str]) -> Filter:
    """The filter of an address; words that mean nothing are left out, and dates alone mean these dates."""
    first, last = query.get("from", ""), query.get("to", "")
    span = _one_of(Span, query.get("span"))
    topic, zone = query.get("topic", ""), query.get("zone", "")
    return Filter(
        person=query.get("person", ""),
        topic=topic if topic in topics() else "",
        via=_one_of(Via, query.get("via")),
        span=Span.DATES if span is None and (first or last) else span,
        first=first,
        last=last,
        zone=zone if zone_of(zone) is not UTC else "",
    )


def zone_of(name: str) -> tzinfo:
    """The zone of this name; UTC where there is none."""
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        return UTC


def _one_of(choices: type[Choice], word: str | None) -> Choice | None:
    return next((choice for choice in choices if choice == word), None)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def _day(field: str, typed: str) -> date | None:
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        day = date.min
    if not _EARLIEST <= day < _LATEST:
        raise _wrong(field, "web.journal.no_day")
    return day


def _wrong(field: str, sentence: str) -> Invalid:
    message = msg(sentence)
    return Invalid(message, fields=(FieldError(field=field, message=message),))
