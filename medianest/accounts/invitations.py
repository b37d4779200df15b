"""Inviting somebody: a link with a secret, shown once, by which so many people make themselves an account."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.accounts import events, names, permissions, queries, sessions, users
from medianest.accounts.errors import InvitationOver, NoSuchInvitation
from medianest.accounts.models import InvitationRow
from medianest.accounts.passwords import Passwords, check_rules
from medianest.accounts.rights import require_admin
from medianest.accounts.types import Client, Invitation, NewInvitation, NewUser, Opened, SessionRules
from medianest.core import clock, journal
from medianest.core.actor import SYSTEM, Actor, Role
from medianest.core.db import Database
from medianest.core.errors import FieldError, Forbidden, Invalid
from medianest.core.event import ADMINS
from medianest.core.i18n import Message, msg
from medianest.core.security import digest, new_id, new_token

PREFIX = "mi_"
USES_MOST = 100
LASTS_MOST = timedelta(days=90)
_LASTS_LEAST = timedelta(minutes=5)


class Invitations:
    """Who may come in, and coming in."""

    def __init__(self, db: Database, rules: SessionRules, passwords: Passwords) -> None:
        self._db = db
        self._rules = rules
        self._passwords = passwords

    async def listing(self, actor: Actor) -> Sequence[Invitation]:
        """The open ones, for administrators. Raises Forbidden."""
        require_admin(actor)
        return await self._db.read(queries.invitations, clock.now())

    async def create(self, actor: Actor, new: NewInvitation) -> tuple[Invitation, str]:
        """Invite somebody, with at most one's own rights; returns the secret too, which is shown once.

        Raises Forbidden, Invalid.
        """
        _check_rank(actor, new.role)
        _check(new)
        label = names.clean_label(new.label) if new.label.strip() else ""
        async with self._db.transaction() as session:
            return await _insert(session, actor, new, label)

    async def revoke(self, actor: Actor, id: str) -> None:
        """Let nobody in by it any more. Raises Forbidden, NoSuchInvitation."""
        require_admin(actor)
        async with self._db.transaction() as session:
            revoked = await session.run_sync(queries.invitation, id)
            if revoked is None:
                raise NoSuchInvitation(msg("accounts.no_such_invitation"))
            await session.execute(delete(InvitationRow).where(InvitationRow.id == id))
            await journal.record(session, events.InvitationRevoked(actor=actor, **_about(revoked)))

    async def look(self, secret: str) -> Invitation:
        """What somebody is invited to. Raises InvitationOver."""
        found = await self._db.read(queries.invitation_of_digest, _digest(secret), clock.now())
        if found is None:
            raise _over()
        return found

    async def accept(self, secret: str, name: str, password: str, client: Client) -> Opened:
        """Come in: an account of one's own, and a session in it. A refused name or password uses nothing up.

        Raises InvitationOver, Invalid, NameTaken.
        """
        invitation = await self.look(secret)
        check_rules(password, name=name)
        password_hash = await self._passwords.hash(password)
        actor = SYSTEM.on(address=client.address, request_id=client.request_id)
        async with self._db.transaction() as session:
            await _use(session, secret)
            new = NewUser(name=name, role=invitation.role)
            user = await users.create(session, actor, new, password_hash=password_hash)
            opened = await sessions.open(session, user, client, rules=self._rules)
            by = Actor(id=user.id, name=user.display_name, role=user.role, permissions=frozenset(), via=actor.via)
            by = by.on(address=client.address, request_id=client.request_id)
            await journal.record(session, events.InvitationUsed(actor=by, **_about(invitation)))
            return opened


async def purge(session: AsyncSession) -> int:
    """Delete the invitations that nobody can come in by any more; returns how many."""
    row = InvitationRow
    over = (row.expires_at <= clock.now()) | (row.uses >= row.uses_most)
    result = await session.execute(delete(row).where(over))
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DML result has it


async def _use(session: AsyncSession, secret: str) -> None:
    """Count one use, if there is one left at this moment."""
    row = InvitationRow
    used = await session.execute(
        update(row).where(row.secret_digest == _digest(secret), *queries.open_at(clock.now())).values(uses=row.uses + 1)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]  # a DML result has it
        raise _over()


async def _insert(session: AsyncSession, actor: Actor, new: NewInvitation, label: str) -> tuple[Invitation, str]:
    secret, now = new_token(PREFIX), clock.now()
    made = Invitation(
        id=new_id(),
        role=new.role,
        label=label,
        uses=0,
        uses_most=new.uses,
        made_by=actor.id or "",
        maker=actor.name,
        created_at=now,
        expires_at=now + new.lasts,
    )
    await session.execute(
        insert(InvitationRow).values(
            id=made.id,
            secret_digest=digest(secret),
            made_by=made.made_by,
            role=made.role,
            label=label,
            uses=0,
            uses_most=new.uses,
            created_at=now,
            expires_at=made.expires_at,
        )
    )
    await journal.record(session, events.InvitationMade(actor=actor, uses=new.uses, **_about(made)))
    return made, secret


def _about(invitation: Invitation) -> dict[str, Any]:
    return {
        "subject_id": invitation.id,
        "audience": ADMINS,
        "label": invitation.label,
        "role": invitation.role,
    }


def _check_rank(actor: Actor, role: Role) -> None:
    """An invitation is made by a person who looks after the house, to at most what they are themselves."""
    require_admin(actor)
    if actor.id is None or not permissions.OF_ROLE[role] <= actor.permissions:
        raise Forbidden(msg("accounts.above_own_role"))


def _check(new: NewInvitation) -> None:
    if not 1 <= new.uses <= USES_MOST:
        raise _wrong("uses", msg("accounts.invitation_uses", most=USES_MOST))
    if not _LASTS_LEAST <= new.lasts <= LASTS_MOST:
        raise _wrong("lasts", msg("accounts.invitation_lasts", most=LASTS_MOST.days))


def _wrong(field: str, message: Message) -> Invalid:
    return Invalid(message, fields=(FieldError(field=field, message=message),))


def _digest(secret: str) -> str:
    return digest(secret.encode(errors="replace").decode())


def _over() -> InvitationOver:
    return InvitationOver(msg("accounts.invitation_over"))
