"""What accounts do with Plex: signing in and linking; who is shared with, and who no more."""

from medianest.accounts.plex_circle import PlexCircle
from medianest.accounts.plex_sign_in import PlexSignIn
from medianest.accounts.types import SessionRules
from medianest.core.db import Database
from medianest.plex.service import Plex


class ByPlex:
    """The door that Plex opens, and who may come through it; `plex` is what both ask."""

    def __init__(self, db: Database, rules: SessionRules, plex: Plex) -> None:
        self.plex = plex
        self.door = PlexSignIn(db, rules, plex)
        self.circle = PlexCircle(db, plex)
