"""The yt-dlp in use, a newer one, and the way back."""

from datetime import datetime
from http import HTTPStatus

from medianest.api import answers
from medianest.api.answers import Answer
from medianest.api.given import CurrentReader, Served
from medianest.api.reader import Reader
from medianest.api.wire import Output
from medianest.core import clock
from medianest.downloads.ytdlp.versions import Status


class Ytdlp(Output, frozen=True, kw_only=True):
    """What new work begins with; `back_to` is what a way back leads to, `trouble` why the last look brought nothing."""

    version: str
    ejs_version: str | None
    age_days: int | None
    bundled: bool
    back_to: str | None
    policy: str
    checked_at: datetime | None
    trouble: str | None
    updating: bool


async def show(services: Served, reader: CurrentReader) -> Answer:
    """Which yt-dlp is in use, and how the last look for a newer one went."""
    return answers.json(_ytdlp(reader, await services.ytdlp.status()))


async def update(services: Served, reader: CurrentReader) -> Answer:
    """Begin to install, try out and take a newer one, if there is one; how it goes is in the journal, and here."""
    services.ytdlp.begin_update(reader.actor)
    return answers.json(_ytdlp(reader, await services.ytdlp.status()), status=HTTPStatus.ACCEPTED)


async def roll_back(services: Served, reader: CurrentReader) -> Answer:
    """Go back to the one before, and refuse the one that was in use."""
    return answers.json(_ytdlp(reader, await services.ytdlp.roll_back(reader.actor)))


def _ytdlp(reader: Reader, status: Status) -> Ytdlp:
    return Ytdlp(
        version=status.copy.version,
        ejs_version=status.copy.ejs,
        age_days=status.age_days(clock.now().date()),
        bundled=status.is_bundled,
        back_to=status.back_to,
        policy=status.policy,
        checked_at=status.checked_at,
        trouble=reader.say(status.trouble) if status.trouble else None,
        updating=status.updating,
    )
