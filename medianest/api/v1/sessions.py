"""Where somebody is signed in."""

from datetime import datetime

from litestar.params import FromPath

from medianest.api import answers
from medianest.api.answers import Answer
from medianest.api.given import Given, Served
from medianest.api.windows import window
from medianest.api.wire import List, Output, Paged
from medianest.http.given import CurrentActor


class Session(Output, frozen=True, kw_only=True):
    """A device on which somebody is signed in; `is_current` is the one that asks."""

    id: str
    user_agent: str
    address: str | None
    created_at: datetime
    authenticated_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    is_current: bool


async def listing(services: Served, actor: CurrentActor, id: FromPath[str], asked: Given[Paged]) -> Answer:
    """Your sessions, the last used first; for administrators anybody's."""
    page = window(await services.accounts.list_sessions(actor, id), asked, lambda session: session.id)
    items = [
        Session(
            id=known.id,
            user_agent=known.user_agent,
            address=known.address,
            created_at=known.created_at,
            authenticated_at=known.authenticated_at,
            last_seen_at=known.last_seen_at,
            expires_at=known.expires_at,
            is_current=known.id == actor.session_id,
        )
        for known in page.items
    ]
    return answers.json(List(items=items, next_cursor=page.next_cursor))


async def delete(services: Served, actor: CurrentActor, id: FromPath[str]) -> Answer:
    """Sign a device out."""
    await services.accounts.end_session(actor, id)
    return answers.nothing()
