"""A month of the real queue in virtual time: nobody starves, nothing hopeless is repeated, sites and quotas hold."""

import random
from collections.abc import Iterator

import pytest

from medianest.downloads.types import ErrorCode, State
from tests.downloads.queue.month import HOPELESS
from tests.downloads.queue.month_lived import PEOPLE, QUOTA, WINDOW, Seen, live

FIRST_SEED = 4


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    months = metafunc.config.getoption("months")
    metafunc.parametrize("seen", range(FIRST_SEED, FIRST_SEED + months), indirect=True, scope="module")


@pytest.fixture(scope="module")
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    random.seed(request.param)
    with pytest.MonkeyPatch.context() as patch:
        yield live(tmp_path_factory.mktemp("month"), patch, random.Random(request.param))


def test_the_month_had_every_failure_in_it_and_what_could_be_had_is_there(seen: Seen) -> None:
    month = seen.month
    assert set(month.codes) == set(ErrorCode)
    assert month.closings > 3
    hopes = [link for link in month.links.values() if not link.hopeless]
    lost = [link for link in hopes if seen.states.get(link.url) is not State.COMPLETED]
    for link in lost:
        in_the_end = link.ends[-1] if link.ends else None
        assert in_the_end is ErrorCode.QUOTA_EXCEEDED, (link, seen.states.get(link.url))
    print(f"\n{month.requests} attempts for {len(month.links)} links of {len(PEOPLE)} people, {len(lost)} of them cut")


def test_nobody_starves(seen: Seen) -> None:
    longest = max(seen.fairness.turns, key=lambda waited: waited.share)
    print(
        f"\nlongest wait against the fair share: {longest.seconds / 60:.0f} min, fair {longest.fair / 60:.0f} min;"
        f" in all {max(waited.seconds for waited in seen.fairness.turns) / 60:.0f} min"
    )
    assert len({waited.person for waited in seen.fairness.turns if waited.seconds > 60}) >= len(PEOPLE) - 1
    assert longest.share <= 2


def test_nothing_hopeless_is_tried_twice(seen: Seen) -> None:
    tried = [link.ends for link in seen.month.links.values() if link.hopeless]
    hopeless = {*HOPELESS, ErrorCode.QUOTA_EXCEEDED}
    again = [link for link in seen.month.links.values() if set(link.ends[:-1]) & hopeless]
    print(f"\n{len(tried)} hopeless ones, tried again: {len(again)}")
    assert again == []
    assert {code for ends in tried for code in ends} >= set(HOPELESS)


def test_no_site_gets_a_request_while_it_cools_down(seen: Seen) -> None:
    month = seen.month
    print(f"\n{month.closings} closings of sites, requests during them: {len(month.while_cooling)}")
    assert month.while_cooling == []


def test_nothing_begins_outside_of_the_hours(seen: Seen) -> None:
    assert seen.fairness.out_of_hours == 0


def test_quotas_hold_to_the_byte(seen: Seen) -> None:
    most: dict[str, int] = {}
    for person in seen.members:
        pieces = seen.month.received[person]
        assert seen.written[person] == sum(size for _, size in pieces)
        most[person] = _most_within(pieces, WINDOW.total_seconds())
    print(f"\nbytes within {WINDOW.days} days, of {QUOTA}: {sorted(most.values())}")
    assert max(most.values()) == QUOTA


def _most_within(pieces: list[tuple[float, int]], seconds: float) -> int:
    """The most bytes that came within any time of this length."""
    first = total = most = 0
    for at, size in pieces:
        total += size
        while pieces[first][0] <= at - seconds:
            total -= pieces[first][1]
            first += 1
        most = max(most, total)
    return most
