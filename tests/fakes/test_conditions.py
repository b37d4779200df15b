"""Conditions are read from a path and written into one."""

import pytest

from tests.fakes.media_site import conditions
from tests.fakes.media_site.conditions import ALWAYS, Conditions


def test_what_is_written_is_what_is_read() -> None:
    said = {"slow": 5.0, "type": "text/html; charset=x", "cut": True, "times": 2, "key": "a/b@c"}

    read, resource = conditions.parse(conditions.write(**said) + "/files/clip.mp4")

    assert read == Conditions(**said)  # type: ignore[arg-type]
    assert resource == "/files/clip.mp4"


def test_only_the_head_of_a_path_is_conditions() -> None:
    assert conditions.parse("/watch/@slow=1/files/clip.mp4") == (Conditions(), "/watch/@slow=1/files/clip.mp4")


def test_false_and_none_say_nothing() -> None:
    assert conditions.write(cut=False, slow=None) == ""


@pytest.mark.parametrize("path", ["/@sloww=1/files/clip.mp4", "/@slow=fast/files/clip.mp4"])
def test_what_makes_no_sense_is_refused(path: str) -> None:
    with pytest.raises(ValueError):
        conditions.parse(path)


def test_troubles_hold_for_a_window_of_requests_and_traits_for_ever() -> None:
    said = Conditions(fail=503, cut=True, hold=3, wait=1.0, slow=9.0, noranges=True, after=1, times=2)
    calm = Conditions(slow=9.0, noranges=True, after=1, times=2)

    assert [said.for_request(number) for number in range(4)] == [calm, said, said, calm]
    assert Conditions(cut=True).for_request(ALWAYS - 1).cut
