"""The journal's page: everything can be looked for, the address says what for, and it is saved as a spreadsheet."""

import asyncio
import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from medianest.accounts.types import UserChange
from medianest.core import clock, journal
from medianest.core.actor import SYSTEM, Role, Via
from medianest.core.event import ADMINS, topics
from medianest.core.i18n import Catalogues
from medianest.downloads.events import DownloadPaused
from medianest.web.pages.journal_filter import Filter, Span, read
from medianest.web.spreadsheets import BOM, defused, lines
from tests.people import sign_in
from tests.web.house import House, by_htmx, enter
from tests.web.test_queue import queue

PAGE = "/admin/journal"
NOW = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
HOSTILE = ['=HYPERLINK("http://evil.example";"x")', "+1-1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "ok;=1+1", 'say ""hi""']


def sentences(page: str) -> list[str]:
    """What the page tells, entry by entry."""
    entries = page.partition('id="entries"')[2].split('<li class="entry"')[1:]
    return [re.sub(r"<[^>]+>", "", re.findall(r"<p>(.*?)</p>", entry, re.DOTALL)[0]) for entry in entries]


async def pause(house: House, number: int, *, title: str = "film", name: str = "MediaNest") -> None:
    """So many entries of somebody's."""
    actor = replace(SYSTEM, name=name)
    async with house.services.db.transaction() as session:
        for _ in range(number):
            paused = DownloadPaused(actor=actor, subject_id="x", audience=ADMINS, title=title, owner_id="x")
            await journal.record(session, paused)


async def test_it_is_looked_through_by_person_topic_and_door(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    await queue(house, house.cast.bob, "film")
    await sign_in(house.services.accounts, house.cast.carol)

    async def told(query: str) -> list[str]:
        return sentences((await browser.get(f"{PAGE}?{query}")).text)

    assert await told(f"person={house.cast.bob.id}") == ["Bob asked for “film.mp4”", "Bob signed in"]
    assert await told(f"person={house.cast.carol.id}&topic=sign_in") == ["Carol signed in"]
    assert await told("topic=download") == ["Bob asked for “film.mp4”"]
    assert await told(f"topic=download&person={house.cast.carol.id}") == []
    assert await told("via=cli") == []
    assert "MediaNest gave Bob an account" in await told("person=portal")
    assert len(await told("topic=gardening&via=post&span=ages&zone=Atlantis")) > 5


async def test_the_form_shows_what_was_asked_for_and_who_left_is_offered(
    house: House, browser: httpx.AsyncClient
) -> None:
    await enter(browser, house.cast.alice)
    await house.services.accounts.people.remove(SYSTEM, house.cast.bob.id)
    page = (await browser.get(f"{PAGE}?person={house.cast.bob.id}&topic=user&via=web&span=today")).text
    chosen = re.findall(r'<option value="([^"]+)" selected>([^<]+)<', page)
    gone = f"former-{house.cast.bob.id[:6]} (left)"
    assert chosen == [
        (house.cast.bob.id, gone), ("user", "People"), ("web", "in the browser"), ("today", "Today"),
    ]  # fmt: skip
    assert "Nothing matches" in page
    assert f'<a class="btn" href="{PAGE}">Show everything</a>' in page
    assert page.count("Show everything") == 1


async def test_pages_go_on_under_the_same_filter_while_more_happens(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    await pause(house, 60)
    first = (await browser.get(f"{PAGE}?topic=download")).text
    older = re.search(r'href="([^"]+)">Older<', first)
    assert older
    assert ">Newest<" not in first
    assert dict(parse_qsl(urlsplit(older[1]).query))["topic"] == "download"
    await pause(house, 5)
    second = (await browser.get(older[1].replace("&amp;", "&"))).text
    ids = [re.findall(r'id="entry-(\d+)"', page) for page in (first, second)]
    assert [len(found) for found in ids] == [50, 10]
    assert int(ids[0][-1]) == int(ids[1][0]) + 1
    assert f'href="{PAGE}?topic=download">Newest<' in second
    assert ">Older<" not in second


async def test_htmx_gets_the_list_alone_with_its_address(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    answer = await by_htmx(
        browser, "GET", f"{PAGE}?person=&topic=backup&via=&span=&from=&to=&zone=Europe/Berlin", on=PAGE
    )
    assert answer.text.lstrip().startswith('<section class="section" id="journal"')
    assert f'data-address="{PAGE}?topic=backup"' in answer.text
    assert "<html" not in answer.text


async def test_days_that_are_none_come_back_with_the_form(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    for query, sentence in {
        "from=2026-11-20&to=2026-11-01": "The last day lies before the first.",
        "span=dates&from=tomorrow": "This is not a day.",
        "to=0001-01-01": "This is not a day.",
    }.items():
        answer = await browser.get(f"{PAGE}?{query}")
        assert answer.status_code == 422
        assert sentence in answer.text
        assert "Nothing matches" not in answer.text
        assert (await browser.get(f"{PAGE}.csv?{query}")).status_code == 422


@pytest.mark.parametrize(
    ("asked", "since", "until"),
    [
        (Filter(span=Span.TODAY), "2026-11-20T00:00Z", None),
        (Filter(span=Span.TODAY, zone="Europe/Berlin"), "2026-11-20T23:00Z", None),
        (Filter(span=Span.TODAY, zone="America/New_York"), "2026-11-20T05:00Z", None),
        (Filter(span=Span.WEEK), "2026-11-14T00:00Z", None),
        (Filter(span=Span.MONTH), "2026-10-22T00:00Z", None),
        (Filter(span=Span.DATES, first="2026-11-01"), "2026-11-01T00:00Z", None),
        (Filter(span=Span.DATES, last="2026-11-01", zone="Asia/Tokyo"), None, "2026-11-01T15:00Z"),
        (Filter(span=Span.DATES, first="2026-10-25", last="2026-10-25", zone="Europe/Berlin"),
         "2026-10-24T22:00Z", "2026-10-25T23:00Z"),
        (Filter(first="2026-11-01"), None, None),
    ],
)  # fmt: skip
def test_days_are_those_of_the_readers_zone(asked: Filter, since: str | None, until: str | None) -> None:
    sought = asked.sought(NOW)
    assert (sought.since, sought.until) == tuple(at and datetime.fromisoformat(at) for at in (since, until))


@pytest.mark.parametrize(
    "zone", ["", "Atlantis", "../../etc/passwd", "/etc/passwd", "Europe", "\x00", "Europe/Berlin\n"]
)
def test_a_zone_that_is_none_is_utc_and_says_so(zone: str) -> None:
    asked = read({"span": "today", "zone": zone})
    assert asked.zone == ""
    assert asked.sought(NOW).since == datetime(2026, 11, 20, tzinfo=UTC)


def test_an_address_leads_back_to_the_same_filter() -> None:
    asked = Filter(
        person="id",
        topic="user",
        via=Via.CLI,
        span=Span.DATES,
        first="2026-11-01",
        last="2026-11-02",
        zone="Asia/Tokyo",
    )
    assert read(dict(parse_qsl(urlsplit(asked.address(PAGE)).query))) == asked
    assert Filter().address(PAGE) == PAGE


def test_there_is_a_name_for_every_topic() -> None:
    english = Catalogues().of("en")
    ours = {topic for topic, kinds in topics().items() if not {"bread.baked", "bread.eaten", "bell.rang"} & kinds}
    assert {topic for topic in ours if english.lookup(f"web.journal.topic_{topic}") is None} == set()


async def saved(browser: httpx.AsyncClient, query: str = "") -> list[dict[str, str]]:
    answer = await browser.get(f"{PAGE}.csv?{query}")
    assert answer.status_code == 200, answer.text
    text = answer.content.decode()
    assert text.startswith(BOM)
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM), newline="")))


async def test_it_is_saved_whole_and_that_is_written_down(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    await pause(house, 1203)
    rows = await saved(browser, "topic=download")
    assert len(rows) == 1203
    assert list(rows[0]) == [
        "at", "who", "person_id", "kind", "sentence", "subject", "via", "address", "request_id", "data",
    ]  # fmt: skip
    assert rows[0] | {"at": "", "request_id": ""} == {
        "at": "", "who": "MediaNest", "person_id": "", "kind": "download.paused", "sentence": "MediaNest paused “film”",
        "subject": "download:x", "via": "system", "address": "", "request_id": "",
        "data": '{"title":"film","owner_id":"x"}',
    }  # fmt: skip
    assert datetime.fromisoformat(rows[0]["at"]).utcoffset() == timedelta(0)
    _, told = await saved(browser, f"topic=journal&person={house.cast.alice.id}")
    assert (told["kind"], told["sentence"]) == ("journal.exported", "Alice saved the journal as CSV")
    assert json.loads(told["data"]) == {"filters": {"topic": "download"}}
    assert told["address"] == "127.0.0.1"


async def test_its_file_is_named_for_the_day(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    answer = await browser.get(f"{PAGE}.csv")
    assert answer.headers["content-type"].startswith("text/csv; charset=utf-8")
    assert (
        f'attachment; filename="medianest-journal-{clock.now():%Y-%m-%d}.csv"' in answer.headers["content-disposition"]
    )


@pytest.mark.parametrize("name", HOSTILE)
async def test_no_name_becomes_a_formula(house: House, browser: httpx.AsyncClient, name: str) -> None:
    await enter(browser, house.cast.alice)
    await pause(house, 1, title=name, name=name)
    (row,) = await saved(browser, "topic=download")
    for cell in row.values():
        assert not re.match(r"[=+\-@\t\r]", cell)
        assert not re.search(r"[;\t\r\n][=+\-@]", cell)
    assert row["who"].replace("'", "") == name
    assert json.loads(row["data"].replace(";'=", ";="))["title"] == name


def test_a_cell_that_is_quoted_is_defused_too_and_others_are_left_alone() -> None:
    assert lines([['=1,"x"', "a,b", "plain - text", "", "a=b", "5\n-6"]]) == (
        b'"\'=1,""x""","a,b",plain - text,,a=b,"5\n\'-6"\r\n'
    )
    assert defused("＝1") == "'＝1"
    assert lines([["\ud800"]]) == b"?\r\n"


async def test_a_child_and_a_member_get_no_journal(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    for path in (PAGE, f"{PAGE}.csv"):
        assert (await browser.get(path)).status_code == 403


async def test_saving_it_again_and_again_is_too_much(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    answers = [(await browser.get(f"{PAGE}.csv?topic=backup")).status_code for _ in range(8)]
    assert answers[:6] == [200] * 6
    last = await browser.get(f"{PAGE}.csv?topic=backup")
    assert (answers[-1], last.status_code) == (429, 429)
    assert int(last.headers["retry-after"]) > 0


async def test_who_is_locked_out_meanwhile_does_not_get_the_rest(house: House, browser: httpx.AsyncClient) -> None:
    accounts = house.services.accounts
    await accounts.people.change(SYSTEM, house.cast.carol.id, UserChange(role=Role.ADMIN))
    await enter(browser, house.cast.carol)
    await pause(house, 4000, title="x" * 5000)
    with pytest.raises(httpx.RemoteProtocolError):
        async with browser.stream("GET", f"{PAGE}.csv") as answer:
            pieces = answer.aiter_raw()
            await anext(pieces)
            await accounts.people.change(SYSTEM, house.cast.carol.id, UserChange(suspended=True))
            async with asyncio.timeout(20):
                async for _ in pieces:
                    pass
