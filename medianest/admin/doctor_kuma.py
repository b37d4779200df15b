"""The doctor on Uptime Kuma: whether it is heard, by which way, and why not; and whether it is told of the portal."""

from dataclasses import replace
from typing import Any

from medianest.admin.types import Fact, Group, Verdict
from medianest.core.i18n import Message, msg
from medianest.status.pushing import Pushing
from medianest.status.service import Status
from medianest.status.types import LinkState, Trouble, Via

_ID = "services.uptime_kuma"
_OF_SETTINGS = (Trouble.CREDENTIALS, Trouble.CODE, Trouble.NO_PAGE)


def examine(status: Status) -> list[Fact]:
    """What is known of it at this moment; it is followed all the time, so nobody is asked."""
    return [*examine_link(status), *examine_push(status.pushing)]


def examine_link(status: Status) -> list[Fact]:
    """Whether it is heard."""
    link = status.link
    if link.state is LinkState.OFF:
        return [_fact(Verdict.FINE, msg("doctor.kuma_none"))]
    data: dict[str, Any] = {"link": link.state.value, "via": link.via, "version": status.watcher.board.version}
    if link.state is LinkState.CONNECTING:
        return [_fact(Verdict.LOOK, msg("doctor.kuma_connecting"), **data)]
    if link.trouble is None:
        mend = None if link.via is Via.LIVE else msg("doctor.mend_kuma_way")
        here = msg(f"doctor.kuma_{link.via}", n=len(status.watcher.board.monitors))
        return [_fact(Verdict.FINE, here, mend, **data)]
    mend = msg("doctor.mend_kuma_settings" if link.trouble in _OF_SETTINGS else "doctor.mend_kuma_url")
    return [_fact(Verdict.WRONG, msg(f"status.{link.trouble}"), mend, **data, trouble=link.trouble)]


def examine_push(pushing: Pushing | None) -> list[Fact]:
    """Whether it is told how the portal is, as far as that was tried."""
    if pushing is None:
        return []
    last_good_at, trouble = pushing.health.last_good_at, pushing.trouble
    data: dict[str, Any] = {
        "trouble": trouble,
        "last_good_at": last_good_at.isoformat() if last_good_at else None,
    }
    if trouble is not None:
        mend = msg("doctor.mend_kuma_push" if trouble is Trouble.NO_PUSH else "doctor.mend_kuma_url")
        return [_fact_of_push(Verdict.WRONG, msg(f"status.{trouble}"), mend, **data)]
    if last_good_at is None:
        return [_fact_of_push(Verdict.LOOK, msg("doctor.kuma_push_begins"), **data)]
    return [_fact_of_push(Verdict.FINE, msg("doctor.kuma_pushed", n=int(pushing.every_s)), **data)]


def _fact_of_push(verdict: Verdict, finding: Message, mend: Message | None = None, **data: object) -> Fact:
    return replace(_fact(verdict, finding, mend, **data), id=f"{_ID}_push", title=msg("doctor.uptime_kuma_push"))


def _fact(verdict: Verdict, finding: Message, mend: Message | None = None, **data: object) -> Fact:
    return Fact(
        id=_ID,
        group=Group.SERVICES,
        verdict=verdict,
        title=msg("doctor.uptime_kuma"),
        finding=finding,
        mend=mend,
        data=data,
    )
