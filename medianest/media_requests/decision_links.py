"""Deciding by a link that was sent to somebody: signed, about one request, good for one decision until it expires."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from medianest.accounts import actors
from medianest.accounts import queries as accounts
from medianest.accounts.errors import NoSuchUser
from medianest.accounts.types import Client
from medianest.core import clock
from medianest.core.actor import Actor
from medianest.core.config import Settings
from medianest.core.db import Database
from medianest.core.i18n import msg
from medianest.core.security import load_or_create_key, new_id, sign, verify
from medianest.media_requests import queries, rights
from medianest.media_requests.errors import LinkOver
from medianest.media_requests.models import DecisionLinkRow
from medianest.media_requests.service import Requests
from medianest.media_requests.types import Request, State, Verdict

PATH = "/decide"
LASTS = timedelta(days=3)
_PURPOSE = "decide about a request"
_WORD = re.compile(r"[A-Za-z0-9_.-]{1,300}")
_row = DecisionLinkRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a link lets somebody decide about, and who that is."""

    request: Request
    actor: Actor


class DecisionLinks:
    """A link is as good as whom it was sent to: it ends when all their sessions end, or they may decide no more."""

    def __init__(self, db: Database, settings: Callable[[], Settings], requests: Requests) -> None:
        self._db = db
        self._settings = settings
        self._requests = requests

    async def make(self, session: AsyncSession, request_id: str, user_id: str) -> str:
        """The path of a new link, which is to be sent to this person and nobody else. Raises NoSuchUser."""
        id, now = new_id(), clock.now()
        epoch = await session.run_sync(accounts.epoch, user_id)
        if epoch is None:
            raise NoSuchUser(msg("accounts.no_such_user"))
        await session.execute(delete(_row).where(_row.expires_at <= now))
        made = {"id": id, "request_id": request_id, "user_id": user_id, "epoch": epoch, "expires_at": now + LASTS}
        await session.execute(insert(_row).values(**made))
        return f"{PATH}/{sign(self._key, _PURPOSE, id, until=now + LASTS)}"

    async def look(self, word: str) -> Offer:
        """What may be decided by this link, the last part of whose path is `word`. Raises LinkOver."""
        return await self._db.read(_offer, self._id(word))

    async def decide(self, word: str, verdict: Verdict, client: Client, *, reason: str = "") -> Request:
        """Decide; that uses the link up, unless nothing came of it. Raises LinkOver, and what deciding raises."""
        offer = await self.look(word)
        actor = offer.actor.on(address=client.address, request_id=client.request_id)
        return await self._requests.decide(actor, offer.request.id, verdict, reason=reason, link_id=self._id(word))

    def _id(self, word: str) -> str:
        id = verify(self._key, _PURPOSE, word) if _WORD.fullmatch(word) else None
        if id is None:
            raise LinkOver(msg("requests.link_over"))
        return id

    @cached_property
    def _key(self) -> bytes:
        return load_or_create_key(self._settings().paths.key_file)


def _offer(session: Session, id: str) -> Offer:
    """Raises LinkOver for a link that was used, and where it was sent to somebody who may not decide any more."""
    usable = (_row.id == id) & _row.used_at.is_(None) & (_row.expires_at > clock.now())
    link = session.execute(select(_row.request_id, _row.user_id, _row.epoch).where(usable)).first()
    user = accounts.user(session, link.user_id) if link else None
    if link is None or user is None or user.suspended_at or accounts.epoch(session, user.id) != link.epoch:
        raise LinkOver(msg("requests.link_over"))
    actor, request = actors.by_link(user), queries.by_id(session, link.request_id)
    if request is None or not rights.decides(actor):
        raise LinkOver(msg("requests.link_over"))
    if request.state is not State.PENDING:
        raise LinkOver(msg("requests.decided_already"))
    return Offer(request=request, actor=actor)
