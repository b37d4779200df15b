"""Sites over HTTP: how they stand, and an administrator's words about them."""

import json
from collections.abc import AsyncIterator

from medianest.downloads.sites.manners import learnt
from medianest.downloads.types import ErrorCode
from tests.api.portal import Portal

SITES = "/api/v1/sites"
SITE = f"{SITES}/127.0.0.1"


async def test_a_site_tells_how_it_stands_and_what_comes_from_it(portal: Portal) -> None:
    alice = await portal.browser(portal.cast.alice)
    await portal.queued(alice)
    async with portal.services.db.transaction() as session:
        await learnt(session, "127.0.0.1", ErrorCode.BOT_CHECK, is_probe=False)
        await learnt(session, "other.example", None, is_probe=False)
    first = (await alice.get(f"{SITES}?limit=1")).json()
    (site,) = first["items"]
    assert (site["name"], site["state"], site["cause"]) == ("127.0.0.1", "cooling", "bot_check")
    assert site["until"]
    assert site["downloads"]["queued"] == 1
    second = (await alice.get(f"{SITES}?limit=1&cursor={first['next_cursor']}")).json()
    assert [one["name"] for one in second["items"]] == ["other.example"]
    assert second["next_cursor"] is None


async def test_it_is_held_released_and_given_limits_of_its_own(portal: Portal) -> None:
    alice = await portal.browser(portal.cast.alice)
    await portal.queued(alice)
    assert (await alice.patch(SITE, json={"held": True})).json()["state"] == "held"
    assert (await alice.patch(SITE, json={"held": False})).json()["state"] == "ok"
    limited = (await alice.patch(SITE, json={"per_site": 1, "pause_s": 0})).json()
    assert (limited["per_site"], limited["pause_s"]) == (1, 0)
    freed = (await alice.patch(SITE, json={"per_site": None})).json()
    assert (freed["per_site"], freed["pause_s"]) == (None, 0)


async def test_what_is_wrong_is_refused(portal: Portal) -> None:
    alice, bob = await portal.browser(portal.cast.alice), await portal.browser(portal.cast.bob)
    await portal.queued(alice)
    assert (await alice.patch(f"{SITES}/never.example", json={"held": True})).status_code == 404
    for wrong in ({"per_site": 0}, {"pause_s": -1}, {"held": "yes"}, {"state": "ok"}):
        assert (await alice.patch(SITE, json=wrong)).status_code == 422
    assert (await bob.patch(SITE, json={"held": True})).status_code == 403
    assert (await bob.get(SITES)).status_code == 403


COOKIES = "127.0.0.1\tFALSE\t/\tFALSE\t0\tmember\ts3cret\n"


async def test_cookies_are_given_never_shown_and_forgotten(portal: Portal) -> None:
    alice = await portal.browser(portal.cast.alice)
    given = await alice.put(f"{SITE}/cookies", json={"cookies": COOKIES})
    assert given.status_code == 200
    told = given.json()["cookies"]
    assert (told["use"], told["number"], told["last_accepted_at"]) == ("when_needed", 1, None)
    changed = await alice.patch(SITE, json={"use_cookies": "always"})
    assert changed.json()["cookies"]["use"] == "always"
    assert "s3cret" not in given.text + changed.text + (await alice.get(SITES)).text
    assert (await alice.delete(f"{SITE}/cookies")).status_code == 204
    assert (await alice.get(SITES)).json()["items"][0]["cookies"] is None
    assert (await alice.delete(f"{SITE}/cookies")).status_code == 404
    assert (await alice.patch(SITE, json={"use_cookies": "never"})).status_code == 404


async def test_an_export_of_a_whole_browser_may_be_sent_and_more_may_not(portal: Portal) -> None:
    alice = await portal.browser(portal.cast.alice)
    others = ".bank.example\tTRUE\t/\tTRUE\t0\tmoney\tmuch\n" * 10_000
    whole = await alice.put(f"{SITE}/cookies", json={"cookies": others + COOKIES})
    assert whole.json()["cookies"]["number"] == 1
    long = json.dumps({"cookies": others * 3}).encode()

    async def pieces() -> AsyncIterator[bytes]:
        """Not announced, so that no more than a rest is left unread, and the answer is seen."""
        for start in range(0, len(long), 100_000):
            yield long[start : start + 100_000]

    refused = await alice.put(f"{SITE}/cookies", content=pieces(), headers={"content-type": "application/json"})
    assert refused.status_code == 413


async def test_cookies_that_are_none_are_refused(portal: Portal) -> None:
    alice, bob = await portal.browser(portal.cast.alice), await portal.browser(portal.cast.bob)
    wrong = await alice.put(f"{SITE}/cookies", json={"cookies": "[]"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "bad_cookies")
    assert wrong.json()["errors"][0]["field"] == "cookies"
    assert (await alice.put(f"{SITES}/nowhere/cookies", json={"cookies": COOKIES})).status_code == 404
    assert (await bob.put(f"{SITE}/cookies", json={"cookies": COOKIES})).status_code == 403
