"""Cookies of sites: what a file may hold, whose they are, and what two runs make of them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from medianest.downloads.sites import cookies
from medianest.downloads.sites.cookies import BadCookies, Cookie

SITE = "tube.example"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
LATER = int(NOW.timestamp()) + 1000
FILE = f"""\
# Netscape HTTP Cookie File
# https://curl.se/docs/http-cookies.html

.tube.example\tTRUE\t/\tTRUE\t{LATER}\tSID\tabc
#HttpOnly_www.tube.example\tFALSE\t/watch\tFALSE\t0\tPREF\tf1=5;x y
.bank.example\tTRUE\t/\tTRUE\t{LATER}\tmoney\tmuch
"""


def own(text: str, site: str = SITE) -> list[str]:
    return [cookie.name for cookie in cookies.chosen(cookies.parse(text), site, now=NOW)]


def cookie(name: str, value: str = "1", **values: object) -> Cookie:
    known = Cookie(domain=f".{SITE}", path="/", name=name, value=value, secure=True, expires=None)
    return replace(known, **values)  # type: ignore[arg-type]


def test_a_browsers_file_is_read_and_only_the_sites_own_are_kept() -> None:
    assert own(FILE) == ["SID", "PREF"]
    first, second, _ = cookies.parse(FILE)
    assert first == cookie("SID", "abc", expires=LATER)
    assert second == cookie("PREF", "f1=5;x y", domain="www.tube.example", path="/watch", secure=False)


def test_what_is_written_is_read_again_as_it_was() -> None:
    read = cookies.parse(FILE)
    assert cookies.parse(cookies.written(read)) == read


@pytest.mark.parametrize(
    ("domain", "site", "sent"),
    [
        ("tube.example", SITE, True),
        (".tube.example", "m.tube.example", True),
        ("music.tube.example", SITE, True),
        ("nottube.example", SITE, False),
        ("tube.example.evil.example", SITE, False),
        (".example", SITE, False),
        ("127.0.0.1", "127.0.0.1", True),
    ],
)
def test_a_cookie_is_of_the_sites_that_a_browser_would_send_it_to(domain: str, site: str, sent: bool) -> None:
    assert cookie("a", domain=domain).is_of(site) is sent


@pytest.mark.parametrize(
    "line",
    [
        "not a cookie",
        ".tube.example TRUE / TRUE 0 SID abc",
        ".tube.example\tTRUE\t/\tTRUE\t0\t\tabc",
        ".tube.example\tYES\t/\tTRUE\t0\tSID\tabc",
        ".tube.example\tTRUE\t/\tTRUE\tsoon\tSID\tabc",
        ".tube.example\tTRUE\twatch\tTRUE\t0\tSID\tabc",
        "tube.example/\tTRUE\t/\tTRUE\t0\tSID\tabc",
        ".tube.example\tTRUE\t/\tTRUE\t0\tSID\tab\x00c",
        ".tube.example\tTRUE\t/\tTRUE\t0\tSID\tab\x1b[2Jc",
        ".tube.example\tTRUE\t/\tTRUE\t0\tS=D\tabc",
        f".tube.example\tTRUE\t/\tTRUE\t0\tSID\t{'a' * 5000}",
    ],
)
def test_a_line_that_is_no_cookie_is_named(line: str) -> None:
    with pytest.raises(BadCookies) as caught:
        cookies.parse(f"{FILE}{line}\n")
    assert caught.value.message.id == "downloads.cookies_bad_line"
    assert caught.value.message.values["line"] == 7


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ('[{"domain": ".tube.example"}]', "downloads.cookies_are_json"),
        ("", "downloads.cookies_of_others"),
        (FILE.replace("tube", "cube"), "downloads.cookies_of_others"),
        (".tube.example\tTRUE\t/\tTRUE\t1700000000\tSID\tabc", "downloads.cookies_ran_out"),
        (
            "\n".join(f".tube.example\tTRUE\t/\tTRUE\t0\tc{number}\tabc" for number in range(301)),
            "downloads.cookies_too_many",
        ),
        (
            "\n".join(f".tube.example\tTRUE\t/\tTRUE\t0\tc{number}\t{'a' * 4000}" for number in range(13)),
            "downloads.cookies_too_many",
        ),
    ],
)
def test_what_cannot_help_is_refused_with_the_reason(text: str, id: str) -> None:
    with pytest.raises(BadCookies) as caught:
        own(text)
    assert caught.value.message.id == id


def test_what_two_runs_change_both_counts() -> None:
    lent = (cookie("a"), cookie("b"), cookie("c"))
    first = cookies.merged(lent, lent, (cookie("a", "2"), cookie("b"), cookie("c")))
    second = cookies.merged(first, lent, (cookie("a"), cookie("c"), cookie("d")))
    assert {one.name: one.value for one in second} == {"a": "2", "c": "1", "d": "1"}


def test_what_a_run_lost_stays_where_another_has_renewed_it() -> None:
    lent = (cookie("a"), cookie("b"))
    renewed = cookies.merged(lent, lent, (cookie("a", "2"), cookie("b")))
    assert {one.name for one in cookies.merged(renewed, lent, (cookie("b"),))} == {"a", "b"}


def test_somebody_is_signed_in_until_the_last_cookie_runs_out() -> None:
    assert cookies.runs_out_at((cookie("a"),)) is None
    told = cookies.runs_out_at((cookie("a", expires=10), cookie("b", expires=LATER), cookie("c")))
    assert told == datetime.fromtimestamp(LATER, UTC)
