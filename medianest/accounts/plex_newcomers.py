"""Somebody new who comes by Plex: which name they get here, and which role."""

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session as Reading

from medianest.accounts import names, queries, users
from medianest.accounts.types import NewUser, User
from medianest.core.actor import Actor, Role
from medianest.core.errors import Invalid
from medianest.plex.tv.types import Account

_NAMESAKES_MOST = 1000
_NUMBER_MOST = 5


async def create(session: AsyncSession, actor: Actor, account: Account, new_people: str) -> User:
    """An account without a password, under the name that they have at Plex or one like it."""
    name = await session.run_sync(free_name, account)
    role = Role.MEMBER if new_people == "nobody" else Role(new_people)
    return await users.create(session, actor, NewUser(name=name, role=role), password_hash=None)


def free_name(session: Reading, account: Account) -> str:
    """The name, or with a number behind it where somebody is called so already: a namesake is another person."""
    unnamed = f"Plex {account.id}"
    try:
        name = names.clean_name(account.name)
    except Invalid:
        name = unnamed
    stem = name[: names.NAME_MOST - _NUMBER_MOST].rstrip()
    for wanted in (name, *(f"{stem} {number}" for number in range(2, _NAMESAKES_MOST))):
        if queries.credentials(session, names.name_key(wanted)) is None:
            return wanted
    return unnamed
