"""The queue over HTTP: what goes in, what one may do with it, what comes out."""

import httpx
import pytest

from medianest.accounts.types import Scope
from medianest.core import clock
from medianest.core.event import HOUSEHOLD
from medianest.core.live import Signal
from medianest.downloads.types import Progress, Stage, State, Tick
from tests.api.portal import Portal, link

QUEUE = "/api/v1/downloads"


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def titles(client: httpx.AsyncClient, query: str = "") -> list[str]:
    answer = await client.get(f"{QUEUE}?{query}")
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"]]


async def test_a_link_is_queued_and_can_be_read_where_location_says(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    answer = await bob.post(QUEUE, json={"url": link(), "preset": "720p", "priority": 3})
    assert answer.status_code == 201
    made = answer.json()
    assert (made["url"], made["preset"], made["priority"], made["state"]) == (link(), "720p", 3, "queued")
    assert made["owner"] == {"id": portal.cast.bob.id, "name": "Bob"}
    assert (await bob.get(answer.headers["location"])).json() == made


async def test_what_is_there_already_is_followed_and_not_queued_again(portal: Portal) -> None:
    bob, carol = await portal.browser(portal.cast.bob), await portal.browser(portal.cast.carol)
    id = await portal.queued(bob)
    answer = await carol.post(QUEUE, json={"url": link()})
    assert (answer.status_code, answer.json()["id"]) == (200, id)
    assert answer.json()["followers"] == [{"id": portal.cast.carol.id, "name": "Carol"}]


REFUSED = {
    "file:///etc/passwd": "unsupported_url",
    "ytsearch:cats": "unsupported_url",
    "--exec=id": "unsupported_url",
    "http://user:password@example.org/": "unsupported_url",
    "http://169.254.169.254/latest": "blocked_address",
    "http://[::ffff:7f00:1]/": "blocked_address",
    "http://127.0.0.1:10/": "blocked_address",
}


async def test_a_link_that_is_refused_at_once_says_why(portal: Portal, subtests: pytest.Subtests) -> None:
    bob = await portal.browser(portal.cast.bob)
    for url, refusal in REFUSED.items():
        for path in (QUEUE, f"{QUEUE}/preview"):
            with subtests.test(url=url, path=path):
                answer = await bob.post(path, json={"url": url})
                assert code(answer) == (422, refusal)
                assert " " in answer.json()["detail"], "a sentence"
    assert await titles(bob) == []


async def test_an_idempotency_key_makes_two_requests_one(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    key = {"idempotency-key": "one"}
    first = await bob.post(QUEUE, json={"url": link()}, headers=key)
    again = await bob.post(QUEUE, json={"url": link()}, headers=key)
    assert (again.status_code, again.json()) == (first.status_code, first.json()) != (200, None)
    other = await bob.post(QUEUE, json={"url": link("other.mp4")}, headers=key)
    assert other.status_code == 422
    assert await titles(bob) == ["harbour.mp4"]


async def test_the_list_takes_states_owner_order_and_cursor(portal: Portal) -> None:
    bob, carol = await portal.browser(portal.cast.bob), await portal.browser(portal.cast.carol)
    ids = [await portal.queued(bob, f"{name}.mp4") for name in "abc"]
    await portal.queued(carol, "d.mp4", priority=5)
    await bob.post(f"{QUEUE}/{ids[0]}/pause")
    await portal.finished(ids[1])
    assert await titles(bob) == ["d.mp4", "a.mp4", "b.mp4", "c.mp4"]
    assert await titles(bob, "mine=true") == ["a.mp4", "b.mp4", "c.mp4"]
    assert await titles(bob, "state=paused,completed") == ["a.mp4", "b.mp4"]
    assert await titles(bob, "state=queued&state=paused&sort=-created_at") == ["d.mp4", "c.mp4", "a.mp4"]
    assert await titles(bob, "sort=-finished_at") == ["b.mp4"]
    pages, cursor = [], ""
    while cursor is not None:
        page = (await bob.get(f"{QUEUE}?limit=3&cursor={cursor}")).json()
        pages.append([item["title"] for item in page["items"]])
        cursor = page["next_cursor"]
    assert pages == [["d.mp4", "a.mp4", "b.mp4"], ["c.mp4"]]


async def test_a_position_moves_one_download_and_no_other(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    ids = [await portal.queued(bob, f"{name}.mp4") for name in "abc"]
    before = {item["id"]: item["position"] for item in (await bob.get(QUEUE)).json()["items"]}
    moved = (await bob.patch(f"{QUEUE}/{ids[2]}", json={"position": before[ids[1]]})).json()
    assert before[ids[0]] < moved["position"] < before[ids[1]]
    assert await titles(bob) == ["a.mp4", "c.mp4", "b.mp4"]
    assert (await bob.patch(f"{QUEUE}/{ids[2]}", json={"position": 1})).json()["position"] == 1
    assert await titles(bob) == ["c.mp4", "a.mp4", "b.mp4"]
    assert (await bob.get(f"{QUEUE}/{ids[0]}")).json()["position"] == before[ids[0]]
    assert code(await bob.patch(f"{QUEUE}/{ids[2]}", json={"position": 2**60})) == (422, "invalid")


async def test_others_see_a_download_without_its_link_and_may_not_steer_it(portal: Portal) -> None:
    bob, carol = await portal.browser(portal.cast.bob), await portal.browser(portal.cast.carol)
    id = await portal.queued(bob)
    await portal.finished(id)
    seen = (await carol.get(f"{QUEUE}/{id}")).json()
    assert seen["title"] == "harbour.mp4"
    assert seen.keys().isdisjoint({"url", "file"})
    for verb in ("pause", "resume", "cancel", "retry"):
        assert code(await carol.post(f"{QUEUE}/{id}/{verb}")) == (403, "forbidden")
    for answer in (
        await carol.patch(f"{QUEUE}/{id}", json={"priority": 1}),
        await carol.delete(f"{QUEUE}/{id}"),
        await carol.get(f"{QUEUE}/{id}/log"),
        await carol.get(f"{QUEUE}/{id}/file"),
    ):
        assert code(answer) == (403, "forbidden")
    assert (await bob.get(f"{QUEUE}/{id}")).json()["state"] == "completed"


async def test_a_child_does_not_know_of_what_is_not_theirs(portal: Portal) -> None:
    bob, dora = await portal.browser(portal.cast.bob), await portal.browser(portal.cast.dora)
    id = await portal.queued(bob)
    assert await titles(dora) == []
    verbs = [await dora.post(f"{QUEUE}/{id}/{verb}") for verb in ("pause", "resume", "cancel", "retry")]
    reads = [await dora.get(f"{QUEUE}/{id}{part}") for part in ("", "/log", "/file", "/thumbnail")]
    changes = [await dora.patch(f"{QUEUE}/{id}", json={}), await dora.delete(f"{QUEUE}/{id}")]
    assert {answer.status_code for answer in (*verbs, *reads, *changes)} == {404}


async def test_the_owner_and_an_administrator_steer_it(portal: Portal) -> None:
    bob, alice = await portal.browser(portal.cast.bob), await portal.browser(portal.cast.alice)
    id = await portal.queued(bob)
    for client, verb, state in (
        (bob, "pause", "paused"),
        (alice, "resume", "queued"),
        (alice, "cancel", "cancelled"),
        (bob, "retry", "queued"),
    ):
        answer = await client.post(f"{QUEUE}/{id}/{verb}")
        assert (answer.status_code, answer.json()["state"]) == (200, state)
    assert code(await bob.post(f"{QUEUE}/{id}/resume")) == (409, "wrong_state")


async def test_a_change_leaves_alone_what_it_does_not_name(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    id = await portal.queued(bob, priority=2)
    answer = await bob.patch(f"{QUEUE}/{id}", json={"priority": 0})
    assert (answer.status_code, answer.json()["priority"]) == (200, 0)
    assert (await bob.patch(f"{QUEUE}/{id}", json={})).json()["priority"] == 0
    assert code(await bob.patch(f"{QUEUE}/{id}", json={"priority": None})) == (422, "invalid")


async def test_deleting_keeps_the_file_unless_asked(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    for query, stays in (("", True), ("?file=keep", True), ("?file=delete", False)):
        id = await portal.queued(bob)
        await portal.finished(id)
        answer = await bob.delete(f"{QUEUE}/{id}{query}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert (portal.workspace.media_dir / f"{id}.mp4").exists() is stays
        assert (await bob.get(f"{QUEUE}/{id}")).status_code == 404


async def test_a_follower_only_stops_following_and_an_owner_hands_over(portal: Portal) -> None:
    bob, carol = await portal.browser(portal.cast.bob), await portal.browser(portal.cast.carol)
    id = await portal.queued(bob)
    await portal.queued(carol)
    assert (await carol.delete(f"{QUEUE}/{id}")).status_code == 204
    assert (await bob.get(f"{QUEUE}/{id}")).json()["followers"] == []
    await portal.queued(carol)
    assert (await bob.delete(f"{QUEUE}/{id}")).status_code == 204
    assert (await carol.get(f"{QUEUE}/{id}")).json()["owner"]["name"] == "Carol"


async def test_a_finished_file_is_sent_in_ranges_to_owner_and_followers(portal: Portal) -> None:
    bob, carol = await portal.browser(portal.cast.bob), await portal.browser(portal.cast.carol)
    id = await portal.queued(bob)
    await portal.queued(carol)
    assert code(await bob.get(f"{QUEUE}/{id}/file")) == (404, "no_file")
    await portal.finished(id, b"0123456789")
    whole = await bob.get(f"{QUEUE}/{id}/file")
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, b"0123456789", "video/mp4")
    assert whole.headers["content-disposition"].startswith("attachment;")
    part = await carol.get(f"{QUEUE}/{id}/file", headers={"range": "bytes=2-4"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (206, b"234", "bytes 2-4/10")
    head = await bob.head(f"{QUEUE}/{id}/file")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "10")
    none = await bob.get(f"{QUEUE}/{id}/file", headers={"range": "bytes=20-"})
    assert (none.status_code, none.headers["content-range"]) == (416, "bytes */10")


async def test_the_log_is_text_for_the_owner(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    id = await portal.queued(bob)
    portal.workspace.log(id).write_text("fetching\n")
    answer = await bob.get(f"{QUEUE}/{id}/log")
    assert (answer.text, answer.headers["content-type"]) == ("fetching\n", "text/plain; charset=utf-8")
    known = {"if-none-match": answer.headers["etag"]}
    assert (await bob.get(f"{QUEUE}/{id}/log", headers=known)).status_code == 304
    portal.workspace.log(id).write_text("done\n")
    assert (await bob.get(f"{QUEUE}/{id}/log", headers=known)).text == "done\n"


async def test_the_picture_of_a_download_is_an_address_of_ours(portal: Portal) -> None:
    bob, carol = await portal.browser(portal.cast.bob), await portal.browser(portal.cast.carol)
    id = await portal.queued(bob)
    assert (await bob.get(f"{QUEUE}/{id}")).json()["thumbnail"] is None
    assert (await bob.get(f"{QUEUE}/{id}/thumbnail")).status_code == 404
    picture = portal.workspace.work(id) / "picture.webp"
    picture.write_bytes(b"RIFF")
    portal.workspace.keep_picture(id)
    await portal.set(id, has_picture=True)
    address = (await carol.get(f"{QUEUE}/{id}")).json()["thumbnail"]
    answer = await carol.get(address)
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, b"RIFF", "image/webp")


async def test_an_unchanged_list_is_not_sent_again(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    id = await portal.queued(bob)
    for path in (QUEUE, f"{QUEUE}/{id}"):
        first = await bob.get(path)
        assert first.headers["cache-control"] == "private, no-cache"
        known = {"if-none-match": first.headers["etag"]}
        unchanged = await bob.get(path, headers=known)
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        await bob.patch(f"{QUEUE}/{id}", json={"priority": 1})
        assert (await bob.get(path, headers=known)).status_code == 200


async def test_a_running_download_is_told_as_it_is_this_moment(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    id = await portal.queued(bob)
    await portal.set(id, state=State.RUNNING, stage=Stage.FETCHING)
    before = await bob.get(f"{QUEUE}/{id}")
    tick = Tick(stage=Stage.MERGING, progress=Progress(percent=80.0, downloaded_bytes=8, total_bytes=10))
    portal.live.publish(Signal(kind="download.progress", subject_id=id, audience=HOUSEHOLD, data=tick))
    now = await bob.get(f"{QUEUE}/{id}", headers={"if-none-match": before.headers["etag"]})
    assert (now.status_code, now.json()["stage"], now.json()["progress"]["percent"]) == (200, "merging", 80.0)


async def test_a_program_may_do_what_its_token_says(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    reading = await portal.program(portal.cast.bob, Scope.READ)
    loading = await portal.program(portal.cast.bob, Scope.DOWNLOADS)
    id = await portal.queued(loading)
    assert (await reading.get(f"{QUEUE}/{id}")).json()["url"] == link()
    assert (await reading.post(f"{QUEUE}/{id}/pause")).status_code == 403
    assert (await reading.post(QUEUE, json={"url": link("b.mp4")})).status_code == 403
    assert (await loading.post(f"{QUEUE}/{id}/pause")).status_code == 200
    assert await titles(bob, "state=paused") == ["harbour.mp4"]


async def test_a_browser_without_the_word_of_its_page_changes_nothing(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    del bob.headers["x-csrf-token"]
    assert code(await bob.post(QUEUE, json={"url": link()})) == (403, "csrf")
    assert await titles(bob) == []


async def test_a_preset_that_is_not_offered_is_refused_with_those_that_are(portal: Portal) -> None:
    bob = await portal.browser(portal.cast.bob)
    answer = await bob.post(QUEUE, json={"url": link(), "preset": "4k"})
    assert code(answer) == (422, "invalid")
    (wrong,) = answer.json()["errors"]
    assert wrong["field"] == "preset"
    assert "best, 1080p, 720p, phone, audio-mp3, audio-original" in wrong["message"]


async def test_failures_are_listed_tried_again_and_dismissed_by_cause(portal: Portal) -> None:
    bob, carol = await portal.browser(portal.cast.bob), await portal.browser(portal.cast.carol)
    ids = [await portal.queued(bob, f"{name}.mp4") for name in "abc"]
    for id, why in zip(ids, ("network", "network", "drm"), strict=True):
        await portal.set(id, state=State.FAILED, error_code=why, finished_at=clock.now())
    causes = (await bob.get("/api/v1/failures")).json()["items"]
    assert [(cause["code"], cause["count"], cause["action"]) for cause in causes] == [
        ("network", 2, "retry"),
        ("drm", 1, "none"),
    ]
    assert (await carol.get("/api/v1/failures")).json()["items"] == []
    assert (await carol.post("/api/v1/failures/network/retry")).json() == {"done": 0, "left": 0}
    assert (await bob.post("/api/v1/failures/network/retry")).json() == {"done": 2, "left": 0}
    assert (await bob.delete("/api/v1/failures/drm")).json() == {"done": 1, "left": 0}
    assert await titles(bob) == ["a.mp4", "b.mp4"]
    assert code(await bob.post("/api/v1/failures/luck/retry")) == (404, "not_found")
