"""One range is honoured, what cannot be read is ignored, what lies behind the end is refused."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medianest.core.ranges import Unsatisfiable, parse_range


@pytest.mark.parametrize(
    ("header", "size", "expected"),
    [
        ("bytes=0-0", 10, (0, 0)),
        ("bytes=0-", 10, (0, 9)),
        ("bytes=2-5", 10, (2, 5)),
        ("bytes=5-99", 10, (5, 9)),
        ("bytes=-3", 10, (7, 9)),
        ("bytes=-99", 10, (0, 9)),
        ("Bytes= 2-5 ", 10, (2, 5)),
    ],
)
def test_one_range_is_honoured(header: str, size: int, expected: tuple[int, int]) -> None:
    found = parse_range(header, size)
    assert found is not None
    assert (found.start, found.last) == expected
    assert found.length == expected[1] - expected[0] + 1
    assert found.content_range == f"bytes {expected[0]}-{expected[1]}/{size}"


@pytest.mark.parametrize(
    "header",
    [None, "", "bytes", "bytes=", "bytes=-", "bytes=5-2", "bytes=0-0,2-3", "bytes=a-b", "items=0-1", "bytes=0-1\n",
     "bytes=1-2-3", "bytes=+1-2", "bytes=" + "9" * 30 + "-", "bytes=٣-٤"],
)  # fmt: skip
def test_everything_else_means_the_whole_file(header: str | None) -> None:
    assert parse_range(header, 10) is None


@pytest.mark.parametrize(("header", "size"), [("bytes=10-", 10), ("bytes=0-", 0), ("bytes=-0", 10), ("bytes=-5", 0)])
def test_a_range_behind_the_end_is_refused(header: str, size: int) -> None:
    with pytest.raises(Unsatisfiable) as refused:
        parse_range(header, size)
    assert refused.value.facts["size"] == size


@given(st.text(alphabet="bytes=-,0123456789 ", max_size=40), st.integers(0, 2**63))
def test_a_range_never_leaves_the_file(header: str, size: int) -> None:
    try:
        found = parse_range(header, size)
    except Unsatisfiable:
        return
    assert found is None or 0 <= found.start <= found.last < size


def test_a_thousand_ranges_cost_nothing() -> None:
    header = "bytes=" + ",".join(["0-0"] * 100_000)
    begun = time.thread_time()
    assert parse_range(header, 10) is None
    assert time.thread_time() - begun < 0.005
