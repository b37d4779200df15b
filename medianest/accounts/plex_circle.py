"""Who of the people may still come in by Plex, looked at each day; and who could come, before they ever did."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.accounts import events, plex_events, plex_newcomers, queries
from medianest.accounts.models import SessionRow, TokenRow, UserRow
from medianest.accounts.plex_types import Candidate
from medianest.accounts.rights import require_admin
from medianest.core import journal
from medianest.core.actor import SYSTEM, Actor
from medianest.core.db import Database
from medianest.core.errors import Unavailable
from medianest.core.event import ADMINS
from medianest.core.i18n import Message, msg
from medianest.plex import events as connection_events
from medianest.plex import people as plex_people
from medianest.plex.errors import NotConnected, TokenRefused
from medianest.plex.membership import Circle
from medianest.plex.service import Plex
from medianest.plex.tv.types import Server
from medianest.plex.types import Identity


class PlexCircle:
    """Everybody with whom the household's server is shared."""

    def __init__(self, db: Database, plex: Plex) -> None:
        self._db = db
        self._plex = plex

    async def check(self) -> Message | None:
        """Look who may still come in; who may not is signed out everywhere. With Plex away, everybody stays."""
        try:
            return await self._check()
        except Unavailable:
            return msg("plex_sign_in.check_away")

    async def _check(self) -> Message | None:
        machine_id = await self._plex.installation.machine_id()
        if machine_id is None:
            return None
        circle = await self._circle()
        tokens = await self._db.read(plex_people.tokens, self._plex.installation.sealing)
        lost = 0
        for identity in (await self._db.read(plex_people.identities)).values():
            token = tokens.get(identity.plex_id)
            seen = await self._look(token, machine_id)
            if _is_in(identity, circle, seen, has_token=token is not None):
                async with self._db.transaction() as session:
                    await plex_people.note_check(session, identity.plex_id, self._sealed(identity, seen))
            else:
                lost += await self._part(identity)
        return msg("plex_sign_in.lost", n=lost) if lost else None

    async def candidates(self, actor: Actor) -> Sequence[Candidate]:
        """With whom the server is shared and who is not here yet. Raises Forbidden, NotConnected, and as Tv does."""
        require_admin(actor)
        circle = await self._plex.membership.circle()
        if circle is None:
            raise NotConnected(msg("plex_sign_in.no_owner"))
        here = {identity.plex_id for identity in (await self._db.read(plex_people.identities)).values()}
        return [
            Candidate(plex_id=member.account.id, name=member.account.name, home=member.home)
            for member in circle.members
            if member.account.id not in here
        ]

    async def bring_in(self, actor: Actor, plex_ids: Sequence[int]) -> int:
        """Give these of the candidates an account; they sign in with Plex one day. Returns how many there are now.

        Whoever came meanwhile is passed over. Raises as `candidates`.
        """
        require_admin(actor)
        circle = await self._plex.membership.circle()
        if circle is None:
            raise NotConnected(msg("plex_sign_in.no_owner"))
        chosen = [member.account for member in circle.members if member.account.id in plex_ids]
        new_people, brought = self._plex.installation.settings.new_people, 0
        async with self._db.transaction() as session:
            for account in chosen:
                if await session.run_sync(plex_people.user_of, account.id):
                    continue
                user = await plex_newcomers.create(session, actor, account, new_people)
                await plex_people.expect(session, user.id, account)
                about = events.about(user.id)
                event = plex_events.PlexImported(actor=actor, subject_id=user.id, audience=about, name=account.name)
                await journal.record(session, event)
                brought += 1
        return brought

    async def _circle(self) -> Circle | None:
        """By the owner's token, which is kept alive; None where there is none, or none that Plex takes."""
        was_refused = (await self._plex.installation.state()).refused_at
        circle = await self._plex.membership.circle()
        state = await self._plex.installation.state()
        if state.refused_at and not was_refused:
            async with self._db.transaction() as session:
                lost = connection_events.TokenLost(actor=SYSTEM, subject_id="", audience=ADMINS, name=state.server_name)
                await journal.record(session, lost)
        if circle is not None:
            token = await self._plex.installation.owner_token()
            await self._plex.tv().ping(token)
            server = await self._plex.membership.server_of(token, circle.machine_id)
            await self._plex.installation.note_check(server)
        return circle

    async def _look(self, token: str | None, machine_id: str) -> Server | None:
        """The server as somebody's own token shows it; None where they have none, or it is good no more."""
        if token is None:
            return None
        try:
            return await self._plex.membership.server_of(token, machine_id)
        except TokenRefused:
            return None

    def _sealed(self, identity: Identity, seen: Server | None) -> bytes | None:
        """The token by which the server knows them: Plex has begun to give such as run out after a week."""
        if seen is None or not seen.token:
            return None
        return plex_people.sealed_server_token(self._plex.installation.sealing, identity.plex_id, seen.token)

    async def _part(self, identity: Identity) -> int:
        """Sign somebody out everywhere, and end their tokens too where Plex was their only way in."""
        async with self._db.transaction() as session:
            if not await plex_people.note_loss(session, identity.plex_id):
                return 0
            await session.execute(delete(SessionRow).where(SessionRow.user_id == identity.user_id))
            only_by_plex = select(UserRow.id).where(UserRow.id == identity.user_id, UserRow.password_hash.is_(None))
            await session.execute(delete(TokenRow).where(TokenRow.user_id.in_(only_by_plex)))
            await _tell_loss(session, identity)
        return 1


async def _tell_loss(session: AsyncSession, identity: Identity) -> None:
    if await session.run_sync(queries.user, identity.user_id) is None:
        return
    about = events.about(identity.user_id)
    event = plex_events.PlexAccessLost(actor=SYSTEM, subject_id=identity.user_id, audience=about, name=identity.name)
    await journal.record(session, event)


def _is_in(identity: Identity, circle: Circle | None, seen: Server | None, *, has_token: bool) -> bool:
    """By the owner's list; who is not in it, or where there is none, by what their own token showed.

    Plex has been seen to tell of fewer people than it says there are (captures). Of who was only expected so far,
    and where nobody can be asked, nothing is known.
    """
    if circle is not None and identity.plex_id in circle.ids:
        return True
    return seen is not None or (circle is None and not has_token)
