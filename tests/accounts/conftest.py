"""Accounts over a real database, with a household in it."""

import pytest

from medianest.accounts import models  # noqa: F401 - its tables
from medianest.accounts.service import Accounts
from medianest.accounts.types import SessionRules
from medianest.core.db import Database
from tests.people import Cast, cheap_passwords, move_in


@pytest.fixture
def accounts(db: Database) -> Accounts:
    return Accounts(db, SessionRules(), passwords=cheap_passwords())


@pytest.fixture
async def cast(accounts: Accounts) -> Cast:
    return await move_in(accounts)
