"""What the doctor says of Uptime Kuma: by which way it is heard, and for each reason not to hear it what mends that."""

from dataclasses import replace
from pathlib import Path

import pytest

from medianest.admin.doctor_kuma import examine
from medianest.admin.types import Verdict
from medianest.core.config import Settings, UptimeKumaSettings
from medianest.core.db import Database
from medianest.core.i18n import Catalogues
from medianest.core.live import Live
from medianest.status import building
from medianest.status.service import Status
from medianest.status.types import Link, LinkState, Trouble, Via

CATALOGUE = Catalogues().of("en")


@pytest.fixture
def status(db: Database, tmp_path: Path) -> Status:
    section = UptimeKumaSettings.model_validate({"url": "http://nas.lan:3001", "username": "portal"})
    settings = Settings(uptime_kuma=section)
    return Status(db, Live(), lambda: settings, building.ways(db, section, tmp_path / "secret.key"))


def said(status: Status, link: Link) -> tuple[Verdict, str, str | None]:
    """The verdict, what was found, and what mends it; each has its words."""
    status.watcher.link = link
    (fact,) = examine(status)
    assert all(CATALOGUE.lookup(one.id) for one in (fact.title, fact.finding, fact.mend) if one), fact
    return fact.verdict, fact.finding.id, fact.mend.id if fact.mend else None


def test_each_way_is_fine_and_a_lesser_one_says_what_a_better_one_would_bring(status: Status) -> None:
    up, better = Link(state=LinkState.UP), "doctor.mend_kuma_way"
    assert {via: said(status, replace(up, via=via)) for via in Via} == {
        Via.LIVE: (Verdict.FINE, "doctor.kuma_live", None),
        Via.STATUS_PAGE: (Verdict.FINE, "doctor.kuma_status_page", better),
        Via.METRICS: (Verdict.FINE, "doctor.kuma_metrics", better),
    }


def test_without_one_or_before_it_is_heard_nothing_is_wrong(status: Status) -> None:
    assert said(status, Link(state=LinkState.OFF)) == (Verdict.FINE, "doctor.kuma_none", None)
    assert said(status, Link(state=LinkState.CONNECTING)) == (Verdict.LOOK, "doctor.kuma_connecting", None)


def test_every_trouble_has_its_words_and_says_where_to_look(status: Status) -> None:
    settings, address = "doctor.mend_kuma_settings", "doctor.mend_kuma_url"
    mends = {
        Trouble.AWAY: address,
        Trouble.UNREADABLE: address,
        Trouble.CREDENTIALS: settings,
        Trouble.CODE: settings,
        Trouble.THROTTLED: address,
        Trouble.NOT_SET_UP: address,
        Trouble.NO_PAGE: settings,
    }
    for trouble in frozenset(Trouble) - {Trouble.NO_PUSH}:
        link = Link(state=LinkState.DOWN, via=Via.LIVE, trouble=trouble)
        assert said(status, link) == (Verdict.WRONG, f"status.{trouble}", mends[trouble]), trouble
