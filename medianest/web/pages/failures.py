"""What failed, by its cause, on the queue's page: tried again or dismissed all together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from litestar.params import FromPath

from medianest.core.i18n import Message, msg
from medianest.downloads import failed
from medianest.downloads.failed import Cause
from medianest.downloads.types import ErrorCode
from medianest.web import htmx
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import Html
from medianest.web.pages.question import QuestionView, ask

_BACK = "/queue?show=failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseRow:
    """One cause, and what can be done about all that failed for it."""

    sentence: Message
    count: int
    newest_at: datetime
    retry_path: str
    dismiss_path: str


def cause_rows(causes: Iterable[Cause]) -> tuple[CauseRow, ...]:
    return tuple(
        CauseRow(
            sentence=msg(f"downloads.error.{cause.code}"),
            count=cause.count,
            newest_at=cause.newest_at,
            retry_path=f"/failures/{cause.code}/retry",
            dismiss_path=f"/failures/{cause.code}/dismiss",
        )
        for cause in causes
    )


async def retry(reader: CurrentReader, services: TheServices, code: FromPath[str]) -> Html:
    """Try all again that failed for this cause."""
    await services.downloads.failed.retry(reader.asking.actor, failed.code_of(code))
    return htmx.go(reader, _BACK)


async def ask_dismissal(reader: CurrentReader, services: TheServices, frame: PageFrame, code: FromPath[str]) -> Html:
    """Whether to take all off the list that failed for this cause."""
    known = failed.code_of(code)
    found = await services.db.read(failed.causes, reader.asking.actor)
    return ask(reader, frame, Place.QUEUE, dismissal(known, sum(cause.count for cause in found if cause.code is known)))


async def dismiss(reader: CurrentReader, services: TheServices, code: FromPath[str]) -> Html:
    """Take them off the list."""
    await services.downloads.failed.dismiss(reader.asking.actor, failed.code_of(code))
    return htmx.go(reader, _BACK)


def dismissal(code: ErrorCode, count: int) -> QuestionView:
    return QuestionView(
        title=msg("web.failed.dismiss_title", n=count),
        lines=(msg(f"downloads.error.{code}"), msg("web.failed.dismiss_line")),
        path=f"/failures/{code}/dismiss",
        button=msg("web.failed.dismiss_all"),
        back=_BACK,
    )
