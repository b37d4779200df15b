"""The queue, a download and what is done with it, asked as browsers with and without script ask."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import func, select, update

from medianest.accounts.types import User
from medianest.core import clock
from medianest.downloads.models import DownloadRow
from medianest.downloads.types import Preset, State, Wait
from tests.people import sign_in
from tests.web.house import House, by_htmx, enter, submit

LINK = "http://127.0.0.1:9/{}.mp4"


async def queue(house: House, owner: User, name: str, **values: Any) -> str:
    """Queue a link as this person, then make the row what a test needs; returns its id."""
    _, actor = await sign_in(house.services.accounts, owner)
    download, _ = await house.services.downloads.enqueue(actor, LINK.format(name))
    async with house.services.db.transaction() as session:
        await session.execute(
            update(DownloadRow).where(DownloadRow.id == download.id).values({"title": name, **values})
        )
    return download.id


async def finish(house: House, owner: User, name: str, content: bytes = b"0123456789") -> str:
    path = house.folder / "media" / f"{name}.mp4"
    path.write_bytes(content)
    return await queue(
        house, owner, name, state=State.COMPLETED, file_path=path.name, size_bytes=len(content), finished_at=clock.now()
    )


def sections(page: str) -> dict[str, list[str]]:
    """The titles of each list of the queue's page."""
    lists = re.findall(r'<ul class="card flush" id="queue-(\w+)">(.*?)</ul>', page, flags=re.DOTALL)
    return {name: re.findall(r"<h3[^>]*><a [^>]*>(.*?)</a>", rows) for name, rows in lists}


async def test_each_download_is_listed_under_what_it_needs(house: House, browser: httpx.AsyncClient) -> None:
    bob = house.cast.bob
    await queue(house, bob, "queued")
    await queue(house, bob, "paused", state=State.PAUSED)
    await queue(house, bob, "running", state=State.RUNNING, stage="fetching")
    await queue(house, bob, "failed", state=State.FAILED, error_code="drm", finished_at=clock.now())
    await finish(house, bob, "here")
    await enter(browser, house.cast.carol)
    page = (await browser.get("/queue")).text
    assert sections(page) == {
        "running": ["running"], "waiting": ["queued", "paused"], "failed": ["failed"], "done": ["here"],
    }  # fmt: skip
    assert "1 running, 2 waiting." in page
    assert sections((await browser.get("/queue?show=failed")).text)["failed"] == ["failed"]
    assert sections((await browser.get("/queue?show=finished")).text)["done"] == ["here"]
    assert not any(sections((await browser.get("/queue?show=mine")).text).values())
    assert not any(sections((await browser.get("/queue?show=mine&cursor=" + "é" * 20)).text).values())


async def test_who_does_not_see_the_household_sees_an_empty_queue(house: House, browser: httpx.AsyncClient) -> None:
    id = await queue(house, house.cast.bob, "bobs-film")
    await enter(browser, house.cast.dora)
    page = await browser.get("/queue")
    assert "bobs-film" not in page.text
    assert 'action="/queue/preview"' not in page.text
    assert (await browser.get(f"/downloads/{id}")).status_code == 404


async def test_others_see_a_download_without_its_link_log_file_and_verbs(
    house: House, browser: httpx.AsyncClient
) -> None:
    id = await finish(house, house.cast.bob, "here")
    await enter(browser, house.cast.carol)
    page = (await browser.get(f"/downloads/{id}")).text
    assert "here" in page
    assert LINK.format("here") not in page
    assert "<video" not in page
    assert 'id="log"' not in page
    assert "/delete" not in page
    for path in ("log", "file"):
        assert (await browser.get(f"/downloads/{id}/{path}")).status_code == 403
    answer = await submit(browser, f"/downloads/{id}/delete", on="/queue", file="delete")
    assert answer.status_code == 403


async def test_an_unchanged_page_is_not_sent_again(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    tag = (await browser.get("/queue")).headers["etag"]
    again = await browser.get("/queue", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    await queue(house, house.cast.alice, "new")
    assert (await browser.get("/queue", headers={"if-none-match": tag})).status_code == 200
    browser.cookies.set("theme", "dark")
    dark = await browser.get("/queue", headers={"if-none-match": tag})
    assert 'data-theme="dark"' in dark.text


async def test_without_script_a_verb_leads_back_to_where_it_was_pressed(
    house: House, browser: httpx.AsyncClient
) -> None:
    id = await queue(house, house.cast.bob, "film")
    await enter(browser, house.cast.bob)
    answer = await submit(browser, f"/downloads/{id}/pause", on="/queue?show=mine")
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue?show=mine")
    assert "Paused" in (await browser.get(f"/downloads/{id}")).text
    assert (await submit(browser, f"/downloads/{id}/pause", on="/queue")).status_code == 409


async def test_for_htmx_a_verb_answers_with_the_row_in_its_new_list(house: House, browser: httpx.AsyncClient) -> None:
    id = await queue(house, house.cast.bob, "film")
    await enter(browser, house.cast.bob)
    answer = await by_htmx(browser, "POST", f"/downloads/{id}/cancel", on="/queue")
    assert answer.status_code == 200
    assert f'<hx-partial hx-target="li#download-{id}" hx-swap="delete">' in answer.text
    assert (
        "[data-shows=all] #queue-done, [data-shows=mine] #queue-done, [data-shows=finished] #queue-done" in answer.text
    )
    assert "Cancelled" in answer.text


async def test_the_first_in_line_is_the_one_that_was_moved_there(house: House, browser: httpx.AsyncClient) -> None:
    bob = house.cast.bob
    await queue(house, bob, "one")
    await queue(house, bob, "two")
    last = await queue(house, bob, "three")
    await enter(browser, bob)
    await submit(browser, f"/downloads/{last}/first", on="/queue")
    assert sections((await browser.get("/queue")).text)["waiting"][0] == "three"


async def test_a_finished_file_is_played_in_parts_and_saved_whole(house: House, browser: httpx.AsyncClient) -> None:
    id = await finish(house, house.cast.bob, "Bäckerei")
    await enter(browser, house.cast.bob)
    page = (await browser.get(f"/downloads/{id}")).text
    assert f'src="/downloads/{id}/file"' in page
    part = await browser.get(f"/downloads/{id}/file", headers={"range": "bytes=2-4"})
    assert (part.status_code, part.content, part.headers["content-type"]) == (206, b"234", "video/mp4")
    assert part.headers["content-disposition"] == "inline"
    saved = await browser.get(f"/downloads/{id}/file?save=1")
    assert saved.content == b"0123456789"
    assert "attachment" in saved.headers["content-disposition"]


@pytest.mark.parametrize(("choice", "stays"), [("keep", True), ("delete", False)])
async def test_deleting_asks_first_and_keeps_the_file_if_so_told(
    house: House, browser: httpx.AsyncClient, choice: str, stays: bool
) -> None:
    id = await finish(house, house.cast.bob, "film")
    await enter(browser, house.cast.bob)
    asked = await browser.get(f"/downloads/{id}/delete")
    assert "Delete this download?" in asked.text
    answer = await submit(browser, f"/downloads/{id}/delete", on=f"/downloads/{id}/delete", file=choice)
    assert answer.headers["location"] == "/queue"
    assert (house.folder / "media/film.mp4").exists() is stays
    assert (await browser.get(f"/downloads/{id}")).status_code == 404


async def test_for_htmx_the_question_is_a_sheet_and_the_answer_takes_the_row_away(
    house: House, browser: httpx.AsyncClient
) -> None:
    id = await finish(house, house.cast.bob, "film")
    await enter(browser, house.cast.bob)
    sheet = await by_htmx(browser, "GET", f"/downloads/{id}/delete", on="/queue")
    assert sheet.text.strip().startswith('<dialog class="sheet"')
    here = await by_htmx(browser, "POST", f"/downloads/{id}/delete", on=f"/downloads/{id}", file="keep")
    assert here.headers["hx-redirect"] == "/queue"


async def test_home_and_library_show_what_came_in(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    assert "The nest is empty" in (await browser.get("/")).text
    await finish(house, house.cast.bob, "mine")
    await finish(house, house.cast.carol, "hers")
    await queue(house, house.cast.bob, "coming")
    home = (await browser.get("/")).text
    assert "Just arrived" in home
    assert 'id="under-way"' in home
    assert "coming" in home
    library = (await browser.get("/library")).text
    assert "2 things." in library
    assert re.findall(r"<h3[^>]*><a [^>]*>(\w+)</a>", library) == ["hers", "mine"]
    assert re.findall(r"<h3[^>]*><a [^>]*>(\w+)</a>", (await browser.get("/library?show=mine")).text) == ["mine"]


async def test_a_link_into_the_house_is_refused_with_a_hint(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    answer = await submit(browser, "/queue/preview", on="/", url="see http://10.0.0.7/film.mp4 <b>now</b>")
    assert answer.status_code == 422
    assert "private network" in answer.text
    assert 'value="http://10.0.0.7/film.mp4"' in answer.text
    part = await by_htmx(browser, "POST", "/queue/preview", on="/", url="http://10.0.0.7/film.mp4")
    assert part.status_code == 422
    assert part.text.strip().startswith('<div class="banner bad"')


async def test_the_chosen_quality_is_the_next_default(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    answer = await submit(browser, "/queue", on="/", url=LINK.format("film"), preset="phone")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/downloads/")
    assert browser.cookies["preset"] == Preset.PHONE
    again = await by_htmx(browser, "POST", "/queue", on="/", url=LINK.format("film"), preset="phone")
    assert "This is here or on its way already" in again.text
    assert 'value=""' in again.text


async def test_a_page_that_was_made_long_ago_still_says_when_it_goes_on(
    house: House, browser: httpx.AsyncClient
) -> None:
    until = clock.now() + timedelta(minutes=10)
    waits = {"state": State.WAITING, "waits_for": Wait.SITE, "error_code": "rate_limited", "due_at": until}
    await queue(house, house.cast.bob, "film", **waits)
    await enter(browser, house.cast.bob)
    page = (await browser.get("/queue")).text
    assert "127.0.0.1 is cooling down" in page
    assert f'datetime="{until.isoformat()[:19]}' in page


async def test_failures_are_dealt_with_cause_by_cause(house: House, browser: httpx.AsyncClient) -> None:
    bob = house.cast.bob
    over = {"state": State.FAILED, "finished_at": clock.now()}
    for name in ("one", "two"):
        await queue(house, bob, name, error_code="network", **over)
    await queue(house, bob, "three", error_code="drm", **over)
    await queue(house, house.cast.carol, "hers", error_code="network", **over)
    await enter(browser, bob)
    page = (await browser.get("/queue?show=failed")).text
    causes = re.findall(r"<h3>([^<]+)</h3>\s*<p class=\"meta dots\"><span>(\d) download", page)
    assert [number for _, number in causes] == ["2", "1"]
    assert "By cause" not in (await browser.get("/queue")).text
    assert "Dismiss 1 download?" in (await browser.get("/failures/drm/dismiss")).text
    gone = await submit(browser, "/failures/drm/dismiss", on="/failures/drm/dismiss")
    assert (gone.status_code, gone.headers["location"]) == (303, "/queue?show=failed")
    await submit(browser, "/failures/network/retry", on="/queue?show=failed")
    assert sections((await browser.get("/queue?show=failed")).text)["failed"] == ["hers"]
    assert set(sections((await browser.get("/queue?show=mine")).text)["waiting"]) == {"one", "two"}
    assert (await browser.get("/failures/luck/dismiss")).status_code == 404


async def test_a_link_that_another_page_hands_over_stands_in_the_box_and_is_not_asked_for(
    house: House, browser: httpx.AsyncClient
) -> None:
    link = 'https://tube.example/watch?v=1&t="2"'
    asked = httpx.URL("/queue", params={"url": link})
    door = await browser.get(asked)
    assert door.headers["location"] == f"/sign-in?next={quote(str(asked), safe='/')}"
    await enter(browser, house.cast.bob)
    page = (await browser.get(asked)).text
    assert 'value="https://tube.example/watch?v=1&amp;t=&#34;2&#34;"' in page
    assert (await browser.get("/queue", params={"url": "x" * 5000})).text.count("x" * 4097) == 0
    assert await house.services.db.read(lambda session: session.scalar(select(func.count(DownloadRow.id)))) == 0
