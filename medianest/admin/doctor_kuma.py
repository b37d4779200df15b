"""The doctor on Uptime Kuma: whether it is heard, by which way, and why not."""

from typing import Any

from medianest.admin.types import Fact, Group, Verdict
from medianest.core.i18n import Message, msg
from medianest.status.service import Status
from medianest.status.types import LinkState, Trouble, Via

_OF_SETTINGS = (Trouble.CREDENTIALS, Trouble.CODE, Trouble.NO_PAGE)


def examine(status: Status) -> list[Fact]:
    """What is known of it at this moment; it is followed all the time, so nobody is asked."""
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


def _fact(verdict: Verdict, finding: Message, mend: Message | None = None, **data: object) -> Fact:
    return Fact(
        id="services.uptime_kuma",
        group=Group.SERVICES,
        verdict=verdict,
        title=msg("doctor.uptime_kuma"),
        finding=finding,
        mend=mend,
        data=data,
    )
