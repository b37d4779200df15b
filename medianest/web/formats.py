"""Numbers, sizes, durations and times as a reader's language writes them."""

from datetime import datetime

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_decimal, format_percent
from babel.units import format_compound_unit, format_unit

from medianest.core.i18n import Catalogue

_ENGLISH = "en_GB"
_UNITS = ("kilobyte", "megabyte", "gigabyte", "terabyte")
_STEP = 1000


class Formats:
    """The filters of one language; times are in the server's zone here, and the browser rewrites them in its own."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.locale = _locale(catalogue.language)

    def number(self, value: float) -> str:
        return format_decimal(value, locale=self.locale)

    def percent(self, value: float) -> str:
        """`value` is 0 to 100; what is not over never reads 100."""
        return format_percent(min(int(value), 100) / 100, locale=self.locale)

    def size(self, value: float) -> str:
        """Bytes, in the largest unit of which there is one, with a decimal below ten."""
        amount, unit = _scaled(value)
        return format_unit(amount, f"digital-{unit}", "short", format=_pattern(amount), locale=self.locale)

    def speed(self, value: float) -> str:
        """Bytes per second."""
        amount, unit = _scaled(value)
        shown = format_compound_unit(
            amount, f"digital-{unit}", denominator_unit="duration-second", length="short",
            format=_pattern(amount), locale=self.locale,
        )  # fmt: skip
        return shown or self.size(value)

    def duration(self, seconds: float) -> str:
        """How long something takes, in one or two words: `38 s`, `4 min`, `1 h 12 min`."""
        whole = round(seconds)
        if whole < 60:
            return self._say("web.duration.seconds", whole)
        minutes = round(whole / 60)
        if minutes < 60:
            return self._say("web.duration.minutes", minutes)
        if minutes < 24 * 60:
            return self._say("web.duration.hours", minutes // 60, minutes % 60)
        return self._say("web.duration.days", minutes // (24 * 60), minutes // 60 % 24)

    def clock(self, seconds: float) -> str:
        """A playing time as players write it: `4:07`, `1:02:31`."""
        minutes, rest = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

    def time(self, at: datetime) -> str:
        return format_time(at.astimezone(), "short", locale=self.locale)

    def datetime(self, at: datetime) -> str:
        local = at.astimezone()
        day = format_date(local, "medium", locale=self.locale)
        return self._catalogue.text("web.time.moment", day=day, time=self.time(at))

    def _say(self, id: str, first: int, second: int = 0) -> str:
        short = f"{id}_alone" if second == 0 and id.endswith(("hours", "days")) else id
        return self._catalogue.text(short, first=self.number(first), second=self.number(second))


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(_ENGLISH if language == "en" else language)
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_ENGLISH)


def _scaled(value: float) -> tuple[float, str]:
    amount = value / _STEP
    for unit in _UNITS[:-1]:
        if round(amount) < _STEP:
            return amount, unit
        amount /= _STEP
    return amount, _UNITS[-1]


def _pattern(amount: float) -> str:
    return "#,##0.#" if amount < 10 else "#,##0"
