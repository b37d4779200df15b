"""The doctor on Overseerr: whether it answers and takes the key, and whether its webhook was heard."""

from typing import Any

from medianest.admin.types import Fact, Group, Verdict
from medianest.core.config import OverseerrSettings
from medianest.core.i18n import Message, msg
from medianest.media_requests.overseerr import Overseerr
from medianest.media_requests.reach.looking import look
from medianest.media_requests.reach.types import Found


async def examine(settings: OverseerrSettings, overseerr: Overseerr) -> list[Fact]:
    """Nobody is asked where no server is set up."""
    key = settings.api_key.get_secret_value()
    if not settings.url:
        return [_fact("overseerr", Verdict.FINE, msg("doctor.overseerr_none"))]
    if not key:
        return [_fact("overseerr", Verdict.WRONG, msg("doctor.overseerr_no_key"), msg("doctor.mend_overseerr_key"))]
    seen = await look(settings.url, key)
    data: dict[str, Any] = {"url": settings.url, "found": seen.found, "version": seen.version}
    if seen.found is not Found.HERE:
        mend = msg("doctor.mend_overseerr_key" if seen.found is Found.KEY else "doctor.mend_overseerr_url")
        found = msg(f"requests.found_{seen.found}", version=seen.version)
        return [_fact("overseerr", Verdict.WRONG, found, mend, **data)]
    here = msg("requests.found_here", version=seen.version)
    return [_fact("overseerr", Verdict.FINE, here, **data), _webhook(overseerr)]


def _webhook(overseerr: Overseerr) -> Fact:
    heard_at = overseerr.hints.heard_at
    if heard_at is None:
        mend = msg("doctor.mend_overseerr_webhook")
        return _fact("overseerr_webhook", Verdict.FINE, msg("doctor.overseerr_webhook_silent"), mend)
    told = msg("doctor.overseerr_webhook_heard")
    return _fact("overseerr_webhook", Verdict.FINE, told, heard_at=heard_at.isoformat())


def _fact(name: str, verdict: Verdict, finding: Message, mend: Message | None = None, **data: object) -> Fact:
    return Fact(
        id=f"services.{name}",
        group=Group.SERVICES,
        verdict=verdict,
        title=msg(f"doctor.{name}"),
        finding=finding,
        mend=mend,
        data=data,
    )
