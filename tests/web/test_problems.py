"""What is wrong with what is there: reported, talked about and solved, as people see it without script."""

import re

import httpx
import pytest

from medianest.accounts import permissions
from medianest.core.actor import Actor, Via
from medianest.core.journal import after
from medianest.media_requests import events
from medianest.web import request_news
from tests.fakes.overseerr import Has, May, Overseerr
from tests.web.asking import BREAKING_BAD, DUNE, MATRIX, lead_to
from tests.web.house import House, enter, submit

STATE = re.compile(r'<span class="state (\w+)">.*?</svg>([^<]*)</span>', re.DOTALL)


@pytest.fixture
async def bob(house: House, overseerr: Overseerr, browser: httpx.AsyncClient) -> httpx.AsyncClient:
    """Somebody who may report problems, where a film and a series are there."""
    await lead_to(house, overseerr)
    for person in overseerr.users[1:]:
        person.permissions |= May.CREATE_ISSUES
    await enter(browser, house.cast.bob)
    await submit(browser, MATRIX, on=MATRIX)
    await submit(browser, BREAKING_BAD, on=BREAKING_BAD, seasons=["1"])
    for medium in overseerr.media:
        medium.status = Has.AVAILABLE
    house.services.discovery._titles.outdate()
    return browser


async def text(browser: httpx.AsyncClient, path: str, status: int = 200) -> str:
    answer = await browser.get(path)
    assert answer.status_code == status, answer.text
    return answer.text


def listed(page: str) -> list[str]:
    return re.findall(r'<a class="row" href="/problems/([\w-]+)"', page)


async def test_it_is_reported_talked_about_and_solved(
    bob: httpx.AsyncClient, house: House, overseerr: Overseerr
) -> None:
    assert "Something is wrong" not in await text(bob, DUNE), "it is not there"
    assert f'href="{MATRIX}/problem"' in await text(bob, MATRIX)
    sent = await submit(bob, f"{MATRIX}/problem", on=f"{MATRIX}/problem", kind="audio", text="Silent\r\nat the end")
    path = sent.headers["location"]
    assert re.fullmatch(r"/problems/[\w-]+", path)
    (issue,) = overseerr.issues
    assert (issue.by.name, issue.comments[0].text) == ("bob", "Silent\nat the end")
    page = await text(bob, path)
    assert "Reported by you" in page
    assert STATE.findall(page) == [("pending", "Open")]
    assert listed(await text(bob, "/problems")) == listed(await text(bob, MATRIX)) == [path.rpartition("/")[2]]
    assert 'href="/problems"' in await text(bob, "/requests")

    async with house.browser() as carol:
        await enter(carol, house.cast.carol)
        assert "Reported by Bob" in await text(carol, path)
        said = await submit(carol, f"{path}/comments", on=path, text="Fetched <anew>")
        assert said.headers["location"] == path
        assert "It is solved" in await text(carol, path)
        await submit(carol, f"{path}/resolve", on=path)
    page = await text(bob, path)
    assert "Fetched &lt;anew&gt;" in page
    assert STATE.findall(page) == [("up", "Solved")]
    assert "It is solved" not in page
    assert listed(await text(bob, "/problems")) == listed(await text(bob, MATRIX)) == []
    assert listed(await text(bob, "/problems?group=solved")) == [path.rpartition("/")[2]]

    told = [entry for entry in await house.services.db.read(after, 0) if entry.kind == events.ProblemResolved.kind]
    user = house.cast.bob
    actor = Actor(id=user.id, name=user.name, role=user.role, permissions=permissions.OF_ROLE[user.role], via=Via.WEB)
    assert [request_news.is_told(actor, entry) for entry in told] == [True]
    assert request_news.toast(told[0]).link == path


async def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_stays(
    bob: httpx.AsyncClient, overseerr: Overseerr
) -> None:
    path = f"{BREAKING_BAD}/problem"
    wrongs = (
        ({"text": "Green"}, "kind-wrong", "Choose what it is about"),
        ({"kind": "worst", "text": "Green"}, "kind-wrong", "Choose what it is about"),
        ({"kind": "video", "text": "Green", "episode": "3"}, "episode-wrong", "belongs to a season"),
        ({"kind": "video", "text": "Green", "season": "1", "episode": "x"}, "episode-wrong", "belongs to a season"),
        ({"kind": "video", "text": "  "}, "problem-text-wrong", "Say what is wrong"),
    )
    for fields, id, sentence in wrongs:
        answer = await submit(bob, path, on=path, **fields)
        assert answer.status_code == 422
        assert re.search(rf'id="{id}">.*?{sentence}', answer.text, re.DOTALL), fields
        assert ">Green</textarea>" in answer.text or not fields["text"].strip()
        assert (' value="video" checked' in answer.text) is (fields.get("kind") == "video")
        assert ('value="1" selected' in answer.text) is ("season" in fields)
    assert overseerr.issues == []
    await submit(bob, path, on=path, kind="video", text="Green", season="2", episode="3")
    assert [(issue.season, issue.episode) for issue in overseerr.issues] == [(2, 3)]
    assert "Season 2, episode 3" in await text(bob, "/problems")
    answer = await submit(bob, f"{DUNE}/problem", on=f"{DUNE}/problem", kind="video", text="Green", season="1")
    assert "Nothing of this title is there yet" in answer.text


async def test_a_child_knows_of_their_own_only_and_a_member_solves_their_own(
    bob: httpx.AsyncClient, house: House
) -> None:
    async def report(browser: httpx.AsyncClient) -> str:
        sent = await submit(browser, f"{MATRIX}/problem", on=f"{MATRIX}/problem", kind="other", text="Odd")
        return sent.headers["location"]

    of_bob = await report(bob)
    async with house.browser() as dora:
        await enter(dora, house.cast.dora)
        assert listed(await text(dora, "/problems")) == listed(await text(dora, MATRIX)) == []
        for way in ("", "/comments", "/resolve"):
            answer = await (submit(dora, of_bob + way, on="/account", text="x") if way else dora.get(of_bob))
            assert answer.status_code == 404, way
        of_dora = await report(dora)
        assert "It is solved" in await text(dora, of_dora)
    assert len(listed(await text(bob, "/problems"))) == 2
    assert "It is solved" not in await text(bob, of_dora)
    assert (await submit(bob, f"{of_dora}/resolve", on=of_dora)).status_code == 403


async def test_while_the_server_is_away_pages_say_so_and_what_was_typed_stays(
    bob: httpx.AsyncClient, overseerr: Overseerr
) -> None:
    form = f"{MATRIX}/problem"
    path = (await submit(bob, form, on=form, kind="audio", text="Silent")).headers["location"]
    overseerr.away()
    answer = await submit(bob, form, on=form, kind="subtitles", text="Late by a second")
    assert answer.status_code == 422
    assert "does not answer" in answer.text
    assert ">Late by a second</textarea>" in answer.text
    answer = await submit(bob, f"{path}/comments", on=path, text="Still silent")
    assert answer.status_code == 422
    assert ">Still silent</textarea>" in answer.text
    answer = await submit(bob, f"{path}/resolve", on=path)
    assert answer.status_code == 422
    page = await text(bob, path)
    assert "The server that fetches films and series is away" in page
    assert STATE.findall(page) == [("pending", "Open")]
