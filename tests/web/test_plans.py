"""The pages of plans, without script: made, changed, given, removed after a question; everybody sees theirs."""

import re
from pathlib import Path

import httpx

from medianest.accounts.types import NewPlan, Quotas, UserChange
from medianest.core.actor import SYSTEM, Role
from medianest.core.db import Database
from medianest.downloads.types import Quota
from tests.fakes.media_site import MediaSite
from tests.household import endpoint
from tests.web.house import House, by_htmx, enter, open_house, submit
from tests.web.test_queue import queue

PLANS = "/admin/plans"
SMALL = {"name": "Small", "downloads": "3", "bytes": "1.5", "active": "", "window_days": "", "role": ["member"]}


async def only_plan(house: House) -> tuple[str, Quotas, tuple[Role, ...]]:
    (known,) = await house.services.accounts.plans.listing(SYSTEM)
    return known.plan.id, known.plan.quotas, known.roles


async def give(house: House, *, roles: frozenset[Role] = frozenset(), **quotas: int) -> str:
    new = NewPlan(name="Given", quotas=Quotas(**quotas), roles=roles)
    return (await house.services.accounts.plans.create(SYSTEM, new)).plan.id


async def test_a_plan_is_made_and_changed_by_forms(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    assert "Nobody is limited" in (await browser.get(PLANS)).text
    assert (await submit(browser, PLANS, on=f"{PLANS}/new", **SMALL)).headers["location"] == PLANS
    id, quotas, roles = await only_plan(house)
    assert (quotas, roles) == (Quotas(downloads=3, bytes=1_500_000_000), (Role.MEMBER,))
    page = (await browser.get(PLANS)).text
    for words in ("Small", "3 downloads", "1.5 GB", "in 7 days", "Member"):
        assert words in page
    form = (await browser.get(f"{PLANS}/{id}")).text
    assert 'name="bytes" type="text" value="1.5"' in form
    assert re.search(r'name="role" value="member" checked', form)
    changed = {**SMALL, "name": "Smaller", "bytes": "0.000000001", "window_days": "1", "role": ["child", "guest"]}
    assert (await submit(browser, f"{PLANS}/{id}", on=f"{PLANS}/{id}", **changed)).status_code == 303
    assert await only_plan(house) == (id, Quotas(downloads=3, bytes=1, window_days=1), (Role.CHILD, Role.GUEST))
    assert 'value="0.000000001"' in (await browser.get(f"{PLANS}/{id}")).text


async def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    house: House, browser: httpx.AsyncClient
) -> None:
    await enter(browser, house.cast.alice)
    wrong = {**SMALL, "downloads": "many", "bytes": "0.0000000001", "window_days": "400"}
    refused = await submit(browser, PLANS, on=f"{PLANS}/new", **wrong)
    assert refused.status_code == 422
    assert refused.text.count("Write a number here, or nothing.") == 2
    assert 'value="many"' in refused.text
    assert re.search(r'name="role" value="member" checked', refused.text)
    assert "from 1 to 366" in (await submit(browser, PLANS, on=f"{PLANS}/new", **{**SMALL, "window_days": "400"})).text
    for endless in ("NaN", "Infinity", "1e999999"):
        answer = await submit(browser, PLANS, on=f"{PLANS}/new", **{**SMALL, "downloads": endless})
        assert answer.status_code == 422
    assert await house.services.accounts.plans.listing(SYSTEM) == []
    await submit(browser, PLANS, on=f"{PLANS}/new", **SMALL)
    assert (
        "is called “small” already"
        in (await submit(browser, PLANS, on=f"{PLANS}/new", **SMALL | {"name": "small"})).text
    )


async def test_removing_a_plan_says_who_has_it_and_asks_what_they_have_instead(
    house: House, browser: httpx.AsyncClient
) -> None:
    accounts = house.services.accounts
    going = await give(house, roles=frozenset({Role.MEMBER}), downloads=1)
    other = (await accounts.plans.create(SYSTEM, NewPlan(name="Other"))).plan.id
    await accounts.people.change(SYSTEM, house.cast.dora.id, UserChange(plan=going))
    await enter(browser, house.cast.alice)
    page = (await browser.get(f"{PLANS}/{going}/remove")).text
    assert "The role Member has it." in page
    assert "1 person has it as their own." in page
    sheet = (await by_htmx(browser, "GET", f"{PLANS}/{going}/remove", on=PLANS)).text
    assert f'<option value="{other}">Other</option>' in sheet
    assert "<html" not in sheet
    assert "Nobody has it." in (await browser.get(f"{PLANS}/{other}/remove")).text
    gone = await submit(browser, f"{PLANS}/{going}/remove", on=f"{PLANS}/{going}/remove", instead=other)
    assert gone.headers["location"] == PLANS
    left = await accounts.plans.one(SYSTEM, other)
    assert (left.roles, left.people) == ((Role.MEMBER,), 1)
    await submit(browser, f"{PLANS}/{other}/remove", on=f"{PLANS}/{other}/remove", instead="")
    assert (await accounts.people.one(SYSTEM, house.cast.dora.id)).plan_id is None


async def test_a_person_is_given_a_plan_of_their_own(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    own = f"/admin/people/{house.cast.bob.id}"
    assert 'name="plan"' not in (await browser.get(own)).text, "there is none to choose"
    given = await give(house, downloads=4)
    assert "As the role: no limits" in (await browser.get(own)).text
    form = {"display_name": "Bob", "role": "member"}
    assert (await submit(browser, own, on=own, **form, plan=given)).status_code == 303
    page = (await browser.get(own)).text
    assert f'<option value="{given}" selected>Given</option>' in page
    assert "What they use" in page
    assert "0 of 4" in page
    assert (await submit(browser, own, on=own, **form)).status_code == 303
    assert (await house.services.accounts.people.one(SYSTEM, house.cast.bob.id)).plan_id == given, (
        "not sent, not changed"
    )
    unknown = await submit(browser, own, on=own, **form, plan="nothing")
    assert unknown.status_code == 422
    assert "There is no such plan" in unknown.text
    await submit(browser, own, on=own, **form, plan="")
    assert "What they use" not in (await browser.get(own)).text


async def test_everybody_sees_what_their_plan_leaves(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    assert 'id="usage"' not in (await browser.get("/account")).text
    await give(house, roles=frozenset({Role.MEMBER}), downloads=2, bytes=10**9, active=1)
    await queue(house, house.cast.bob, "film")
    page = (await browser.get("/account")).text
    assert re.search(r'<label for="quota-downloads">Downloads in 7 days</label><span class="num">1 of 2</span>', page)
    assert re.search(r'<meter id="quota-downloads" min="0" max="2"[^>]+ value="1">1 of 2</meter>', page)
    assert re.search(r'<meter id="quota-active"[^>]+ value="1">1 of 1</meter>', page)
    assert "Used up" in page
    assert {f"quota-{quota}" for quota in Quota} == set(re.findall(r'<meter id="([^"]+)"', page))


async def test_a_refusal_in_the_queue_says_what_is_used_and_when_there_is_room(
    house: House, browser: httpx.AsyncClient
) -> None:
    await give(house, roles=frozenset({Role.MEMBER}), downloads=0)
    await enter(browser, house.cast.bob)
    refused = await submit(browser, "/queue", on="/queue", url="https://tube.example/film")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
    assert "Your plan allows no downloads." in refused.text
    assert "What was fetched is kept" not in refused.text


async def test_before_one_queues_the_preview_says_what_is_left_and_when_there_is_more(
    db: Database, tmp_path: Path, media_site: MediaSite
) -> None:
    link = media_site.url("/files/clip.mp4")
    async with open_house(db, tmp_path, sites=[endpoint(link), ("127.0.0.1", 9)]) as house, house.browser() as browser:
        await give(house, roles=frozenset({Role.MEMBER}), downloads=2, bytes=1_000)
        await enter(browser, house.cast.bob)
        fresh = (await submit(browser, "/queue/preview", on="/queue", url=link)).text
        assert "<span>2 downloads left</span></p>" in fresh
        for name in ("one", "two"):
            await queue(house, house.cast.bob, name)
        full = (await submit(browser, "/queue/preview", on="/queue", url=link)).text
    assert re.search(r"<span>0 downloads left</span> <span>Room again\s+<time", full)
    assert "1 kB left" in full


async def test_only_administrators_come_to_plans(house: House, browser: httpx.AsyncClient) -> None:
    given = await give(house, downloads=1)
    await enter(browser, house.cast.carol)
    for path in (PLANS, f"{PLANS}/new", f"{PLANS}/{given}", f"{PLANS}/{given}/remove"):
        assert (await browser.get(path)).status_code == 403
    for path in (PLANS, f"{PLANS}/{given}", f"{PLANS}/{given}/remove"):
        assert (await submit(browser, path, on="/account", **SMALL)).status_code == 403
    assert (await only_plan(house))[0] == given
