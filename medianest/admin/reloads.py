"""What came of reading the settings anew, for the log and the journal."""

import logging

from medianest.admin.events import SettingsRefused, SettingsReloaded
from medianest.core import journal
from medianest.core.actor import SYSTEM
from medianest.core.config.reload import Reload
from medianest.core.db import Database
from medianest.core.event import ADMINS, Event
from medianest.core.i18n import Catalogues

log = logging.getLogger(__name__)

_SUBJECT = "settings"
_TOLD_MOST = 20


async def write_down(db: Database, reload: Reload) -> None:
    """Nothing where nothing changed; never a value, which may be a secret."""
    event = _event(reload)
    if event is None:
        return
    log.info("settings read anew", extra=event.data())
    async with db.transaction() as session:
        await journal.record(session, event)


def _event(reload: Reload) -> Event | None:
    if reload.problems:
        english = Catalogues().of("en")
        told = [problem.line(english) for problem in reload.problems[:_TOLD_MOST]]
        return SettingsRefused(actor=SYSTEM, subject_id=_SUBJECT, audience=ADMINS, problems=told)
    changed, waiting = (sorted(map(".".join, names)) for names in (reload.changed, reload.waiting))
    if not changed and not waiting:
        return None
    return SettingsReloaded(actor=SYSTEM, subject_id=_SUBJECT, audience=ADMINS, changed=changed, waiting=waiting)
