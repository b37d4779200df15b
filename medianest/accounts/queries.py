"""Reading people, sessions, tokens and invitations."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session as Reading

from medianest.accounts.models import InvitationRow, SessionRow, TokenRow, UserRow
from medianest.accounts.types import Alive, Invitation, Scope, Session, Token, User
from medianest.core.actor import Role

NAME_TABLES = (UserRow.__tablename__,)
PEOPLE_MOST = 500
DEVICES_MOST = 200

_USER = tuple(column for column in UserRow.__table__.c if column.name not in ("password_hash", "name_key", "pin_hash"))
_PRESENT = UserRow.removed_at.is_(None)
_CREDENTIALS: Select[Any] = select(*_USER, UserRow.password_hash).where(_PRESENT)
_SESSION = tuple(column for column in SessionRow.__table__.c if column.name not in ("secret_digest", "device_id"))
_TOKEN = tuple(column for column in TokenRow.__table__.c if column.name != "secret_digest")
_INVITATION = tuple(column for column in InvitationRow.__table__.c if column.name != "secret_digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a sign-in by password is checked against."""

    user: User
    password_hash: str | None
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LivingSession:
    """A session with the person it belongs to."""

    session: Session
    user: User


@dataclass(frozen=True, slots=True, kw_only=True)
class LivingToken:
    """A token with the person it belongs to."""

    token: Token
    user: User


def user(session: Reading, id: str) -> User | None:
    row = session.execute(select(*_USER).where(UserRow.id == id, _PRESENT)).first()
    return _user(row) if row else None


def by_ids(session: Reading, ids: Collection[str]) -> Mapping[str, User]:
    """These people, by their ids; nobody who left."""
    return {row.id: _user(row) for row in session.execute(select(*_USER).where(UserRow.id.in_(ids), _PRESENT))}


def epoch(session: Reading, id: str) -> int | None:
    """How often all sessions of somebody were ended at once; None where there is nobody."""
    return session.scalar(select(UserRow.epoch).where(UserRow.id == id, _PRESENT))


def display_names(session: Reading, ids: Iterable[str]) -> dict[str, str]:
    """What these people are called, by their ids; who was removed has a pseudonym."""
    rows = session.execute(select(UserRow.id, UserRow.display_name).where(UserRow.id.in_(ids)))
    return {row.id: row.display_name for row in rows}


def people(session: Reading) -> Sequence[User]:
    """Everybody, by name."""
    query = select(*_USER).where(_PRESENT).order_by(UserRow.name_key).limit(PEOPLE_MOST)
    return [_user(row) for row in session.execute(query)]


def gone(session: Reading) -> dict[str, str]:
    """The pseudonyms of who left, by their ids, the last first."""
    query = select(UserRow.id, UserRow.display_name).where(UserRow.removed_at.is_not(None))
    rows = session.execute(query.order_by(UserRow.removed_at.desc(), UserRow.id).limit(PEOPLE_MOST))
    return {row.id: row.display_name for row in rows}


def acting(session: Reading, *, ids: Collection[str] = (), roles: Collection[Role] = ()) -> Sequence[str]:
    """Those of these people, and all of these roles, who are here and not suspended, by their ids."""
    named = UserRow.id.in_(ids) | UserRow.role.in_(roles)
    return session.scalars(select(UserRow.id).where(_PRESENT, UserRow.suspended_at.is_(None), named)).all()


def here(session: Reading, ids: Collection[str]) -> frozenset[str]:
    """Those of these people who did not leave, by their ids."""
    return frozenset(session.scalars(select(UserRow.id).where(_PRESENT, UserRow.id.in_(ids))))


def eldest_admin(session: Reading, *, but: str) -> str | None:
    """The id of the administrator who has been here longest, of those who can act."""
    admins = select(UserRow.id).where(UserRow.role == Role.ADMIN, UserRow.suspended_at.is_(None), UserRow.id != but)
    return session.scalar(admins.order_by(UserRow.created_at, UserRow.id).limit(1))


def credentials(session: Reading, name_key: str) -> Credentials | None:
    """How the person of this name signs in; None where nobody is called so."""
    row: Row[Any] | None = session.execute(_CREDENTIALS.where(UserRow.name_key == name_key)).first()
    return Credentials(user=_user(row), password_hash=row.password_hash, epoch=row.epoch) if row else None


def active_admins(session: Reading) -> int:
    """How many administrators can act."""
    admins = select(func.count()).where(UserRow.role == Role.ADMIN, UserRow.suspended_at.is_(None))
    return session.execute(admins).scalar_one()


def has_admin(session: Reading) -> bool:
    """Whether the installation has an owner, be it a suspended one."""
    return session.execute(select(UserRow.id).where(UserRow.role == Role.ADMIN).limit(1)).first() is not None


def sessions(session: Reading, user_id: str, alive: Alive) -> Sequence[Session]:
    """Where this person is signed in, the last used first."""
    query = _living_sessions(alive).where(SessionRow.user_id == user_id)
    rows = session.execute(query.order_by(SessionRow.last_seen_at.desc(), SessionRow.id).limit(DEVICES_MOST))
    return [_session(row) for row in rows]


def session_of_digest(session: Reading, digest: str, alive: Alive) -> LivingSession | None:
    return _one_session(session, _living_sessions(alive).where(SessionRow.secret_digest == digest))


def session_of_id(session: Reading, id: str, alive: Alive) -> LivingSession | None:
    return _one_session(session, _living_sessions(alive).where(SessionRow.id == id))


def is_signed_in(session: Reading, session_id: str, now: datetime) -> bool:
    """Whether a session still stands, however long nobody used it."""
    query = select(SessionRow.id).join(UserRow, UserRow.id == SessionRow.user_id)
    query = query.where(SessionRow.id == session_id, SessionRow.epoch == UserRow.epoch, SessionRow.expires_at > now)
    return session.execute(query).first() is not None


def tokens(session: Reading, *, user_id: str | None = None) -> Sequence[Token]:
    """The tokens of one person, or of all, the newest first."""
    query = _tokens().order_by(TokenRow.created_at.desc(), TokenRow.id).limit(PEOPLE_MOST)
    if user_id:
        query = query.where(TokenRow.user_id == user_id)
    return [_token(row) for row in session.execute(query)]


def token(session: Reading, id: str) -> Token | None:
    row = session.execute(_tokens().where(TokenRow.id == id)).first()
    return _token(row) if row else None


def token_of_digest(session: Reading, digest: str) -> LivingToken | None:
    return _one_token(session, _tokens().where(TokenRow.secret_digest == digest))


def token_of_id(session: Reading, id: str) -> LivingToken | None:
    return _one_token(session, _tokens().where(TokenRow.id == id))


def invitations(session: Reading, now: datetime) -> Sequence[Invitation]:
    """The open invitations, the newest first."""
    query = _invitations().where(*open_at(now)).order_by(InvitationRow.created_at.desc(), InvitationRow.id)
    return [_invitation(row) for row in session.execute(query.limit(PEOPLE_MOST))]


def invitation(session: Reading, id: str) -> Invitation | None:
    row = session.execute(_invitations().where(InvitationRow.id == id)).first()
    return _invitation(row) if row else None


def invitation_of_digest(session: Reading, digest: str, now: datetime) -> Invitation | None:
    """The invitation with this secret, if somebody may still come in by it."""
    row = session.execute(_invitations().where(InvitationRow.secret_digest == digest, *open_at(now))).first()
    return _invitation(row) if row else None


def open_at(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What holds of an invitation by which somebody may come in."""
    makers = select(UserRow.id).where(UserRow.role == Role.ADMIN, UserRow.suspended_at.is_(None))
    row = InvitationRow
    return row.uses < row.uses_most, row.expires_at > now, row.made_by.in_(makers)


def _invitations() -> Select[Any]:
    return select(*_INVITATION, UserRow.display_name).join(UserRow, UserRow.id == InvitationRow.made_by)


def _living_sessions(alive: Alive) -> Select[Any]:
    return (
        select(*_SESSION)
        .join(UserRow, UserRow.id == SessionRow.user_id)
        .where(SessionRow.epoch == UserRow.epoch)
        .where(SessionRow.expires_at > alive.now, SessionRow.last_seen_at > alive.idle_since)
    )


def _tokens() -> Select[Any]:
    return select(*_TOKEN, UserRow.display_name).join(UserRow, UserRow.id == TokenRow.user_id)


def _one_session(session: Reading, query: Select[Any]) -> LivingSession | None:
    row = session.execute(query).first()
    owner = user(session, row.user_id) if row else None
    return LivingSession(session=_session(row), user=owner) if row and owner else None


def _one_token(session: Reading, query: Select[Any]) -> LivingToken | None:
    row = session.execute(query.where(UserRow.suspended_at.is_(None))).first()
    owner = user(session, row.user_id) if row else None
    return LivingToken(token=_token(row), user=owner) if row and owner else None


def _user(row: Row[Any]) -> User:
    return User(
        id=row.id,
        name=row.name,
        display_name=row.display_name,
        role=Role(row.role),
        language=row.language,
        suspended_at=row.suspended_at,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        plan_id=row.plan_id,
    )


def _session(row: Row[Any]) -> Session:
    return Session(
        id=row.id,
        user_id=row.user_id,
        user_agent=row.user_agent,
        address=row.address,
        created_at=row.created_at,
        authenticated_at=row.authenticated_at,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
    )


def _token(row: Row[Any]) -> Token:
    return Token(
        id=row.id,
        user_id=row.user_id,
        user_name=row.display_name,
        label=row.label,
        scopes=frozenset(Scope(word) for word in row.scopes.split()),
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )


def _invitation(row: Row[Any]) -> Invitation:
    return Invitation(
        id=row.id,
        role=Role(row.role),
        label=row.label,
        uses=row.uses,
        uses_most=row.uses_most,
        made_by=row.made_by,
        maker=row.display_name,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
