"""Summaries: whose is due, and what stands in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from medianest.accounts import actors
from medianest.accounts import queries as accounts
from medianest.accounts.types import User
from medianest.core import journal
from medianest.core.actor import SYSTEM
from medianest.core.event import people
from medianest.core.i18n import Catalogue, Message, msg
from medianest.downloads.events import DownloadFinished, PlaylistCompleted
from medianest.media_requests import listing
from medianest.media_requests.events import RequestAvailable, RequestPartlyAvailable
from medianest.media_requests.types import Request, State
from medianest.notifications import channel_queries, queries, rhythm
from medianest.notifications.events import DigestDue
from medianest.notifications.models import MannersRow
from medianest.notifications.types import Section
from medianest.plex.titles.service import Titles

LINES_MOST = 10
_AT_ONCE = 200
_NEWS_MOST = 2000
_OPEN = frozenset({State.SENDING, State.PENDING, State.APPROVED, State.PROCESSING, State.PARTIALLY_AVAILABLE})
_NEWS = (
    ("downloads", frozenset({DownloadFinished.kind, PlaylistCompleted.kind})),
    ("wishes_here", frozenset({RequestAvailable.kind, RequestPartlyAvailable.kind})),
)
_row = MannersRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What is new, by its section, and the wishes that are open; `n` is how much of all that is new."""

    n: int
    lists: Sequence[tuple[Message, Sequence[Message]]]

    def sections(self, say: Catalogue) -> tuple[Section, ...]:
        """As lists in a message, none longer than somebody reads."""
        made = []
        for title, lines in self.lists:
            left = len(lines) - LINES_MOST
            more = say.say(msg("notifications.and_more", n=left)) if left > 0 else ""
            shown = tuple(say.say(line) for line in lines[:LINES_MOST])
            made.append(Section(title=say.say(title), lines=shown, more=more))
        return tuple(made)


async def announce_due(session: AsyncSession, titles: Titles, *, now: datetime) -> int:
    """Say of some whose summary is due that it is, and when the next one is; how many were looked at.

    A second time at once nobody's is. Who left or is suspended, or has nothing to hear of, gets none.
    """
    due = select(_row.user_id, _row.digest_due_at).where(_row.digest_due_at <= now)
    rows = (await session.execute(due.order_by(_row.digest_due_at).limit(_AT_ONCE))).all()
    for row in rows:
        manners = await session.run_sync(channel_queries.manners, row.user_id)
        next_due = rhythm.next_digest(manners, now)
        moved = update(_row).where(_row.user_id == row.user_id, _row.digest_due_at == row.digest_due_at)
        await session.execute(moved.values(digest_due_at=next_due))
        user = await session.run_sync(accounts.user, row.user_id)
        if user is None or user.suspended_at is not None or next_due is None:
            continue
        since = rhythm.digest_before(manners, row.digest_due_at)
        until = rhythm.digest_before(manners, next_due)
        if (await summary(session, titles, user, since, until)).n:
            what = {"rhythm": str(manners.digest), "since": since.isoformat(), "until": until.isoformat()}
            told = DigestDue(actor=SYSTEM, subject_id=user.id, audience=people([user.id]), **what)
            await journal.record(session, told)
    return len(rows)


async def summary(session: AsyncSession, titles: Titles, user: User, since: datetime, until: datetime) -> Summary:
    """What came for somebody in that time, and how their wishes stand now.

    Of Plex it is what the portal knows: a server that is away holds no summary up.
    """
    in_plex = await titles.arrived_at_once(actors.looking(user), since, until, limit=_NEWS_MOST)
    return await session.run_sync(_gather, user, since, until, in_plex)


def _gather(session: Session, user: User, since: datetime, until: datetime, in_plex: Sequence[str]) -> Summary:
    lists: list[tuple[Message, Sequence[Message]]] = []
    n = 0
    told = queries.told_between(session, user.id, since, until, limit=_NEWS_MOST)
    for name, kinds in _NEWS:
        titles = dict.fromkeys(str(entry.data.get("title") or "") for entry in told if entry.kind in kinds)
        lines = [msg("digests.title", title=title or msg("notifications.untitled")) for title in titles]
        if lines:
            n += len(lines)
            lists.append((msg(f"digests.{name}", n=len(lines)), lines))
    if in_plex:
        n += len(in_plex)
        lists.append((msg("digests.in_plex", n=len(in_plex)), [msg("digests.title", title=one) for one in in_plex]))
    wishes = listing.listing(session, actors.by_link(user), states=_OPEN, mine=True, limit=100).items
    if wishes:
        n += sum(since < wish.changed_at <= until for wish in wishes)
        lists.append((msg("digests.wishes", n=len(wishes)), [_wish(wish) for wish in wishes]))
    return Summary(n=n, lists=lists)


def times_of(data: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """Of what time an announcement tells."""
    return datetime.fromisoformat(data["since"]), datetime.fromisoformat(data["until"])


def _wish(wish: Request) -> Message:
    named = wish.name or msg("notifications.untitled")
    return msg("digests.wish", title=named, state=msg(f"web.asking.state_{wish.state}"))
