"""A queue of very many rows, and what is asked of it all the time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from medianest.core.actor import Actor
from medianest.core.paging import encode_cursor
from medianest.downloads import queries, waits
from medianest.downloads.line import order, turns
from medianest.downloads.ordering import Sort
from medianest.downloads.plans import usage
from medianest.downloads.sites import queries as site_queries
from medianest.downloads.states import ACTIVE
from medianest.downloads.types import State, Wait

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SITES = 3
_FATES = (
    *[(State.COMPLETED, None)] * 9,
    *[(State.QUEUED, None)] * 8,
    *[(State.WAITING, why) for why in (Wait.RETRY, Wait.PLAN)],
    (State.PAUSED, None),
)

Question = Callable[[Session], object]


def rows(numbers: range, owners: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Everybody has of each, from each site; nothing failed, so that who looks for that finds nothing anywhere."""
    for number in numbers:
        state, waits_for = _FATES[number % len(_FATES)]
        then = NOW - timedelta(days=2000) + timedelta(minutes=number)
        yield {
            "id": f"{number:07}",
            "url": f"https://tube.example/{number}",
            "source": f"{number}",
            "site": f"site{number % SITES}.example",
            "title": f"A walk through the old town, part {number}",
            "preset": "best",
            "position": number,
            "state": state,
            "waits_for": waits_for,
            "due_at": NOW + timedelta(hours=1) if waits_for else None,
            "owner_id": owners[number // len(_FATES) % len(owners)],
            "created_at": then,
            "begun_at": then if state is State.COMPLETED else None,
            "finished_at": then if state is State.COMPLETED else None,
        }


def questions(member: Actor, child: Actor, *, number: int) -> Mapping[str, Question]:
    """By name, of a queue of so many rows."""
    deep = encode_cursor(0, number * 4 // 5, "")
    long_ago = encode_cursor(NOW - timedelta(days=2000) + timedelta(minutes=number // 2), "")

    def listed(actor: Actor = member, **how: Any) -> Question:
        return lambda session: queries.listing(session, actor, **how)

    return {
        "the next turn": lambda session: turns.next_step(session, NOW, busy={}, per_site=2),
        "is anything due": lambda session: waits.is_any_due(session, NOW),
        "what is due next": waits.next_due,
        "the first page": listed(),
        "what is under way": listed(states=ACTIVE),
        "a page far behind": listed(states=ACTIVE, cursor=deep),
        "the latest": listed(sort=Sort.CREATED),
        "the latest of long ago": listed(sort=Sort.CREATED, cursor=long_ago),
        "what came in": listed(states=frozenset({State.COMPLETED}), sort=Sort.FINISHED),
        "what came in long ago": listed(states=frozenset({State.COMPLETED}), sort=Sort.FINISHED, cursor=long_ago),
        "what failed": listed(states=frozenset({State.FAILED}), sort=Sort.FINISHED),
        "one's own": listed(states=ACTIVE, mine=True),
        "one's own that failed": listed(states=frozenset({State.FAILED}), sort=Sort.FINISHED, mine=True),
        "what a child sees": listed(child),
        "counts": lambda session: queries.counts(session, member),
        "counts of a child": lambda session: queries.counts(session, child),
        "under way in a plan": lambda session: usage.active(session, member.id or ""),
        "sites": lambda session: site_queries.figures(session, site_queries.listing(session)),
        "the end of the line": order.end,
    }
