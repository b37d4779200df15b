"""The small application of `portal`, running."""

from collections.abc import AsyncIterator
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path

import httpx
import pytest

from medianest.accounts import models  # noqa: F401 - its tables
from medianest.core.db import Database
from medianest.http.deadlines import Deadlines
from tests.http.portal import Portal, run_portal

SHORT = Deadlines(head_s=0.4, body_s=0.8, rest_s=0.4, idle_s=0.4, reader_s=0.8)


@pytest.fixture
async def portal(db: Database, tmp_path: Path) -> AsyncIterator[Portal]:
    async with run_portal(db, tmp_path) as running:
        yield running


@pytest.fixture
async def impatient(db: Database, tmp_path: Path) -> AsyncIterator[Portal]:
    """The same with deadlines of tenths of seconds."""
    async with run_portal(db, tmp_path, deadlines=SHORT) as running:
        yield running


@pytest.fixture
async def http(portal: Portal) -> AsyncIterator[httpx.AsyncClient]:
    """A client that keeps no cookies."""
    async with httpx.AsyncClient(base_url=portal.url, trust_env=False) as client:
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        yield client
