"""Short lists in pages: the whole is at hand, and the cursor names the last item that was shown."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from medianest.api.wire import Paged
from medianest.core.paging import Page, decode_cursor, encode_cursor

T = TypeVar("T")


def window(items: Sequence[T], asked: Paged, name: Callable[[T], str]) -> Page[T]:
    """The items after the cursor; none where the one that it names is gone."""
    begin = 0
    if asked.cursor:
        (last,) = decode_cursor(asked.cursor, str)
        names = [name(item) for item in items]
        begin = names.index(last) + 1 if last in names else len(items)
    shown = items[begin : begin + asked.limit]
    more = begin + asked.limit < len(items)
    return Page(items=shown, next_cursor=encode_cursor(name(shown[-1])) if more else None)
