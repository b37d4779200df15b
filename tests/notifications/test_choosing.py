"""When somebody hears of something: quiet hours in their own zone, over changes of the clock too."""

from datetime import UTC, datetime, time

import pytest

from medianest.core.actor import Role
from medianest.notifications import choosing
from medianest.notifications.rhythm import next_digest
from medianest.notifications.types import TOPICS, ChannelKind, Digest, Manners, Notice, Preferences, Topic

NIGHT = (time(22), time(7))
NOON = (time(12), time(14))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "quiet", "now", "until"),
    [
        ("Europe/Berlin", NIGHT, "2026-11-20T22:30", "2026-11-21T06:00"),  # 23:30 there, until 07:00 there
        ("Europe/Berlin", NIGHT, "2026-11-20T20:59", None),  # 21:59
        ("Europe/Berlin", NIGHT, "2026-11-20T21:00", "2026-11-21T06:00"),  # on the stroke of ten
        ("Europe/Berlin", NIGHT, "2026-11-21T06:00", None),  # on the stroke of seven
        ("Europe/Berlin", NIGHT, "2026-03-28T22:30", "2026-03-29T05:00"),  # the night that is an hour short
        ("Europe/Berlin", NIGHT, "2026-10-24T22:30", "2026-10-25T06:00"),  # the night that is an hour long
        ("Europe/Berlin", (time(1), time(2, 30)), "2026-03-29T00:30", "2026-03-29T01:30"),  # ends in the hour left out
        ("Europe/Berlin", (time(1), time(2, 30)), "2026-10-24T23:30", "2026-10-25T00:30"),  # the first of two 02:30
        ("America/New_York", NIGHT, "2026-11-01T03:30", "2026-11-01T12:00"),  # clocks go back that night
        ("Asia/Kolkata", NIGHT, "2026-11-20T17:00", "2026-11-21T01:30"),  # half an hour off
        ("Pacific/Kiritimati", NIGHT, "2026-11-20T08:30", "2026-11-20T17:00"),  # a day ahead
        ("UTC", NOON, "2026-11-20T13:00", "2026-11-20T14:00"),
        ("UTC", NOON, "2026-11-20T11:59", None),
    ],
)
def test_quiet_hours_end_when_the_clock_on_the_wall_says_so(
    zone: str, quiet: tuple[time, time], now: str, until: str | None
) -> None:
    found = choosing.not_before(Manners(zone=zone, quiet=quiet), Notice.DOWNLOAD_READY, at(now))
    assert found == (at(until) if until else None)


def test_what_somebody_else_may_be_doing_with_an_account_is_told_at_any_hour() -> None:
    assert choosing.not_before(Manners(zone="UTC", quiet=NIGHT), Notice.SECURITY, at("2026-11-20T23:00")) is None


def test_a_zone_that_the_world_gave_up_is_that_of_the_portal() -> None:
    assert choosing.zone_of("Mars/Olympus") is None
    assert choosing.not_before(Manners(zone="Mars/Olympus"), Notice.DOWNLOAD_READY, at("2026-11-20T23:00")) is None


@pytest.mark.parametrize(
    ("digest", "now", "due"),
    [
        (Digest.OFF, "2026-11-20T12:00", None),
        (Digest.DAILY, "2026-11-20T07:59", "2026-11-20T08:00"),
        (Digest.DAILY, "2026-11-20T08:00", "2026-11-21T08:00"),
        (Digest.DAILY, "2026-03-28T12:00", "2026-03-29T07:00"),  # nine o'clock in summer time
        (Digest.WEEKLY, "2026-11-20T12:00", "2026-11-23T08:00"),  # a Friday, and the Monday after it
        (Digest.WEEKLY, "2026-11-23T08:00", "2026-11-30T08:00"),
    ],
)
def test_a_digest_is_due_in_the_morning_of_who_reads_it(digest: Digest, now: str, due: str | None) -> None:
    found = next_digest(Manners(zone="Europe/Berlin", digest=digest), at(now))
    assert found == (at(due) if due else None)


def test_a_choice_stands_over_what_holds_for_all() -> None:
    assert not choosing.is_usual(Notice.DOWNLOAD_READY, ChannelKind.EMAIL)
    chosen = Preferences(choices={(Notice.DOWNLOAD_READY, ChannelKind.EMAIL): True})
    assert choosing.is_wanted(chosen, Notice.DOWNLOAD_READY, ChannelKind.EMAIL)
    assert choosing.is_wanted(chosen, Notice.SECURITY, ChannelKind.EMAIL)


@pytest.mark.parametrize("role", Role)
def test_nobody_chooses_among_what_they_are_never_told(role: Role) -> None:
    topics = {TOPICS[notice] for notice in choosing.concerning(role)}
    assert (Topic.HOUSE in topics) == (role is Role.ADMIN)
    assert (Topic.DECIDE in topics) == (role in (Role.ADMIN, Role.CURATOR))
    assert {Topic.READY, Topic.ACCOUNT} <= topics


def test_the_zones_that_are_shown_are_zones() -> None:
    assert "Europe/Berlin" in choosing.shown_zones()
    assert set(choosing.shown_zones()) <= choosing.zones()
