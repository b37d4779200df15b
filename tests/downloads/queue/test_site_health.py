"""What the answers of a site teach, as a table, and over a day of refusals."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from medianest.core.circuit import Admission
from medianest.downloads.sites import health as site_health
from medianest.downloads.sites.health import Site, Standing
from medianest.downloads.types import ErrorCode

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FRESH = Site(name="tube.example")


def refused(site: Site, now: datetime, *, wish: timedelta | None = None, is_probe: bool = False) -> Site:
    return site_health.learnt(site, now, code=ErrorCode.BOT_CHECK, is_probe=is_probe, retry_after=wish)


def probed(site: Site, now: datetime) -> Site:
    assert site_health.admission(site, now) is Admission.PROBE
    return site_health.begun(site, now, pause=timedelta(0))


@pytest.mark.parametrize("code", [ErrorCode.BOT_CHECK, ErrorCode.RATE_LIMITED])
def test_a_refusal_closes_the_site_for_half_an_hour(code: ErrorCode) -> None:
    site = site_health.learnt(FRESH, NOW, code=code, is_probe=False)
    assert (site.standing, site.until, site.cause) == (Standing.COOLING, NOW + timedelta(minutes=30), code)
    assert site_health.admission(site, NOW + timedelta(minutes=29)) is Admission.REFUSED


@pytest.mark.parametrize("code", [code for code in ErrorCode if code not in site_health.TROUBLES])
def test_no_other_failure_does(code: ErrorCode) -> None:
    assert site_health.learnt(FRESH, NOW, code=code, is_probe=False).standing is Standing.OK


def test_its_own_wish_is_honoured() -> None:
    wish = timedelta(minutes=4)
    assert refused(FRESH, NOW, wish=wish).until == NOW + wish


def test_a_site_that_refuses_again_after_its_own_short_time_is_left_alone_ever_longer() -> None:
    wish, now = timedelta(minutes=4), NOW
    site, pauses = refused(FRESH, NOW, wish=wish), []
    for _ in range(4):
        now = site.until or now
        site = refused(probed(site, now), now, wish=wish, is_probe=True)
        pauses.append((site.until or now) - now)
    assert pauses == [timedelta(hours=hours) for hours in (1, 2, 4, 8)]
    long = timedelta(hours=20)
    assert refused(probed(site, now + pauses[-1]), NOW, wish=long, is_probe=True).until == NOW + long


def test_only_one_probe_goes_when_the_time_is_over() -> None:
    now = NOW + timedelta(minutes=30)
    site = probed(refused(FRESH, NOW), now)
    assert site.standing is Standing.PROBING
    assert site_health.admission(site, now + timedelta(hours=9)) is Admission.REFUSED


def test_each_refused_probe_doubles_the_pause_up_to_a_day() -> None:
    site, now, pauses = refused(FRESH, NOW), NOW, []
    for _ in range(8):
        assert site.until
        pauses.append(site.until - now)
        now = site.until
        site = refused(probed(site, now), now, is_probe=True)
    assert pauses == [timedelta(minutes=minutes) for minutes in (30, 60, 120, 240, 480, 960, 1440, 1440)]
    assert site.since == NOW


def test_a_probe_that_is_answered_opens_it_whatever_the_answer_says_of_the_video() -> None:
    now = NOW + timedelta(minutes=30)
    for code in (None, ErrorCode.NOT_FOUND, ErrorCode.PRIVATE):
        site = site_health.learnt(probed(refused(FRESH, NOW), now), now, code=code, is_probe=True)
        assert (site.standing, site.cause, site.since, site.last_good_at) == (Standing.OK, None, None, now)


def test_a_probe_that_taught_nothing_is_followed_by_another_one_soon() -> None:
    now = NOW + timedelta(minutes=30)
    site = site_health.learnt(probed(refused(FRESH, NOW), now), now, code=ErrorCode.NETWORK, is_probe=True)
    assert (site.standing, site.until) == (Standing.COOLING, now + timedelta(minutes=5))
    again = refused(probed(site, now + timedelta(minutes=5)), now + timedelta(minutes=5), is_probe=True)
    assert again.until == now + timedelta(minutes=65), "the pause did not grow for it"


def test_who_began_before_it_closed_teaches_nothing() -> None:
    closed = refused(FRESH, NOW)
    assert refused(closed, NOW + timedelta(minutes=3)).circuit == closed.circuit
    assert site_health.learnt(closed, NOW, code=None, is_probe=False) == closed


def test_an_admins_hold_stands_over_all_and_a_release_over_that() -> None:
    held = replace(refused(FRESH, NOW), held_at=NOW)
    assert (held.standing, held.until) == (Standing.HELD, None)
    assert site_health.admission(held, NOW + timedelta(days=9)) is Admission.REFUSED
    assert site_health.admission(site_health.released(held), NOW) is Admission.CALL
