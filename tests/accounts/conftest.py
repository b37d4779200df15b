"""A household, and accounts over a real database whose password hashes are made cheaply."""

from dataclasses import dataclass

import pytest
from argon2 import PasswordHasher

from medianest.accounts import models  # noqa: F401 - its tables
from medianest.accounts.passwords import Passwords
from medianest.accounts.service import Accounts
from medianest.accounts.types import Client, NewUser, Opened, SessionRules, User
from medianest.core.actor import SYSTEM, Actor, Role
from medianest.core.db import Database

PASSWORD = "correct horse battery"
HOME = Client(address="192.168.1.20", user_agent="Firefox on the sofa")
ELSEWHERE = Client(address="203.0.113.9", user_agent="curl")


def cheap_passwords() -> Passwords:
    return Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Alice looks after it all, Bob is a member, Carol edits, Dora is a child, Gus is a guest."""

    alice: User
    bob: User
    carol: User
    dora: User
    gus: User


@pytest.fixture
def accounts(db: Database) -> Accounts:
    return Accounts(db, SessionRules(), passwords=cheap_passwords())


@pytest.fixture
async def cast(accounts: Accounts) -> Cast:
    roles = {"alice": Role.ADMIN, "bob": Role.MEMBER, "carol": Role.CURATOR, "dora": Role.CHILD, "gus": Role.GUEST}
    return Cast(
        **{
            name: await accounts.create_user(SYSTEM, NewUser(name=name.title(), role=role, password=PASSWORD))
            for name, role in roles.items()
        }
    )


async def sign_in(accounts: Accounts, user: User, client: Client = HOME) -> tuple[Opened, Actor]:
    """A session of this person, and the actor it resolves to."""
    opened = await accounts.sign_in(user.name, PASSWORD, client)
    actor = await accounts.identities.of_session(opened.secret, client.address)
    assert actor is not None
    return opened, actor
