"""What is wanted of a list, as tables of cases; what was pasted; what a list's life allows."""

from dataclasses import dataclass

import pytest

from medianest.core.errors import Conflict
from medianest.downloads.links import pasted
from medianest.downloads.links.pasted import Both
from medianest.downloads.lists import states as playlist_states
from medianest.downloads.lists.choice import CHOSEN_MOST, Sieve, chosen, numbers_in
from medianest.downloads.lists.states import ListVerb
from medianest.downloads.lists.types import Choice, ListState
from medianest.downloads.protocol import Entry


def entry(number: int, at: float | None = None) -> Entry:
    return Entry(number=number, title=f"Part {number}", webpage_url="https://tube.example/", at=at)


def plain(number: int) -> list[Entry]:
    return [entry(n) for n in range(1, number + 1)]


DATED = [entry(1, 50.0), entry(2, 10.0), entry(3, 90.0), entry(4, 70.0), entry(5)]


@pytest.mark.parametrize(
    ("choice", "entries", "is_whole", "expected"),
    [
        (Choice(), plain(3), True, [1, 2, 3]),
        (Choice(), plain(3), False, None),
        (Choice(entries=(3, 1)), plain(4), False, [1, 3]),
        (Choice(entries=(3, 9)), plain(4), False, None),
        (Choice(entries=(3, 9)), plain(4), True, [3]),
        (Choice(newest=2), plain(4), False, [1, 2]),
        (Choice(newest=2), DATED, True, [3, 4]),
        (Choice(newest=2), DATED, False, None),
        (Choice(newest=9), DATED, True, [3, 4, 1, 2, 5]),
        (Choice(newest=2), [], True, []),
        (Choice(newest=2), [], False, None),
    ],
)
def test_what_the_first_entries_tell(
    choice: Choice, entries: list[Entry], is_whole: bool, expected: list[int] | None
) -> None:
    found = chosen(choice, entries, is_whole=is_whole)
    assert (None if found is None else [one.number for one in found]) == expected


def test_of_ten_thousand_only_as_many_are_kept_as_are_wanted() -> None:
    sieve = Sieve(Choice(newest=3))
    for start in range(1, 10_001, 50):
        assert sieve.take([entry(n, at=float(n * 7919 % 10_007)) for n in range(start, start + 50)]) == []
        assert len(sieve._kept) <= 3
    dates = sorted((n * 7919 % 10_007 for n in range(1, 10_001)), reverse=True)[:3]
    assert [one.at for one in sieve.last()] == dates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1-3, 7", (1, 2, 3, 7)),
        (" 7;7 , 5 – 6 ", (5, 6, 7)),
        ("", ()),
        ("3-1", None),
        ("0", None),
        ("all", None),
        (f"1-{CHOSEN_MOST}", tuple(range(1, CHOSEN_MOST + 1))),
        (f"1-{CHOSEN_MOST}, 20000", None),
        ("1-9999999", None),
    ],
)
def test_numbers_as_people_write_them(text: str, expected: tuple[int, ...] | None) -> None:
    assert numbers_in(text) == expected


YOUTUBE = "https://www.youtube.com"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (
            f"{YOUTUBE}/watch?v=abc&list=PL1&index=3&t=9",
            Both(video=f"{YOUTUBE}/watch?v=abc&t=9", playlist=f"{YOUTUBE}/playlist?list=PL1"),
        ),
        ("https://youtu.be/abc?list=PL1", Both(video="https://youtu.be/abc", playlist=f"{YOUTUBE}/playlist?list=PL1")),
        (
            "http://piped.lan:8080/watch?v=a&list=b",
            Both(video="http://piped.lan:8080/watch?v=a", playlist="http://piped.lan:8080/playlist?list=b"),
        ),
        (f"{YOUTUBE}/watch?v=abc", None),
        (f"{YOUTUBE}/playlist?list=PL1", None),
        ("https://tube.example/search?list=x", None),
        ("https://[", None),
    ],
)
def test_a_link_may_name_a_video_and_its_list(link: str, expected: Both | None) -> None:
    assert pasted.both_in(link) == expected


@dataclass(frozen=True)
class Pasted:
    text: str
    links: tuple[str, ...]


@pytest.mark.parametrize(
    "case",
    [
        Pasted("https://a.example/1\r\nhttps://b.example/2", ("https://a.example/1", "https://b.example/2")),
        Pasted("Look: HTTPS://a.example/1 !", ("HTTPS://a.example/1",)),
        Pasted("https://a.example/1 https://a.example/1", ("https://a.example/1",)),
        Pasted("https://web.example/https://a.example/", ("https://web.example/https://a.example/",)),
        Pasted("nothing", ()),
    ],
)
def test_the_links_in_what_was_pasted(case: Pasted) -> None:
    assert pasted.links_in(case.text) == case.links


@pytest.mark.parametrize(
    ("state", "verb", "then"),
    [
        (ListState.EXPANDING, ListVerb.COMPLETE, ListState.COMPLETED),
        (ListState.WAITING, ListVerb.GO_ON, ListState.EXPANDING),
        (ListState.COMPLETED, ListVerb.STOP, ListState.STOPPED),
        (ListState.STOPPED, ListVerb.STOP, None),
        (ListState.STOPPED, ListVerb.GO_ON, None),
        (ListState.WAITING, ListVerb.COMPLETE, None),
    ],
)
def test_the_life_of_a_list(state: ListState, verb: ListVerb, then: ListState | None) -> None:
    if then is None:
        with pytest.raises(Conflict):
            playlist_states.after(state, verb)
    else:
        assert playlist_states.after(state, verb) is then
