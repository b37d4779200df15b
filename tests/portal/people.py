"""Accounts for several people, in an installation that does not run."""

from collections.abc import Mapping
from pathlib import Path

from medianest.accounts.service import Accounts
from medianest.accounts.types import NewUser, SessionRules
from medianest.core.actor import SYSTEM, Role
from medianest.core.db import Database
from tests.portal import at_rest


def move_in(data_dir: Path, people: Mapping[str, Role], password: str) -> None:
    """Give each of `people` an account with `password`."""

    async def create(db: Database) -> None:
        accounts = Accounts(db, SessionRules())
        for name, role in people.items():
            await accounts.people.create(SYSTEM, NewUser(name=name, role=role, password=password))

    at_rest.change(data_dir, create)
