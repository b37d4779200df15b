"""The people that tests are about.

Alice looks after it all, Bob is a member, Carol edits, Dora is a child, Gus is a guest.
"""

from dataclasses import dataclass

from argon2 import PasswordHasher

from medianest.accounts.passwords import Passwords
from medianest.accounts.service import Accounts
from medianest.accounts.types import Client, NewUser, Opened, User
from medianest.core.actor import SYSTEM, Actor, Role

PASSWORD = "correct horse battery"
HOME = Client(address="192.168.1.20", user_agent="Firefox on the sofa")
ELSEWHERE = Client(address="203.0.113.9", user_agent="curl")
ROLES = {"alice": Role.ADMIN, "bob": Role.MEMBER, "carol": Role.CURATOR, "dora": Role.CHILD, "gus": Role.GUEST}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """A household."""

    alice: User
    bob: User
    carol: User
    dora: User
    gus: User


def cheap_passwords() -> Passwords:
    """Hashes that take no time and protect nobody."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


async def move_in(accounts: Accounts) -> Cast:
    """Everybody gets an account, with the password `PASSWORD`."""
    new = {name: NewUser(name=name.title(), role=role, password=PASSWORD) for name, role in ROLES.items()}
    return Cast(**{name: await accounts.people.create(SYSTEM, user) for name, user in new.items()})


async def sign_in(accounts: Accounts, user: User, client: Client = HOME) -> tuple[Opened, Actor]:
    """A session of this person, and the actor it resolves to."""
    opened = await accounts.sign_in(user.name, PASSWORD, client)
    actor = await accounts.identities.of_session(opened.secret, client.address)
    assert actor is not None
    return opened, actor
