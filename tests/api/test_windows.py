"""Short lists in pages."""

import pytest

from medianest.api.windows import window
from medianest.api.wire import Paged
from medianest.core.errors import Invalid

WORDS = ["one", "two", "three", "four", "five"]


def walk(limit: int) -> list[list[str]]:
    pages, cursor = [], None
    while True:
        page = window(WORDS, Paged(limit=limit, cursor=cursor), str)
        pages.append(list(page.items))
        cursor = page.next_cursor
        if cursor is None:
            return pages


def test_pages_follow_each_other_without_gap_or_repetition() -> None:
    assert walk(2) == [["one", "two"], ["three", "four"], ["five"]]


def test_the_last_page_has_no_cursor_even_if_it_is_full() -> None:
    assert walk(5) == [WORDS]


def test_after_an_item_that_is_gone_there_is_nothing() -> None:
    cursor = window(WORDS, Paged(limit=1), str).next_cursor
    assert window(WORDS[1:], Paged(cursor=cursor), str).items == []


def test_a_cursor_of_ones_own_making_is_refused() -> None:
    with pytest.raises(Invalid):
        window(WORDS, Paged(cursor="b25l"), str)
