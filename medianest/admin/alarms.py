"""When something about the house is worth an administrator's attention, and when it is well again; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from medianest.downloads.ytdlp.versions import Status

OUTDATED_DAYS = 60
PATIENCE = timedelta(minutes=5)
_LOW, _ROOMY = 2, 3
_REFUSED = frozenset({"key", "refused"})
_WELL = "here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Since when an upstream cannot be used; `is_refused` where it answers, and does not take our credentials."""

    since: datetime
    is_refused: bool


def is_low(free_bytes: int, least_bytes: int, *, was_low: bool) -> bool:
    """Below twice what must stay free; what was low is so until there is three times as much."""
    return free_bytes < (_ROOMY if was_low else _LOW) * least_bytes


def outdated_by_days(status: Status, today: date) -> int | None:
    """How old the yt-dlp in use is, where that is too old and it was looked for a newer one, or none is wanted."""
    age = status.age_days(today)
    was_looked_for = status.checked_at is not None or status.policy == "off"
    return age if age is not None and age > OUTDATED_DAYS and was_looked_for and not status.updating else None


def trouble(found: str, before: Trouble | None, now: datetime) -> Trouble | None:
    """What is the matter with an upstream, by what a look found."""
    if found == _WELL:
        return None
    return Trouble(since=before.since if before else now, is_refused=found in _REFUSED)


def is_down(now_wrong: Trouble | None, now: datetime, *, was_down: bool) -> bool:
    """Refused credentials do not come back by themselves; what does not answer may."""
    if now_wrong is None:
        return False
    return was_down or now_wrong.is_refused or now - now_wrong.since >= PATIENCE


def is_news(told: Mapping[str, object] | None, version: str) -> bool:
    """Whether this version was not told of yet; `told` is what was told last."""
    return told is None or told.get("in_use") != version
