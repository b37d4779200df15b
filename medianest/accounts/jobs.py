"""What accounts do by themselves."""

from collections.abc import Sequence
from datetime import time, timedelta

from medianest.accounts import invitations, sessions
from medianest.accounts.plex_circle import PlexCircle
from medianest.accounts.types import SessionRules
from medianest.core import clock
from medianest.core.db import Database
from medianest.core.i18n import Message, msg
from medianest.core.jobs import Job


def jobs(db: Database, rules: SessionRules) -> Sequence[Job]:
    async def purge() -> Message | None:
        async with db.transaction() as session:
            purged = await sessions.purge(session, rules.alive_at(clock.now()))
        return msg("accounts.sessions_purged", n=purged) if purged else None

    async def purge_invitations() -> Message | None:
        async with db.transaction() as session:
            purged = await invitations.purge(session)
        return msg("accounts.invitations_purged", n=purged) if purged else None

    return [
        Job(name="purge_sessions", daily_at=time(3, 40), run=purge),
        Job(name="purge_invitations", daily_at=time(3, 45), run=purge_invitations),
    ]


def of_circle(circle: PlexCircle) -> Sequence[Job]:
    """Four times a day, so that one look a day succeeds even if Plex is away in between."""
    return [Job(name="check_plex_people", every=timedelta(hours=6), run=circle.check)]
