"""Admin: the yt-dlp in use, a newer one, and the way back; a section of the doctor's page."""

from dataclasses import dataclass
from datetime import datetime

from medianest.core import clock
from medianest.core.i18n import Message, msg
from medianest.downloads.ytdlp.versions import Status
from medianest.web import htmx
from medianest.web.given import CurrentReader, TheServices
from medianest.web.htmx import Html

_PAGE = "/admin/doctor"
_OLD_DAYS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class YtdlpView:
    """What is in use, and what can be done; `state` is the name of its shape: up, pending or down."""

    state: str
    version: Message
    policy: Message
    checked_at: datetime | None
    trouble: Message | None
    back_to: str | None
    updating: bool


async def update(reader: CurrentReader, services: TheServices) -> Html:
    """Begin to look for a newer one; the page says how it goes."""
    services.ytdlp.begin_update(reader.asking.actor)
    return htmx.go(reader, _PAGE)


async def roll_back(reader: CurrentReader, services: TheServices) -> Html:
    """Go back to the one before."""
    await services.ytdlp.roll_back(reader.asking.actor)
    return htmx.go(reader, _PAGE)


def ytdlp_view(status: Status) -> YtdlpView:
    age = status.age_days(clock.now().date())
    origin = "bundled" if status.is_bundled else "fresh"
    return YtdlpView(
        state="down" if age is None else "pending" if status.trouble or age >= _OLD_DAYS else "up",
        version=msg(f"web.ytdlp.{origin}", version=status.copy.version, ejs=status.copy.ejs, n=age or 0),
        policy=msg(f"web.ytdlp.{status.policy}"),
        checked_at=status.checked_at,
        trouble=status.trouble,
        back_to=status.back_to,
        updating=status.updating,
    )
