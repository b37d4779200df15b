"""What people want to hear by which channel, and when: changing it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.accounts.rights import require_person
from medianest.core import clock
from medianest.core.actor import Actor
from medianest.core.db import Database
from medianest.core.errors import FieldError, Forbidden, Invalid
from medianest.core.i18n import msg
from medianest.notifications import channel_queries, choosing, rhythm, sends
from medianest.notifications.models import ChoiceRow, MannersRow
from medianest.notifications.types import ChannelKind, Digest, Manners, Notice, Preferences


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What somebody wants changed; None stays as it is."""

    choices: Mapping[tuple[Notice, ChannelKind], bool] | None = None
    manners: Manners | None = None


class Preferring:
    """Everybody chooses for themselves."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def change(self, actor: Actor, change: Change) -> Preferences:
        """What is lined up and not wanted any more is taken back. Raises Forbidden, and Invalid for no such zone."""
        require_person(actor)
        if actor.id is None:
            raise Forbidden(msg("accounts.in_person_only"))
        async with self._db.transaction() as session:
            if change.choices is not None:
                await _choose(session, actor.id, change.choices)
            if change.manners is not None:
                await _behave(session, actor.id, change.manners)
            return await session.run_sync(channel_queries.preferences, actor.id)


async def _choose(session: AsyncSession, user_id: str, choices: Mapping[tuple[Notice, ChannelKind], bool]) -> None:
    """Only what differs from what holds for all is kept."""
    for (notice, kind), is_wanted in choices.items():
        one = {"user_id": user_id, "notice": notice, "kind": kind}
        if is_wanted == choosing.is_usual(notice, kind):
            mine = (ChoiceRow.user_id == user_id, ChoiceRow.notice == notice, ChoiceRow.kind == kind)
            await session.execute(delete(ChoiceRow).where(*mine))
        else:
            row = insert(ChoiceRow).values(**one, is_wanted=is_wanted)
            keys = [ChoiceRow.user_id, ChoiceRow.notice, ChoiceRow.kind]
            await session.execute(row.on_conflict_do_update(index_elements=keys, set_={"is_wanted": is_wanted}))
    for kind in ChannelKind:
        if unwanted := {notice for (notice, by), is_wanted in choices.items() if by is kind and not is_wanted}:
            await sends.unwanted(session, user_id, [kind], unwanted)


async def _behave(session: AsyncSession, user_id: str, manners: Manners) -> None:
    if manners.zone and manners.zone not in choosing.zones():
        wrong = msg("notifications.no_such_zone")
        raise Invalid(wrong, fields=(FieldError(field="zone", message=wrong),))
    values = {
        "zone": manners.zone,
        "quiet": channel_queries.said_of(manners.quiet),
        "digest": manners.digest,
        "digest_due_at": rhythm.next_digest(manners, clock.now()),
    }
    row = insert(MannersRow).values(user_id=user_id, **values)
    await session.execute(row.on_conflict_do_update(index_elements=[MannersRow.user_id], set_=values))
    if manners.digest is Digest.OFF:
        await sends.unwanted(session, user_id, list(ChannelKind), {Notice.DIGEST})
    await sends.look_again(session, user_id)
