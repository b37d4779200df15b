"""The doctor on what is around the portal: the clock, and the address under which people open it."""

import ctypes
import os
from datetime import datetime

from medianest.admin.types import Fact, Group, Reached, Verdict
from medianest.core import clock
from medianest.core.config import Settings
from medianest.core.i18n import msg

_TIMEX_BYTES = 256  # struct timex of adjtimex(2) has 208; its first field, the modes, is 0: ask only
_TIME_ERROR = 5


async def examine(settings: Settings) -> list[Fact]:
    public_url = settings.server.public_address
    reached = await _reach(public_url) if public_url else None
    return [judge_clock(is_synchronised(), clock.now()), judge_public_url(public_url, reached)]


async def _reach(public_url: str) -> Reached:
    from medianest.admin import client  # httpx, which a portal that asks nobody starts without

    return await client.reach(public_url)


def is_synchronised() -> bool | None:
    """Whether the kernel's clock follows a time server; None where it does not tell."""
    asked = ctypes.create_string_buffer(_TIMEX_BYTES)
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(asked)
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state != _TIME_ERROR


def judge_clock(synchronised: bool | None, now: datetime) -> Fact:
    """A clock that nobody sets drifts, and with it sign-ins, certificates and what is due."""
    fine = synchronised is not False
    return Fact(
        id="surroundings.clock",
        group=Group.SURROUNDINGS,
        verdict=Verdict.FINE if fine else Verdict.LOOK,
        title=msg("doctor.clock"),
        finding=msg("doctor.clock_fine" if fine else "doctor.clock_free", now=now.strftime("%Y-%m-%d %H:%M:%S UTC")),
        mend=None if fine else msg("doctor.mend_clock"),
        data={"synchronised": synchronised, "now": now.isoformat(), "zone": os.environ.get("TZ") or _zone()},
    )


def judge_public_url(public_url: str | None, reached: Reached | None) -> Fact:
    """Whether the household gets here by the address that the settings name."""
    if public_url is None or reached is None:
        verdict, finding, mend = Verdict.FINE, msg("doctor.no_public_url"), None
    elif reached is Reached.OURSELVES:
        verdict, finding, mend = Verdict.FINE, msg("doctor.public_ourselves", url=public_url), None
    else:
        verdict, finding = Verdict.WRONG, msg(f"doctor.public_{reached}", url=public_url)
        mend = msg(f"doctor.mend_public_{reached}")
    return Fact(
        id="surroundings.public_url",
        group=Group.SURROUNDINGS,
        verdict=verdict,
        title=msg("doctor.public_url"),
        finding=finding,
        mend=mend,
        data={"url": public_url, "reached": reached},
    )


def _zone() -> str:
    return str(datetime.now().astimezone().tzinfo)
