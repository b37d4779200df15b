"""Whether the mail server would take letters from here, and why not."""

import asyncio
from collections.abc import Callable

from medianest.core.config import Settings
from medianest.core.i18n import Catalogues, Message, msg
from medianest.notifications.by_email.letters import Letters
from medianest.notifications.transport import Undelivered

_PATIENCE_S = 10.0


async def trouble(settings: Callable[[], Settings], catalogues: Catalogues) -> tuple[Message, str] | None:
    """What it is, and what the server said word for word; None where all is well. No letter is sent."""
    from medianest.notifications.by_email.client import Mailer  # SMTP

    try:
        async with asyncio.timeout(_PATIENCE_S):
            await Mailer(settings, Letters(settings, catalogues)).knock()
    except Undelivered as error:
        return error.said, error.answer
    except TimeoutError:
        return msg("notifications.fault_time"), ""
    return None
