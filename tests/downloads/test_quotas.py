"""What a plan leaves, and what is said when nothing is left."""

from datetime import UTC, datetime, timedelta

import pytest

from medianest.core.i18n import Catalogues
from medianest.downloads.plans.quotas import QuotaExceeded, fits, in_the_way
from medianest.downloads.types import Quota, Standing

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
ENGLISH = Catalogues().of("en")


def standing(quota: Quota, used: int, limit: int, *, hours: float | None = None, days: int = 7) -> Standing:
    resets_at = None if hours is None else NOW + timedelta(hours=hours)
    return Standing(quota=quota, limit=limit, used=used, window_days=days, resets_at=resets_at)


BEGUN = standing(Quota.DOWNLOADS, 3, 3, hours=50)
SOME = standing(Quota.DOWNLOADS, 2, 3, hours=50)
FULL = standing(Quota.BYTES, 5_000_000_000, 5_000_000_000, hours=3)
ROOM = standing(Quota.BYTES, 4_000, 5_000, hours=3)
BUSY = standing(Quota.ACTIVE, 2, 2)
NONE = standing(Quota.DOWNLOADS, 0, 0)


@pytest.mark.parametrize(
    ("standings", "is_counted", "expected"),
    [
        ((), False, None),
        ((SOME, ROOM), False, None),
        ((BEGUN, ROOM), False, BEGUN),
        ((BEGUN, ROOM), True, None),
        ((BEGUN, BUSY), True, BUSY),
        ((BUSY, FULL), False, FULL),
        ((FULL, BEGUN), False, BEGUN),
        ((FULL, NONE), False, NONE),
        ((standing(Quota.ACTIVE, 5, 2),), False, standing(Quota.ACTIVE, 5, 2)),
    ],
)
def test_what_takes_longest_is_in_the_way(
    standings: tuple[Standing, ...], is_counted: bool, expected: Standing | None
) -> None:
    assert in_the_way(standings, is_counted=is_counted) == expected


@pytest.mark.parametrize(
    ("standings", "estimated_bytes", "expected"),
    [
        ((), None, True),
        ((SOME,), None, True),
        ((BEGUN,), 1, False),
        ((ROOM,), 1_000, True),
        ((ROOM,), 1_001, False),
        ((ROOM,), None, None),
        ((FULL,), None, False),
    ],
)
def test_a_download_fits_or_not_or_nobody_knows(
    standings: tuple[Standing, ...], estimated_bytes: int | None, expected: bool | None
) -> None:
    assert fits(standings, estimated_bytes) is expected


@pytest.mark.parametrize(
    ("full", "sentence"),
    [
        (BEGUN, "Your plan’s downloads for 7 days are used up (3 of 3). The next can begin in 3 days."),
        (FULL, "What your plan lets you fetch in 7 days is used up (5 GB of 5 GB). There is room again in 3 hours."),
        (
            standing(Quota.BYTES, 1_530_000, 1_500_000, hours=0.2, days=1),
            "What your plan lets you fetch in one day is used up (1.53 MB of 1.5 MB). There is room again in 12 "
            "minutes.",
        ),
        (
            standing(Quota.BYTES, 900, 900, hours=0.001, days=1),
            "What your plan lets you fetch in one day is used up (900 bytes of 900 bytes). There is room again in a "
            "minute.",
        ),
        (
            BUSY,
            "As many downloads are under way as your plan allows at once (2 of 2). When one of them is done, the next "
            "can be queued.",
        ),
        (NONE, "Your plan allows no downloads."),
    ],
)
def test_it_is_said_what_is_allowed_what_is_used_and_when_it_frees(full: Standing, sentence: str) -> None:
    error = QuotaExceeded(full, now=NOW)
    assert ENGLISH.say(error.message) == sentence
    assert error.code == "quota_exceeded"
    assert error.retry_after == (full.resets_at - NOW if full.resets_at else None)
