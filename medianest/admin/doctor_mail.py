"""The doctor on the mail server: whether it takes letters from here, and for each reason not to what mends that."""

from collections.abc import Awaitable, Callable

from medianest.admin.types import Fact, Group, Verdict
from medianest.core.config import NotificationsSettings
from medianest.core.i18n import Message, msg

Knock = Callable[[], Awaitable[tuple[Message, str] | None]]
"""Sees whether a letter would be taken, without one: why not, and what the server said to that; None where it would."""

_MENDS = {
    "notifications.no_sender": "doctor.mend_mail_from",
    "notifications.login_refused": "doctor.mend_mail_login",
    "notifications.no_login": "doctor.mend_mail_login",
    "notifications.bare_password": "doctor.mend_mail_tls",
    "notifications.no_starttls": "doctor.mend_mail_tls",
    "notifications.fault_tls": "doctor.mend_mail_tls",
}
_ELSE = "doctor.mend_mail_host"


async def examine(settings: NotificationsSettings, knock: Knock) -> list[Fact]:
    """Nobody is asked, and nothing said, where no server is set up: letters are not for every house."""
    if not settings.smtp_host:
        return []
    place = f"{settings.smtp_host}:{settings.smtp_port}"
    trouble = await knock()
    if trouble is None:
        return [_fact(Verdict.FINE, msg("doctor.mail_here", place=place), place=place)]
    said, answer = trouble
    return [_fact(Verdict.WRONG, said, msg(_MENDS.get(said.id, _ELSE)), place=place, answer=answer)]


def _fact(verdict: Verdict, finding: Message, mend: Message | None = None, **data: object) -> Fact:
    return Fact(
        id="services.mail_server",
        group=Group.SERVICES,
        verdict=verdict,
        title=msg("doctor.mail_server"),
        finding=finding,
        mend=mend,
        data=data,
    )
