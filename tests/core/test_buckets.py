"""Token buckets."""

from datetime import timedelta

import pytest

from medianest.core.buckets import Buckets, Rate, network_of


class Watch:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_then_one_at_a_time() -> None:
    watch = Watch()
    buckets = Buckets(Rate(burst=3, every=timedelta(seconds=10)), monotonic=watch)
    assert [buckets.take("a") for _ in range(3)] == [None] * 3
    assert buckets.take("a") == timedelta(seconds=10)
    watch.now += 4
    assert buckets.take("a") == timedelta(seconds=6)
    watch.now += 6
    assert buckets.take("a") is None
    assert buckets.take("a") == timedelta(seconds=10)


def test_keys_do_not_touch_each_other() -> None:
    buckets = Buckets(Rate(burst=1, every=timedelta(seconds=10)), monotonic=Watch())
    assert buckets.take("a") is None
    assert buckets.take("b") is None
    assert buckets.take("a") is not None


def test_what_is_given_back_can_be_taken_again_but_no_more_than_the_burst() -> None:
    buckets = Buckets(Rate(burst=2, every=timedelta(seconds=10)), monotonic=Watch())
    buckets.take("a")
    buckets.give_back("a")
    buckets.give_back("a")
    buckets.give_back("never taken")
    assert [buckets.take("a") for _ in range(3)] == [None, None, timedelta(seconds=10)]


def test_full_buckets_are_forgotten_and_there_are_never_too_many() -> None:
    watch = Watch()
    buckets = Buckets(Rate(burst=1, every=timedelta(seconds=10)), monotonic=watch)
    for number in range(30_000):
        buckets.take(f"flood {number}")
    assert len(buckets._full_at) == 20_000
    watch.now += 11
    buckets.take("one more")
    assert len(buckets._full_at) == 1


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
        (None, "unknown"),
    ],
)
def test_an_ipv6_household_is_one_network(address: str | None, network: str) -> None:
    assert network_of(address) == network
