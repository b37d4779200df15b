"""Looking after people: accounts are given, changed, suspended and taken; one's own is looked after by oneself."""

from collections.abc import Mapping, Sequence

from msgspec import UNSET

from medianest.accounts import names, queries, sessions, users
from medianest.accounts.errors import NoSuchUser
from medianest.accounts.passwords import Passwords, check_rules
from medianest.accounts.rights import require_admin, require_person
from medianest.accounts.types import NewUser, User, UserChange
from medianest.core.actor import Actor
from medianest.core.db import Database
from medianest.core.errors import Forbidden
from medianest.core.i18n import msg


class People:
    """The household."""

    def __init__(self, db: Database, passwords: Passwords) -> None:
        self._db = db
        self._passwords = passwords

    async def listing(self, actor: Actor) -> Sequence[User]:
        """Everybody, for administrators. Raises Forbidden."""
        require_admin(actor)
        return await self._db.read(queries.people)

    async def gone(self, actor: Actor) -> Mapping[str, str]:
        """The pseudonyms of who left, by their ids, for administrators. Raises Forbidden."""
        require_admin(actor)
        return await self._db.read(queries.gone)

    async def one(self, actor: Actor, id: str) -> User:
        """Oneself, or for an administrator anybody. Raises NoSuchUser."""
        _require_own(actor, id)
        return _there(await self._db.read(queries.user, id))

    async def create(self, actor: Actor, new: NewUser) -> User:
        """Give somebody an account. Raises Forbidden, Invalid, NameTaken."""
        require_admin(actor)
        if new.password is not None:
            check_rules(new.password, name=new.name)
        password_hash = await self._passwords.hash(new.password) if new.password is not None else None
        async with self._db.transaction() as session:
            return await users.create(session, actor, new, password_hash=password_hash)

    async def change(self, actor: Actor, id: str, change: UserChange) -> User:
        """Change an account; one's own role, standing and plan are an administrator's to change.

        Who is suspended has no session any more. Raises Forbidden, NoSuchUser, LastAdmin, Invalid.
        """
        require_person(actor)
        _require_own(actor, id)
        if not actor.is_admin and _is_an_administrators(change):
            raise Forbidden(msg("accounts.admins_only"))
        async with self._db.transaction() as session:
            return await users.change(session, actor, id, change)

    async def reset_password(self, actor: Actor, name: str, password: str) -> User:
        """Give the person of this name a new password and end all their sessions.

        Raises Forbidden, NoSuchUser, Invalid.
        """
        require_admin(actor)
        found = await self._db.read(queries.credentials, names.name_key(name))
        return await self.set_password(actor, _there(found.user if found else None).id, password)

    async def set_password(self, actor: Actor, id: str, password: str) -> User:
        """Give somebody a new password and end all their sessions. Raises Forbidden, NoSuchUser, Invalid."""
        require_admin(actor)
        user = await self.one(actor, id)
        check_rules(password, name=user.name)
        password_hash = await self._passwords.hash(password)
        async with self._db.transaction() as session:
            user = _there(await session.run_sync(queries.user, id))
            await users.set_password(session, actor, user, password_hash)
            return user

    async def sign_out_everywhere(self, actor: Actor, id: str) -> int:
        """End somebody's sessions, one's own all but the one in which one asks; returns how many.

        Raises Forbidden, NoSuchUser.
        """
        require_person(actor)
        _require_own(actor, id)
        async with self._db.transaction() as session:
            user = _there(await session.run_sync(queries.user, id))
            return await sessions.end_all(session, actor, user, but=actor.session_id)

    async def remove(self, actor: Actor, id: str) -> None:
        """Let somebody go, under a pseudonym in what happened; their things are handed over by who keeps them.

        Raises Forbidden, NoSuchUser, LastAdmin.
        """
        require_admin(actor)
        async with self._db.transaction() as session:
            await users.remove(session, actor, _there(await session.run_sync(queries.user, id)))


def _require_own(actor: Actor, id: str) -> None:
    if id != actor.id and not actor.is_admin:
        raise NoSuchUser(msg("accounts.no_such_user"))


def _is_an_administrators(change: UserChange) -> bool:
    return change.role is not None or change.suspended is not None or change.plan is not UNSET


def _there(user: User | None) -> User:
    if user is None:
        raise NoSuchUser(msg("accounts.no_such_user"))
    return user
