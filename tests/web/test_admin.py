"""The admin place: jobs, journal, doctor, backups, and that it is for administrators."""

import re

import httpx
import pytest

from medianest.admin.types import Fact, Group, Verdict
from medianest.core import clock
from medianest.core.event import Event
from medianest.core.i18n import Catalogues, msg
from medianest.downloads.events import DownloadFailed
from medianest.downloads.types import State
from medianest.web.pages.doctor import doctor_view
from tests.downloads.ytdlp.stock import stock
from tests.people import sign_in
from tests.web.house import House, enter, submit
from tests.web.test_live import record
from tests.web.test_queue import queue

PAGES = ["/admin", "/admin/jobs", "/admin/journal", "/admin/doctor", "/admin/backups", "/admin/names"]


@pytest.mark.parametrize("path", PAGES)
async def test_only_administrators_come_in(house: House, browser: httpx.AsyncClient, path: str) -> None:
    await enter(browser, house.cast.carol)
    answer = await browser.get(path)
    assert answer.status_code == 403
    assert "This is not for you" in answer.text
    assert 'href="/admin"' not in answer.text


async def test_a_job_is_run_now(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    page = (await browser.get("/admin/jobs")).text
    assert "each day at 04:00" in page
    assert "Not yet" in page
    answer = await submit(browser, "/admin/jobs/purge_sessions/run", on="/admin/jobs")
    assert answer.headers["location"] == "/admin/jobs"
    assert (await submit(browser, "/admin/jobs/nonsense/run", on="/admin/jobs")).status_code == 404
    assert (await submit(browser, "/admin/dead-letters/7/retry", on="/admin/jobs")).status_code == 404


async def test_the_journal_tells_in_sentences_and_goes_on(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    await queue(house, house.cast.bob, "film")
    for _ in range(55):
        await sign_in(house.services.accounts, house.cast.carol)
    page = (await browser.get("/admin/journal")).text
    assert "Carol signed in" in page
    assert "Bob asked for “film.mp4”" not in page
    more = re.search(r'href="(/admin/journal\?cursor=[^"]+)"', page)
    assert more
    assert "Bob asked for “film.mp4”" in (await browser.get(more[1])).text


def kinds(event: type[Event]) -> set[str]:
    own = {event.kind} if hasattr(event, "kind") and event.__module__.startswith("medianest.") else set()
    return own.union(*(kinds(child) for child in event.__subclasses__()))


def test_there_is_a_sentence_for_everything_that_can_happen() -> None:
    english = Catalogues().of("en")
    ours = {event for event in kinds(Event) if "." in event and not event.startswith("test")}
    missing = {kind for kind in ours if english.lookup(f"web.journal.{kind.replace('.', '_')}") is None}
    assert missing == set()


async def test_a_backup_is_made_and_handed_out_after_a_fresh_sign_in(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    assert "No backup yet" in (await browser.get("/admin/backups")).text
    await submit(browser, "/admin/backups", on="/admin/backups")
    page = (await browser.get("/admin/backups")).text
    path = re.search(r'href="(/admin/backups/[^"]+)"', page)
    assert path
    saved = await browser.get(path[1])
    assert saved.status_code == 200
    assert "attachment" in saved.headers["content-disposition"]
    await house.age_sign_in(house.cast.alice)
    assert (await browser.get(path[1])).headers["location"].startswith("/sign-in/again?next=")
    assert (await browser.get("/admin/backups/..%2fmedianest.db")).status_code in (303, 404)


async def test_the_doctor_shows_what_he_found(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    page = (await browser.get("/admin/doctor")).text
    assert "All is well" in page
    assert "Media folder" in page


@pytest.mark.parametrize(("worst", "told"), [(Verdict.FINE, "web.doctor.fine"), (Verdict.LOOK, "web.doctor.notes")])
async def test_what_is_worth_a_look_is_not_called_as_it_should_be(house: House, worst: Verdict, told: str) -> None:
    fact = Fact(id="clock", group=Group.SURROUNDINGS, verdict=worst, title=msg("a"), finding=msg("b"))
    view = doctor_view([fact], await house.services.ytdlp.status())
    assert (view.verdict.id, view.alarms) == (told, ())


async def test_the_documentation_is_for_who_is_signed_in(house: House, browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/api/v1/docs")).status_code == 303
    await enter(browser, house.cast.gus)
    page = (await browser.get("/api/v1/docs")).text
    assert "Ask for a link" in page
    assert 'href="#shape-Download"' in page


async def test_the_journal_says_in_words_why_a_download_failed(house: House, browser: httpx.AsyncClient) -> None:
    id = await queue(house, house.cast.bob, "film")
    await record(house, DownloadFailed, id, code="removed")
    await enter(browser, house.cast.alice)
    assert "“film” failed. This video was taken down." in (await browser.get("/admin/journal")).text


async def test_the_doctor_shows_the_yt_dlp_in_use_and_leads_to_a_newer_one(
    house: House, browser: httpx.AsyncClient
) -> None:
    await enter(browser, house.cast.alice)
    used = (await house.services.ytdlp.status()).copy.version
    page = (await browser.get("/admin/doctor")).text
    assert f"{used}, " in page
    assert "as it came with MediaNest" in page
    assert "/admin/ytdlp/rollback" not in page, "there is none to go back to"
    answer = await submit(browser, "/admin/ytdlp/update", on="/admin/doctor")
    assert answer.headers["location"] == "/admin/doctor"
    page = (await browser.get("/admin/doctor")).text
    assert "A newer one is being looked for" in page
    assert 'type="submit" disabled' in page
    await house.services.ytdlp.idle()
    assert "pip could not fetch a newer yt-dlp" in (await browser.get("/admin/doctor")).text
    journal = (await browser.get("/admin/journal")).text
    assert f"yt-dlp stayed at {used}. pip could not fetch a newer yt-dlp" in journal


async def test_the_doctor_offers_the_way_back(house: House, browser: httpx.AsyncClient) -> None:
    stock(house.folder / "ytdlp", "2031.1.2")
    await enter(browser, house.cast.alice)
    used = (await house.services.ytdlp.status()).back_to
    assert f"Back to {used}" in (await browser.get("/admin/doctor")).text
    await submit(browser, "/admin/ytdlp/rollback", on="/admin/doctor")
    page = (await browser.get("/admin/doctor")).text
    assert f"{used}, " in page
    assert "Back to" not in page


async def test_a_template_is_tried_on_what_finished_last(house: House, browser: httpx.AsyncClient) -> None:
    about = {"id": "abc", "uploader": "Slow Rivers", "date": "20260602"}
    path = {"file_path": "tube.example/The Ems.mp4", "size_bytes": 1, "finished_at": clock.now()}
    await queue(house, house.cast.bob, "ems", state=State.COMPLETED, about=about, **path)
    await enter(browser, house.cast.alice)
    page = (await browser.get("/admin/names", params={"template": "plex-shows"})).text
    assert "tube.example/The Ems.mp4" in page
    assert "Slow Rivers/Season 2026/Slow Rivers - s2026e0602 - ems.mp4" in page
    assert "template = &#34;plex-shows&#34;" in page
    part = await browser.get("/admin/names", params={"template": "{owner}/{title"}, headers={"HX-Request": "true"})
    assert part.text.startswith('<div class="stack" id="names"')
    assert "without its other half" in part.text
    own = await browser.get("/admin/names", params={"template": '{owner}/"{title}"'}, headers={"HX-Request": "true"})
    assert "Bob/&#39;ems&#39;.mp4" in own.text
