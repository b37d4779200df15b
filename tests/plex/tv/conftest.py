"""The portal's place at Plex, beside a stand-in of plex.tv."""

from pathlib import Path

import pytest

from medianest.accounts import models  # noqa: F401 - its tables
from medianest.core.config import PlexSettings
from medianest.core.db import Database
from medianest.plex.installation import Installation
from tests.fakes.plex import Plex


@pytest.fixture
def settings(plex: Plex) -> PlexSettings:
    return PlexSettings(tv_url=plex.tv.base, app_url=plex.tv.app)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "secret.key"


@pytest.fixture
def installation(db: Database, settings: PlexSettings, key_file: Path) -> Installation:
    return Installation(db, settings, key_file)
